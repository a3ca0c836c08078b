-- KEYS: the jobs of a lane by when they are due; the last id. ARGV: when it is due; the end (8 bytes, ms, signed); the value; the ttl;
-- the prefix of a job's key (same slot). A job is how often it was leased (4 bytes), its end and its value.
-- Ids follow the server's clock in microseconds, so they never come again even after the last id has expired;
-- 16 digits, so that jobs due at one moment are leased in the order they came.
local time = redis.call('TIME')
local id = time[1] * 1000000 + time[2]
-- A damaged last id counts as none: the clock alone is as good.
local last = redis.pcall('GET', KEYS[2])
last = type(last) == 'string' and tonumber(last) or 0
if id <= last then
  id = last + 1
end
local name = string.format('%016.0f', id)
redis.call('SET', ARGV[5] .. name, struct.pack('>I4', 0) .. ARGV[2] .. ARGV[3], 'PX', ARGV[4])
redis.call('ZADD', KEYS[1], ARGV[1], name)
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('SET', KEYS[2], name, 'PX', redis.call('PTTL', KEYS[1]))
return 1
