-- KEYS: the jobs by when they are due. ARGV: due; the job's name. A job that is gone stays gone.
return redis.call('ZADD', KEYS[1], 'XX', ARGV[1], ARGV[2])
