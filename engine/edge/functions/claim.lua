--[[
  A firing is kept under its rule as { f fire, t when (ms), s session, d document, v view of the document,
  w 1 once viewed, c 1 once closed, h 1 if held out, 2 if there was nothing to show, 3 if it
  stands beside other popups; a variant, k id of the coupon issued, o fire of the popup that started it, u 1 if its
  page was left before anybody viewed it, each where there is one }. It counts while it was viewed or is younger than
  a minute; one that nobody viewed in that time, or until its page was left, is released: the rule may fire again.
]]
local UNSEEN_AFTER_MS = 60 * 1000
local FIRINGS_LIVE_MS = 400 * 24 * 60 * 60 * 1000

local function counts(firing, now)
  return firing.w == 1 or (firing.u ~= 1 and now - firing.t < UNSEEN_AFTER_MS)
end

-- Return how many firings of one rule count within its limit: of this session, ever, or of the last `span` ms.
local function used(firings, span, session, now)
  local n = 0
  for _, each in ipairs(firings) do
    local within = span == 'visitor' or (span == 'session' and each.s == session)
    if not within and span ~= 'session' and span ~= 'visitor' then within = now - each.t < tonumber(span) end
    if within and counts(each, now) then n = n + 1 end
  end
  return n
end

-- Return what the site's policy says to one more popup: nil, or the reason and the ms to wait.
local function policy(all, args, now)
  local shown, newest, open = 0, nil, false
  for _, firings in ipairs(all) do
    for _, each in ipairs(cjson.decode(firings)) do
      if each.h == 0 and each.s == args[4] and counts(each, now) then
        shown = shown + 1
        if not newest or each.t > newest then newest = each.t end
        if each.d == args[5] and each.v == tonumber(args[6]) and each.c ~= 1 then open = true end
      end
    end
  end
  if shown >= tonumber(args[9]) then return 'popups_per_session', 0 end
  if open then return 'open', 0 end
  if newest and now - newest < tonumber(args[10]) then return 'quiet', newest + tonumber(args[10]) - now end
end

-- Return what a rule that must be seen earlier says: nil if it was, else 'after' and the ms still to wait, or 0.
local function unmet(firings, args, now)
  local rest
  for _, each in ipairs(firings) do
    local earlier = not (each.d == args[5] and each.v == tonumber(args[6]))
    if each.w == 1 and each.h ~= 1 and earlier then
      local left = each.t + tonumber(args[16]) - now
      if not rest or left < rest then rest = left end
    end
  end
  if not rest then return 'after', 0 end
  if rest > 0 then return 'after', rest end
end

-- Forget one firing: the oldest that was released, else the oldest but the first one seen, which `after` waits from.
local function forget_one(firings, now)
  local first
  for i, each in ipairs(firings) do
    if not counts(each, now) then return table.remove(firings, i) end
    if not first and each.w == 1 and each.h ~= 1 then first = i end
  end
  table.remove(firings, first == 1 and 2 or 1)
end

