-- The rule is `Window::count` in postern-app; the suite compares the two step by step.
-- KEYS: the window, a sorted set of times. ARGV: now; span; limit; a name no other call has; the ttl.
-- Answers {1, how many stand now} or {0, when there is room}.
local now, span, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
-- A clock that was ahead left times that are still to come.
for _, ahead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')) do
  redis.call('ZADD', KEYS[1], 'XX', ARGV[1], ahead)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - span))
local standing = redis.call('ZCARD', KEYS[1])
if standing < limit then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return {1, standing + 1}
end
local leaver = redis.call('ZRANGE', KEYS[1], standing - limit, standing - limit, 'WITHSCORES')
return {0, (tonumber(leaver[2]) or now) + span}
