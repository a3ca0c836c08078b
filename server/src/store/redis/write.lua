-- KEYS: the record; the count to reset; the log. The last two count only if their arguments say so.
-- ARGV: now; what is expected; the record; its ttl or ''; '1' to reset; the log entry or '', its last index, its ttl.
-- Answers 1 if written, 0 on a conflict.
local now = tonumber(ARGV[1])
if not is_met(ARGV[2], revision_of(KEYS[1], now)) then
  return 0
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
return 1
