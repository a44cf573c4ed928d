--[[
  observe    The least that counting can cost: drop what was applied before, add to three counters.
  KEYS[1]    the visitor's session
  ARGV       seq, document, number of counters, then counter and amount in turn
  Returns    the counters' new values, or { 0 } for an event that was applied before
]]
redis.register_function('prototype_observe', function(keys, args)
  local seen = tonumber(redis.call('HGET', keys[1], 's:' .. args[2]) or '0')
  if tonumber(args[1]) <= seen then return { 0 } end
  redis.call('HSET', keys[1], 's:' .. args[2], args[1])
  local values = {}
  for i = 4, 3 + 2 * tonumber(args[3]), 2 do
    values[#values + 1] = redis.call('HINCRBY', keys[1], args[i], args[i + 1])
  end
  redis.call('PEXPIRE', keys[1], 1800000)
  return values
end)