--[[
  claim      Let one tab, on one node, show a rule's popup or carry out what the rule does.
  KEYS[1]    the firings           KEYS[2]  the popups not viewed yet      KEYS[3]  the visitor
  ARGV[1]    now, ms               ARGV[2]  rule id       ARGV[3]  fire
  ARGV[4]    session               ARGV[5]  document      ARGV[6]  view of the document
  ARGV[7]    the rule's limit, times               ARGV[8]  its span: session, visitor or ms
  ARGV[9]    popups per session    ARGV[10] quiet time, ms
  ARGV[11]   show; beside, for a bar, which interrupts nobody: the site's policy is not asked; held, for a visitor who is held out; silent, where there is nothing to show; or started, for a
             popup that the shopper asked for with a click on another: the site's policy and `after` are not asked
  ARGV[12]   the frame to send, or '' where none is kept until it is viewed
  ARGV[13]   variant, or ''        ARGV[14] id of the coupon issued, or ''
  ARGV[15]   the rule that must have been seen on an earlier page view, or ''      ARGV[16] how long ago, ms
  ARGV[17]   fire of the popup that started it, or ''
  ARGV[18..] what the rule does to the visitor, as change_visitor takes it
  Returns    { '' if the caller may show it, else what holds it back; ms until that is over, or 0 }
]]
local function claim(keys, args)
  local now, mode = tonumber(args[1]), args[11]
  local firings = cjson.decode(redis.call('HGET', keys[1], args[2]) or '[]')
  for _, each in ipairs(firings) do
    if each.d == args[5] and each.v == tonumber(args[6]) and counts(each, now) then return { 'page_view', 0 } end
  end
  if used(firings, args[8], args[4], now) >= tonumber(args[7]) then return { 'limit', 0 } end
  if args[15] ~= '' and mode ~= 'started' then
    local reason, rest = unmet(cjson.decode(redis.call('HGET', keys[1], args[15]) or '[]'), args, now)
    if reason then return { reason, rest } end
  end
  if mode == 'show' then
    local reason, rest = policy(redis.call('HVALS', keys[1]), args, now)
    if reason then return { reason, rest } end
  end
  if args[12] ~= '' then
    redis.call('HSET', keys[2], args[3], args[5] .. ' ' .. args[1] .. ' ' .. args[12])
    redis.call('PEXPIRE', keys[2], UNSEEN_AFTER_MS)
  end
  local seen, h = (mode == 'held' or mode == 'silent') and 1 or 0, ({ held = 1, silent = 2, beside = 3 })[mode] or 0
  local firing = { f = args[3], t = now, s = args[4], d = args[5], v = tonumber(args[6]), w = seen, c = seen, h = h }
  if args[13] ~= '' then firing.a = args[13] end
  if args[14] ~= '' then firing.k = args[14] end
  if args[17] ~= '' then firing.o = args[17] end
  firings[#firings + 1] = firing
  while #firings > tonumber(args[7]) + 4 do forget_one(firings, now) end
  redis.call('HSET', keys[1], args[2], cjson.encode(firings))
  redis.call('PEXPIRE', keys[1], life_of(keys[1], FIRINGS_LIVE_MS))
  if mode ~= 'held' then change_visitor(keys[3], args, 18) end
  return { '', 0 }
end

redis.register_function('shopbell_claim', claim)

--[[
  settle     Write down what became of a firing.
  KEYS[1]    the firings    KEYS[2]  the popups not viewed yet
  ARGV[1]    fire           ARGV[2]  view, close or unseen
  Returns    the rule's id, or '' where there is nothing to write down
]]
local function settle(keys, args)
  local all = redis.call('HGETALL', keys[1])
  for i = 1, #all, 2 do
    local firings = cjson.decode(all[i + 1])
    for _, each in ipairs(firings) do
      if each.f == args[1] then
        if args[2] == 'unseen' then return (each.w == 1 or each.u == 1) and '' or all[i] end
        each.w = 1
        if args[2] == 'close' then each.c = 1 end
        redis.call('HSET', keys[1], all[i], cjson.encode(firings))
        redis.call('HDEL', keys[2], args[1])
        return all[i]
      end
    end
  end
  return ''
end

redis.register_function('shopbell_settle', settle)

--[[
  leave      Take back what nobody has viewed of a document whose page was left.
  KEYS[1]    the firings    KEYS[2]  the popups not viewed yet
  ARGV[1]    the document   ARGV[2]  now, ms
  Returns    { rule, fire, ... } of what was taken back
]]
local function leave(keys, args)
  local all, now, taken = redis.call('HGETALL', keys[1]), tonumber(args[2]), {}
  for i = 1, #all, 2 do
    local firings, before = cjson.decode(all[i + 1]), #taken
    for _, each in ipairs(firings) do
      if each.d == args[1] and each.w ~= 1 and counts(each, now) then
        each.u = 1
        redis.call('HDEL', keys[2], each.f)
        taken[#taken + 1] = all[i]
        taken[#taken + 1] = each.f
      end
    end
    if #taken > before then redis.call('HSET', keys[1], all[i], cjson.encode(firings)) end
  end
  return taken
end

redis.register_function('shopbell_leave', leave)
