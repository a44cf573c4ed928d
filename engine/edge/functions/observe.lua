--[[
  observe    Count one event, once, and read what the rules need.
  KEYS[1]    the session          KEYS[2]  the visitor
  KEYS[3]    today's documents    KEYS[4]  yesterday's documents
  KEYS[5]    the trails, only where rules read any
  ARGV[1]    the event's document ARGV[2]  document of the connection
  ARGV[3]    session ends after, ms
  ARGV[4]    the session as the connection knows it
  ARGV[5]    the event's seq; a space and the seq that must be applied before it, unless that is the one below
  ARGV[6]    now, ms since the epoch
  ARGV[7]    number of words of changes, then these (see engine.core.counters.deltas)
  then       what to read: number of document counters, their names, number of session counters, their names;
             if there is more to read, number of the visitor's counters, their names, and the names of trails
  Returns    { 0 (applied before), 1 (applied) or 2 (applied, and a session begun with it);
               '' or, if it is not the one of ARGV[4], the session's id and when it began, a space between;
               the values as a JSON list };
             only the first of these where no values were asked for and the session is that of ARGV[4];
             the error GAP, and nothing is counted, where an event before it is missing: it was turned away

  What a document has done is kept by day, so that it is forgotten after 24 to 48 hours without a sweep.
]]
local DOCUMENTS_LIVE_MS = 48 * 60 * 60 * 1000
local NOT_BASE32 = { ['0'] = 'g', ['1'] = 'h', ['8'] = 'i', ['9'] = 'j' }
local VISITOR_LIVES_MS = 400 * 24 * 60 * 60 * 1000
local FLEETING_MS = 24 * 60 * 60 * 1000

-- Return how long a key of a visitor may live: the name of one of whom nothing is kept tells so (see engine.core.tokens).
local function life_of(key, ms)
  local name = string.match(key, ':([a-z2-7]+)}%l$')
  if name and #name == 26 and string.find(name, '[bfjnrvz5]$') then return FLEETING_MS end
  return ms
end

-- Return the id of the session that goes on; where none does, begin one. Also returns whether it did.
local function session_of(session, visitor, now, ends_after)
  local id = redis.call('HGET', session, 'id')
  if id then return id, false end
  -- ids are written in the letters of base32
  id = string.gsub(string.sub(redis.sha1hex(visitor .. now), 1, 26), '[0189]', NOT_BASE32)
  redis.call('HSET', session, 'id', id, 't0', now)
  redis.call('PEXPIRE', session, ends_after)
  redis.call('HSETNX', visitor, 'first', now)
  -- whoever only says hello is soon forgotten: the first event of a document makes a visitor live on
  if redis.call('HINCRBY', visitor, 'sessions', 1) == 1 then redis.call('PEXPIRE', visitor, ends_after) end
  return id, true
end

-- Return the highest seq of a document that was applied; carry what it has over from yesterday.
local function seen_of(doc, today, yesterday)
  local seen = redis.call('HGET', today, doc)
  if seen then return tonumber(seen) end
  local state = redis.call('HMGET', yesterday, doc, doc .. ':p', doc .. ':d', doc .. ':s')
  if not state[1] then return 0 end
  for i, suffix in ipairs({ '', ':p', ':d', ':s' }) do
    if state[i] then redis.call('HSET', today, doc .. suffix, state[i]) end
  end
  redis.call('PEXPIRE', today, DOCUMENTS_LIVE_MS)
  return tonumber(state[1])
end

local changes = {}

changes['dwell'] = function(keys, doc, ms) redis.call('HINCRBY', keys[3], doc .. ':d', ms) end

changes['page'] = function(keys, doc, record)
  redis.call('HSET', keys[3], doc .. ':p', record)
  redis.call('HDEL', keys[3], doc .. ':d', doc .. ':s')
end

changes['scroll'] = function(keys, doc, percent)
  local deepest = tonumber(redis.call('HGET', keys[3], doc .. ':s') or '0')
  if tonumber(percent) > deepest then redis.call('HSET', keys[3], doc .. ':s', percent) end
end

-- the number that the last `+` or `1` came to
local last_count = 0

changes['1'] = function(keys, _, field, total)
  last_count = redis.call('HINCRBY', keys[1], field, 1)
  if last_count == 1 then redis.call('HINCRBY', keys[1], total, 1) end
end

