-- KEYS: the log. ARGV: now; the entry; the last index to keep; the ttl or ''.
append(KEYS[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[1]))
return 1
