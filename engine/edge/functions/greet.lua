--[[
  greet      Say where a visitor stands when a document says hello. It counts nothing.
  KEYS[1]    the session          KEYS[2]  the visitor
  KEYS[3]    today's documents    KEYS[4]  yesterday's documents
  KEYS[5]    the firings          KEYS[6]  the popups not viewed yet
  KEYS[7]    the trails
  ARGV[1]    the document         ARGV[2]  now, ms since the epoch
  ARGV[3]    session ends after, ms               ARGV[4]  what a new session comes from, as text
  ARGV[5]    what to read, as for observe
  Returns    { highest seq applied of the document, page record or '', session id, 1 if it went on or 0 if it
               is new, when it began, what it comes from, { field, value, ... } of the visitor, { rule, firings, ... },
               { fire, popup, ... }, the values as a JSON list }
]]
local function where(keys, args, seen, resumed, at)
  local session = redis.call('HMGET', keys[1], 'id', 't0', 'from')
  return {
    seen,
    redis.call('HGET', keys[3], args[1] .. ':p') or '',
    session[1] or '',
    resumed,
    session[2] or '0',
    session[3] or '',
    redis.call('HGETALL', keys[2]),
    redis.call('HGETALL', keys[5]),
    redis.call('HGETALL', keys[6]),
    read(keys, args, args[1], at, keys[7]),
  }
end

local function greet(keys, args)
  local seen = seen_of(args[1], keys[3], keys[4])
  local _, begun = session_of(keys[1], keys[2], args[2], args[3])
  if begun then redis.call('HSET', keys[1], 'from', args[4]) end
  return where(keys, args, seen, begun and 0 or 1, 5)
end

redis.register_function('shopbell_greet', greet)

--[[
  peek       As greet, but begin nothing: the session id is '' where none goes on.
  KEYS       as greet
  ARGV[1]    the document
  ARGV[2]    what to read, as for observe
  Returns    as greet
]]
local function peek(keys, args)
  return where(keys, args, tonumber(redis.call('HGET', keys[3], args[1]) or '0'), 1, 2)
end

redis.register_function{ function_name = 'shopbell_peek', callback = peek, flags = { 'no-writes' } }

--[[
  look       Read counters, change nothing.
  KEYS[1]    the session    KEYS[2]  the visitor    KEYS[3]  today's documents    KEYS[4]  the trails
  ARGV[1]    the document   ARGV[2]  what to read, as for observe
  Returns    the values as a JSON list
]]
local function look(keys, args) return read(keys, args, args[1], 2, keys[4]) end

redis.register_function{ function_name = 'shopbell_look', callback = look, flags = { 'no-writes' } }
