--[[
  What a rule does to a visitor, and what a popup's form tells of them (see engine.core.doing): tags, a JSON list in
  the order in which they were given, and fields of the shop's own, each in a JSON list of one.
]]
local MOST_TAGS = 100

-- Return the visitor's tags without one of them, and whether it was among them.
local function tags_without(visitor, tag)
  local rest, found = {}, false
  for _, each in ipairs(cjson.decode(redis.call('HGET', visitor, 'tags') or '[]')) do
    if each == tag then found = true else rest[#rest + 1] = each end
  end
  return rest, found
end

changes['tag'] = function(keys, _, tag)
  local tags, found = tags_without(keys[2], tag)
  if found then return end
  tags[#tags + 1] = tag
  if #tags > MOST_TAGS then table.remove(tags, 1) end
  redis.call('HSET', keys[2], 'tags', cjson.encode(tags))
end

changes['untag'] = function(keys, _, tag)
  local tags, found = tags_without(keys[2], tag)
  if not found then return end
  if #tags == 0 then
    -- an empty list is written as an object
    redis.call('HDEL', keys[2], 'tags')
  else
    redis.call('HSET', keys[2], 'tags', cjson.encode(tags))
  end
end

changes['set'] = function(keys, _, field, value) redis.call('HSET', keys[2], 'f:' .. field, value) end

-- Carry out the changes that are named from `first` on.
local function change_visitor(visitor, args, first) apply({ '', visitor }, args, '', first, #args, 0) end

--[[
  change     Do to a visitor what a click in a popup does.
  KEYS[1]    the visitor
  ARGV       what is done, as change_visitor takes it
  Returns    1
]]
local function change(keys, args)
  change_visitor(keys[1], args, 1)
  return 1
end

redis.register_function('shopbell_change', change)
