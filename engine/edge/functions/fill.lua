--[[
  fill       Put in place what rules look back at, found in the archive, unless something has happened since it was
             read. It may be called again: it sets, and adds nothing.
  KEYS[1]    the visitor               KEYS[2]  tomorrow's documents
  KEYS[3]    today's documents         KEYS[4]  yesterday's documents      KEYS[5]  the trails
  ARGV[1]    number of words of documents, then each one's name and how far it was read
  then       number of words of the visitor's numbers, then each one's field and number
  then       for how long the trails are kept, ms; then each one's field and trail
  Returns    1 if it is in place, 0 if it was read too early, -1 if nothing is known of the visitor
]]
local function how_far(keys)
  local found, many = {}, 0
  for i = 2, 4 do
    local all = redis.call('HGETALL', keys[i])
    for n = 1, #all, 2 do
      local doc, seq = all[n], tonumber(all[n + 1])
      if not string.find(doc, ':', 1, true) then
        if not found[doc] then many = many + 1 end
        found[doc] = math.max(found[doc] or 0, seq)
      end
    end
  end
  return found, many
end

local function set_all(key, args, first, last)
  for i = first, last, 2 do redis.call('HSET', key, args[i], args[i + 1]) end
end

local function fill(keys, args)
  if redis.call('EXISTS', keys[1]) == 0 then return -1 end
  local found, many = how_far(keys)
  local documents = tonumber(args[1])
  if documents ~= 2 * many then return 0 end
  for i = 2, documents, 2 do
    if found[args[i]] ~= tonumber(args[i + 1]) then return 0 end
  end
  local at = documents + 2
  local numbers = tonumber(args[at])
  set_all(keys[1], args, at + 1, at + numbers)
  at = at + numbers + 1
  if at < #args then
    set_all(keys[5], args, at + 1, #args)
    if redis.call('PTTL', keys[5]) < tonumber(args[at]) then redis.call('PEXPIRE', keys[5], args[at]) end
  end
  return 1
end

redis.register_function('shopbell_fill', fill)
