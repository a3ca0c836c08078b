-- A log is a list, newest first; each entry is the end it gives the log (8 bytes, ms, signed) and its value.

-- `last`: index of the last entry to keep, -1 for none. `ttl`: '' if the log stays.
local function append(log, entry, last, ttl, now)
  local newest = redis.call('LINDEX', log, 0)
  if newest and struct.unpack('>i8', newest) <= now then
    redis.call('DEL', log)
  end
  if tonumber(last) < 0 then
    redis.call('DEL', log)
    return
  end
  redis.call('LPUSH', log, entry)
  redis.call('LTRIM', log, 0, last)
  if ttl == '' then
    redis.call('PERSIST', log)
  else
    redis.call('PEXPIRE', log, ttl)
  end
end
