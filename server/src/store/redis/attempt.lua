-- The rule is `Policy::attempt` in postern-app; the suite compares the two step by step.
-- KEYS: the count; the record to load. ARGV: now; blocked_at; free; when a count of now is forgotten; its ttl;
-- then the waits in ms after failure number free, free + 1, ...; the last one holds for all that follow.
-- A count is failures (4 bytes), the end of the wait and when it is forgotten (8 bytes each, ms, signed).
-- Answers {'go', failures, record or false}, {'wait', until, false} or {'blocked', 0, false}.
local now = tonumber(ARGV[1])
local failures, not_before = 0, 0
local count = redis.call('GET', KEYS[1])
if count then
  local counted, wait_ends, forgotten = struct.unpack('>I4i8i8', count)
  if forgotten > now then
    failures, not_before = counted, wait_ends
  end
end
if failures >= tonumber(ARGV[2]) then
  return {'blocked', 0, false}
end
if now < not_before then
  return {'wait', not_before, false}
end
failures = failures + 1
local wait = 0
local free = tonumber(ARGV[3])
if failures >= free then
  wait = tonumber(ARGV[math.min(6 + failures - free, #ARGV)])
end
count = struct.pack('>I4i8i8', failures, now + wait, tonumber(ARGV[4]))
redis.call('SET', KEYS[1], count, 'PX', ARGV[5])
return {'go', failures, redis.call('GET', KEYS[2])}
