-- The rule is `Tally::after` in postern-app. KEYS: the tally. ARGV: its change; its most.
-- Answers the sum, or -1 if it has no room. A sum of nothing leaves nothing behind.
local by = tonumber(ARGV[1])
local sum = tonumber(redis.call('GET', KEYS[1]) or 0)
if not sum then
  return redis.error_reply('WRONGTYPE a tally that is no number')
end
if by == 0 then
  return sum
end
sum = math.max(0, sum + by)
if by > 0 and sum > tonumber(ARGV[2]) then
  return -1
end
if sum == 0 then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], string.format('%.0f', sum))
end
return sum
