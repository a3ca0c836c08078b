-- The rule is `Policy::attempt` in postern-app; the suite compares the two step by step.
-- KEYS: the count; the record to load. ARGV: now; blocked_at; free; when a count of now is forgotten; its ttl;
-- then the waits in ms after failure number free, free + 1, ...; the last one holds for all that follow.
-- A count is failures (4 bytes), the end of the wait and when it is forgotten (8 bytes each, ms, signed).
-- Answers {'go', failures, record or false}, {'wait', until, false} or {'blocked', 0, false}.
local now, free, latest = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local failures, not_before = 0, 0

local function wait_after(failure)
  if failure < free then return 0 end
  return tonumber(ARGV[math.min(6 + failure - free, #ARGV)])
end

local function keep(forgotten)
  redis.call('SET', KEYS[1], struct.pack('>I4i8i8', failures, not_before, forgotten), 'PX', ARGV[5])
end

local count = redis.call('GET', KEYS[1])
if count then
  local counted, wait_ends, forgotten = struct.unpack('>I4i8i8', count)
  if forgotten > now then
    -- A clock that was ahead left what ends later than it would from now on.
    failures, not_before = counted, math.min(wait_ends, now + wait_after(counted))
    if not_before < wait_ends or forgotten > latest then
      keep(math.min(forgotten, latest))
    end
  end
end
if failures >= tonumber(ARGV[2]) then
  return {'blocked', 0, false}
end
if now < not_before then
  return {'wait', not_before, false}
end
failures = failures + 1
not_before = now + wait_after(failures)
keep(latest)
return {'go', failures, redis.call('GET', KEYS[2])}
