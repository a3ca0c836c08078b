-- KEYS: the record; the count to reset; the log; the tally; other records. The three after the first count only if
-- their arguments say so. ARGV: now; what is expected; the record; its ttl or ''; '1' to reset; the log entry or '', its
-- last index, its ttl; the tally's change or '', its most; for each of the other records what it becomes, '' for nothing.
-- Answers 1 if written, 0 on a conflict, 2 if the tally has no room. Its rule is `Tally::after` in postern-app.
local now = tonumber(ARGV[1])
if not is_met(ARGV[2], revision_of(KEYS[1], now)) then
  return 0
end
if ARGV[9] ~= '' then
  local by = tonumber(ARGV[9])
  local sum = math.max(0, tonumber(redis.call('GET', KEYS[4]) or 0) + by)
  if by > 0 and sum > tonumber(ARGV[10]) then
    return 2
  end
  redis.call('SET', KEYS[4], string.format('%.0f', sum))
end
if ARGV[4] == '' then
  redis.call('SET', KEYS[1], ARGV[3])
else
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
end
if ARGV[5] == '1' then
  redis.call('DEL', KEYS[2])
end
if ARGV[6] ~= '' then
  append(KEYS[3], ARGV[6], ARGV[7], ARGV[8], now)
end
for other = 5, #KEYS do
  local value = ARGV[other + 6]
  if value == '' then
    redis.call('DEL', KEYS[other])
  else
    redis.call('SET', KEYS[other], value)
  end
end
return 1
