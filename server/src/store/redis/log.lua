-- A log is a list, newest first; each entry is the end it gives the log (8 bytes, ms, signed) and its value.

-- `last`: index of the last entry to keep, -1 for none. `ttl`: '' if the log stays.
local function append(log, entry, last, ttl, now)
  -- A damaged log begins anew: what it tells of is not to hold up what happens.
  local newest = redis.pcall('LINDEX', log, 0)
  if newest and (type(newest) ~= 'string' or #newest < 8 or struct.unpack('>i8', newest) <= now) then
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
