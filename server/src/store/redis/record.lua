-- A record is its revision (8 bytes, opaque), its end (8 bytes, ms, signed, most significant first), its value.

-- The revision of the record at `key`, or nil if there is none or it has ended. A damaged record is there, but has a
-- revision that nobody expects: only what writes or deletes whatever there is gets past it.
local function revision_of(key, now)
  local head = redis.pcall('GETRANGE', key, 0, 15)
  if type(head) ~= 'string' or (#head > 0 and #head < 16) then
    return 'damaged'
  end
  if #head == 16 and struct.unpack('>i8', head, 9) > now then
    return string.sub(head, 1, 8)
  end
end

-- `expected`: '' nothing there, '*' whatever is there, else exactly this revision.
local function is_met(expected, there)
  if expected == '*' then return true end
  if expected == '' then return there == nil end
  return there == expected
end