-- A visitor's stage is the highest rank reached (see engine.core.stages).
changes['reach'] = function(keys, _, rank, least)
  if last_count < tonumber(least) then return end
  if tonumber(redis.call('HGET', keys[2], 'stage') or '0') < tonumber(rank) then
    redis.call('HSET', keys[2], 'stage', rank)
  end
end

changes['once'] = function(keys, _, id)
  return redis.call('HSETNX', keys[2], 'tx:' .. id, 1) == 0
end

changes['order'] = function(keys, _, value)
  local orders = redis.call('HINCRBY', keys[2], 'orders', 1)
  redis.call('HINCRBYFLOAT', keys[2], 'spent', value)
  redis.call('HSET', keys[2], 'stage', orders == 1 and 3 or 4)
end

-- Keep a product's card as the newest of the `most` that the visitor looked at.
changes['seen'] = function(keys, _, most, said, now)
  local card = cjson.decode(said)
  card.t = tonumber(now)
  local seen = { card }
  for _, each in ipairs(cjson.decode(redis.call('HGET', keys[2], 'seen') or '[]')) do
    if each.id ~= card.id and #seen < tonumber(most) then seen[#seen + 1] = each end
  end
  redis.call('HSET', keys[2], 'seen', cjson.encode(seen))
end

-- Carry out the changes in order; one that returns true ends them.
local function apply(keys, args, doc, first, last, now)
  for i = first, last, 3 do
    local verb = args[i]
    if verb == '+' then
      last_count = redis.call('HINCRBY', keys[1], args[i + 1], args[i + 2])
    elseif verb == '=' then
      redis.call('HSET', keys[1], args[i + 1], args[i + 2])
    elseif changes[verb](keys, doc, args[i + 1], args[i + 2], now) then
      return
    end
  end
end

-- Add the fields of a hash that are named from `first` to `last`.
local function read_hash(values, hash, args, first, last)
  if first > last then return end
  for _, value in ipairs(redis.call('HMGET', hash, unpack(args, first, last))) do
    values[#values + 1] = value or '0'
  end
end

-- Return what is named from `at` on as a JSON list: counters of the document, the session and the visitor, and trails.
local function read(keys, args, doc, at, trails)
  local values = {}
  local last = at + tonumber(args[at])
  for i = at + 1, last do
    values[#values + 1] = redis.call('HGET', keys[3], doc .. ':' .. args[i]) or '0'
  end
  at = last + 1
  last = at + tonumber(args[at])
  read_hash(values, keys[1], args, at + 1, last)
  if last < #args then
    at = last + 1
    last = at + tonumber(args[at])
    read_hash(values, keys[2], args, at + 1, last)
  end
  if last < #args then
    for _, trail in ipairs(redis.call('HMGET', trails, unpack(args, last + 1))) do
      values[#values + 1] = '[' .. (trail or '') .. ']'
    end
  end
  return '[' .. table.concat(values, ',') .. ']'
end

-- Return an event's seq, and the one that must be applied before it.
local function place_of(text)
  local seq = tonumber(text)
  if seq then return seq, seq - 1 end
  local place, after = string.match(text, '(%d+) (%d+)')
  return tonumber(place), tonumber(after)
end

local function observe(keys, args)
  local doc, words = args[1], tonumber(args[7])
  local applied, other_session = 0, ''
  local seq, after = place_of(args[5])
  local seen = seen_of(doc, keys[3], keys[4])
  if seq > seen then
    if after > seen then return redis.error_reply('GAP ' .. after .. ' was not applied before ' .. seq) end
    local session, begun = session_of(keys[1], keys[2], args[6], args[3])
    if redis.call('HSET', keys[3], doc, seq) == 1 then
      redis.call('PEXPIRE', keys[3], DOCUMENTS_LIVE_MS)
      redis.call('PEXPIRE', keys[2], life_of(keys[2], VISITOR_LIVES_MS))
    end
    applied = begun and 2 or 1
    if session ~= args[4] then other_session = session .. ' ' .. redis.call('HGET', keys[1], 't0') end
    apply(keys, args, doc, 8, 7 + words, args[6])
    redis.call('PEXPIRE', keys[1], args[3])
  end
  local values = read(keys, args, args[2], 8 + words, keys[5])
  if values == '[]' and other_session == '' then return applied end
  return { applied, other_session, values }
end

redis.register_function('shopbell_observe', observe)
