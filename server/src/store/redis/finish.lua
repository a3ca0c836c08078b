-- KEYS: the jobs by when they are due; the job. ARGV: the job's name.
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('DEL', KEYS[2])
