--[[
  What rules read of the past, kept only while a rule reads it (see engine.core.tracking). KEYS[5], the trails, is
  given where rules look back through a window: under each name a list of moments, t,t,..., or of parts of dwell,
  t,ms,t,ms,..., the oldest first. A moment has 13 digits until the year 2286.
]]
local MOMENT = '%d%d%d%d%d%d%d%d%d%d%d%d%d'
local MOST_PARTS = 512
local SWEEP_EVERY = 64

-- Forget trails all of which has left every window: those of products, say, that nobody came back to.
local function sweep(trails, now, longest)
  local all = redis.call('HGETALL', trails)
  for i = 1, #all, 2 do
    local newest = string.match(all[i + 1], '.*(' .. MOMENT .. ')')
    if newest and now - newest >= longest then redis.call('HDEL', trails, all[i]) end
  end
end

local function keep(trails, field, trail, now, longest)
  local is_new = redis.call('HSET', trails, field, trail) == 1
  if is_new and redis.call('HLEN', trails) % SWEEP_EVERY == 0 then sweep(trails, now, longest) end
  redis.call('PEXPIRE', trails, life_of(trails, longest))
end

changes['+v'] = function(keys, _, field, amount) redis.call('HINCRBY', keys[2], field, amount) end

changes['last'] = function(keys, _, field, _, now) redis.call('HSET', keys[1], field, now) end

changes['moment'] = function(keys, _, field, kept, now)
  local most, longest = string.match(kept, '(%d+) (%d+)')
  local trail = redis.call('HGET', keys[5], field)
  trail = trail and string.sub(trail .. ',' .. now, -14 * most + 1) or now
  keep(keys[5], field, trail, now, tonumber(longest))
end

changes['part'] = function(keys, _, field, kept, now)
  local ms, most, longest = string.match(kept, '(%d+) (%d+) (%d+)')
  most, longest = tonumber(most), tonumber(longest)
  local parts, total, first = {}, 0, 1
  for each in string.gmatch((redis.call('HGET', keys[5], field) or '') .. ',' .. now .. ',' .. ms, '%d+') do
    parts[#parts + 1] = each
    if #parts % 2 == 0 then total = total + each end
  end
  while first < #parts - 1 and (now - parts[first] >= longest or total - parts[first + 1] > most
      or #parts - first + 1 > 2 * MOST_PARTS) do
    total = total - parts[first + 1]
    first = first + 2
  end
  keep(keys[5], field, table.concat(parts, ',', first), now, longest)
end

-- A sequence is 1 once all its steps were taken, before that a list: for each number of steps taken, the latest
-- moment at which they can have begun, 0 where they have not been taken. The steps of an event come last first.
changes['step'] = function(keys, _, field, told, now)
  local state = redis.call('HGET', keys[1], field)
  if state == '1' then return end
  local words, starts = {}, {}
  for each in string.gmatch(told, '%d+') do words[#words + 1] = tonumber(each) end
  for each in string.gmatch(state or '', '%d+') do starts[#starts + 1] = each end
  local within, steps, moved = words[1], words[2], false
  for i = 3, #words do
    local n = words[i]
    local start = n == 1 and now or starts[n - 1] or '0'
    if start ~= '0' and (within == 0 or now - start <= within) then
      if n == steps then
        redis.call('HSET', keys[1], field, 1)
        return
      end
      starts[n], moved = start, true
    end
  end
  if not moved then return end
  for n = 1, steps - 1 do starts[n] = starts[n] or '0' end
  redis.call('HSET', keys[1], field, '[' .. table.concat(starts, ',') .. ']')
end
