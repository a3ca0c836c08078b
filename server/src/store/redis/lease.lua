-- KEYS: the jobs by when they are due. ARGV: now; until; after when none is put off; the prefix of a job's key; how many ended jobs to drop at most;
-- the prefix under which a damaged job is set aside (same slot), to be looked at until its time to live is over.
-- Answers {id, job} with the lease counted, {} if none is due, {'damaged', id} if one was set aside, or {''} if there
-- may be more behind those dropped.
local now = tonumber(ARGV[1])
for _ = 1, tonumber(ARGV[5]) do
  local name = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
  if not name then
    name = redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. ARGV[3], 'LIMIT', 0, 1)[1]
  end
  if not name then
    return {}
  end
  local key = ARGV[4] .. name
  local job = redis.pcall('GET', key)
  if job and (type(job) ~= 'string' or #job < 12 or not string.match(name, '^%d+$')) then
    redis.call('ZREM', KEYS[1], name)
    redis.call('RENAME', key, ARGV[6] .. name)
    return {'damaged', name}
  end
  if job and struct.unpack('>i8', job, 5) > now then
    local leased = struct.pack('>I4', struct.unpack('>I4', job) + 1)
    redis.call('SETRANGE', key, 0, leased)
    redis.call('ZADD', KEYS[1], ARGV[2], name)
    return {name, leased .. string.sub(job, 5)}
  end
  redis.call('ZREM', KEYS[1], name)
  redis.call('DEL', key)
end
return {''}
