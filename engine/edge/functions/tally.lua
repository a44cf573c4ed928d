--[[
  tally      Count events of a session that goes on; one that has ended or was erased stays gone.
  KEYS[1]    the session
  ARGV[1]    how many events
  Returns    how many events the session has been told of, 0 where it is gone
]]
local function tally(keys, args)
  if redis.call('EXISTS', keys[1]) == 0 then return 0 end
  return redis.call('HINCRBY', keys[1], 'n', args[1])
end

redis.register_function('shopbell_tally', tally)
