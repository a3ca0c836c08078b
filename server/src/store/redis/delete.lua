-- KEYS: the record. ARGV: now; what is expected. Answers 1 if it was there and is gone.
local there = revision_of(KEYS[1], tonumber(ARGV[1]))
if there and is_met(ARGV[2], there) then
  return redis.call('DEL', KEYS[1])
end
return 0
