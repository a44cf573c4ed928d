--[[
  observe    Count one event, once, and read what the rules need.
  KEYS[1]    the session          KEYS[2]  the visitor
  KEYS[3]    today's documents    KEYS[4]  yesterday's documents
  ARGV[1]    the event's document ARGV[2]  its seq      ARGV[3]  now, ms since the epoch
  ARGV[4]    session ends after, ms               ARGV[5]  document of the connection
  ARGV[6]    number of words of changes, then these (see engine.core.counters.deltas)
  then       number of document counters to read, their names, and the session counters to read
  Returns    { 1 or 0 (applied before), id of a session begun just now or '', the values as a JSON list }

  What a document has done is kept by day, so that it is forgotten after 24 to 48 hours without a sweep.
]]
local DOCUMENTS_LIVE_MS = 48 * 60 * 60 * 1000
local NOT_BASE32 = { ['0'] = 'g', ['1'] = 'h', ['8'] = 'i', ['9'] = 'j' }
local VISITOR_LIVES_MS = 400 * 24 * 60 * 60 * 1000

-- Begin a session if none is going on. Returns its id if it is new, else ''.
local function begin_session(session, visitor, now, ends_after)
  if redis.call('HEXISTS', session, 'id') == 1 then return '' end
  -- ids are written in the letters of base32
  local id = string.gsub(string.sub(redis.sha1hex(visitor .. now), 1, 26), '[0189]', NOT_BASE32)
  redis.call('HSET', session, 'id', id, 't0', now)
  redis.call('PEXPIRE', session, ends_after)
  redis.call('HINCRBY', visitor, 'sessions', 1)
  redis.call('HSETNX', visitor, 'first', now)
  redis.call('PEXPIRE', visitor, VISITOR_LIVES_MS)
  return id
end

-- Return the highest seq of a document that was applied; carry what it has over from yesterday.
local function seen_of(doc, today, yesterday)
  local seen = redis.call('HGET', today, doc)
  if seen then return tonumber(seen) end
  local state = redis.call('HMGET', yesterday, doc, doc .. ':p', doc .. ':d', doc .. ':s')
  for i, suffix in ipairs({ '', ':p', ':d', ':s' }) do
    if state[i] then redis.call('HSET', today, doc .. suffix, state[i]) end
  end
  redis.call('PEXPIRE', today, DOCUMENTS_LIVE_MS)
  return tonumber(state[1] or '0')
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

changes['1'] = function(keys, _, field, total)
  if redis.call('HINCRBY', keys[1], field, 1) == 1 then redis.call('HINCRBY', keys[1], total, 1) end
end

changes['once'] = function(keys, _, id)
  return redis.call('HSETNX', keys[2], 'tx:' .. id, 1) == 0
end

changes['order'] = function(keys, _, value)
  redis.call('HINCRBY', keys[2], 'orders', 1)
  redis.call('HINCRBYFLOAT', keys[2], 'spent', value)
end

-- Carry out the changes in order; one that returns true ends them.
local function apply(keys, args, doc, first, last)
  for i = first, last, 3 do
    local verb = args[i]
    if verb == '+' then
      redis.call('HINCRBY', keys[1], args[i + 1], args[i + 2])
    elseif verb == '=' then
      redis.call('HSET', keys[1], args[i + 1], args[i + 2])
    elseif changes[verb](keys, doc, args[i + 1], args[i + 2]) then
      return
    end
  end
end

-- Return the counters that are named from `at` on, of the document, then of the session, as a JSON list.
local function read(keys, args, doc, at)
  local documents = tonumber(args[at])
  local first = at + documents + 1
  local values = first <= #args and redis.call('HMGET', keys[1], unpack(args, first)) or {}
  for i = documents, 1, -1 do
    table.insert(values, 1, redis.call('HGET', keys[3], doc .. ':' .. args[at + i]))
  end
  for i, value in ipairs(values) do
    if not value then values[i] = '0' end
  end
  return '[' .. table.concat(values, ',') .. ']'
end

local function observe(keys, args)
  local doc, seq = args[1], tonumber(args[2])
  local words = tonumber(args[6])
  local begun, applied = '', 0
  if seq > seen_of(doc, keys[3], keys[4]) then
    applied = 1
    redis.call('HSET', keys[3], doc, args[2])
    if redis.call('HINCRBY', keys[1], 'n', 1) == 1 then
      begun = begin_session(keys[1], keys[2], args[3], args[4])
    end
    apply(keys, args, doc, 7, 6 + words)
    redis.call('PEXPIRE', keys[1], args[4])
  end
  return { applied, begun, read(keys, args, args[5], 7 + words) }
end

redis.register_function('shopbell_observe', observe)
