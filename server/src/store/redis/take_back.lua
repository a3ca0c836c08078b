-- The rule is `Standing::without` in postern-app. KEYS: the count, packed as in attempt.lua. ARGV: now; the attempt.
local count = redis.call('GET', KEYS[1])
if not count then
  return 0
end
local failures, not_before, forgotten = struct.unpack('>I4i8i8', count)
local attempt = tonumber(ARGV[2])
if forgotten <= tonumber(ARGV[1]) or failures < attempt or failures == 0 then
  return 0
end
if failures == attempt then
  not_before = 0
end
redis.call('SET', KEYS[1], struct.pack('>I4i8i8', failures - 1, not_before, forgotten), 'KEEPTTL')
return 1
