-- KEYS: the jobs by when they are due. ARGV: now; until; the prefix of a job's key; how many ended jobs to drop at most.
-- Answers {id, job} with the lease counted, {} if none is due, or {''} if there may be more behind those dropped.
local now = tonumber(ARGV[1])
for _ = 1, tonumber(ARGV[4]) do
  local name = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
  if not name then
    return {}
  end
  local key = ARGV[3] .. name
  local job = redis.call('GET', key)
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
