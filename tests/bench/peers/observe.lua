--[[
  observe    Count an event of a peer once, and read the counters that its rules may ask for.
  KEYS[1]    the visitor's session
  ARGV       seq, document, number of changes, then for each of them three words: '+' NAME AMOUNT adds to a counter,
             '=' NAME VALUE sets it, 'first' NAME COUNTER adds one to the counter the first time that the name is told;
             then the names of the counters to read
  Returns    their values, nil where nothing was counted
]]
redis.register_function('peer_observe', function(keys, args)
  local seen = tonumber(redis.call('HGET', keys[1], 's:' .. args[2]) or '0')
  local read = 4 + 3 * tonumber(args[3])
  if tonumber(args[1]) > seen then
    redis.call('HSET', keys[1], 's:' .. args[2], args[1])
    for i = 4, read - 1, 3 do
      local verb, name, value = args[i], args[i + 1], args[i + 2]
      if verb == '+' then redis.call('HINCRBY', keys[1], name, value)
      elseif verb == '=' then redis.call('HSET', keys[1], name, value)
      elseif redis.call('HSETNX', keys[1], name, 1) == 1 then redis.call('HINCRBY', keys[1], value, 1) end
    end
    redis.call('PEXPIRE', keys[1], 1800000)
  end
  return redis.call('HMGET', keys[1], unpack(args, read))
end)
