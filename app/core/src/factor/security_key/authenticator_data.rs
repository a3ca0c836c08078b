//! What the key itself signed (WebAuthn Level 3, 6.1), read to the last byte.

use serde::Deserialize;
use serde_cbor_2::{Deserializer, Value};

use crate::model::KeyFlaw;

const FIXED: usize = 37;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;
/// Bits 1 and 5.
const RESERVED: u8 = 0x22;

/// The longest credential id (7.1.25), in bytes.
const LONGEST_ID: usize = 1023;

#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    /// Whether it may be copied to other devices (6.1.3).
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
    pub attested: Option<Attested<'a>>,
}

/// The new credential (6.5.1).
#[derive(Debug)]
pub(super) struct Attested<'a> {
    pub aaguid: [u8; 16],
    pub id: &'a [u8],
    /// A `COSE_Key`.
    pub public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Fails if a flag is reserved, if a part that a flag promises is missing or broken, or if anything is left over.
    pub fn read(bytes: &'a [u8]) -> Result<Self, KeyFlaw> {
        let (fixed, mut rest) = bytes.split_at_checked(FIXED).ok_or(KeyFlaw::Malformed)?;
        let flags = fixed[32];
        if flags & RESERVED != 0 {
            return Err(KeyFlaw::ReservedFlags);
        }
        let mut attested = None;
        if flags & ATTESTED != 0 {
            let (found, behind) = Attested::read(rest)?;
            (attested, rest) = (Some(found), behind);
        }
        if flags & EXTENSIONS != 0 {
            let (Value::Map(_), behind) = item(rest)? else { return Err(KeyFlaw::Malformed) };
            rest = behind;
        }
        let (backup_eligible, backed_up) = (flags & BACKUP_ELIGIBLE != 0, flags & BACKED_UP != 0);
        if rest.is_empty() { Ok(Self { backup_eligible, backed_up, attested }) } else { Err(KeyFlaw::Trailing) }
    }
}

impl<'a> Attested<'a> {
    fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), KeyFlaw> {
        let (aaguid, rest) = bytes.split_first_chunk::<16>().ok_or(KeyFlaw::Malformed)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(KeyFlaw::Malformed)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length > LONGEST_ID {
            return Err(KeyFlaw::LongId);
        }
        let (id, rest) = rest.split_at_checked(length).ok_or(KeyFlaw::Malformed)?;
        let (_, behind) = item(rest)?;
        let public_key = &rest[..rest.len() - behind.len()];
        Ok((Self { aaguid: *aaguid, id, public_key }, behind))
    }
}

/// One CBOR item, and what stands behind it.
pub(super) fn item(bytes: &[u8]) -> Result<(Value, &[u8]), KeyFlaw> {
    let mut reader = Deserializer::from_slice(bytes);
    let value = Value::deserialize(&mut reader).map_err(|_| KeyFlaw::Malformed)?;
    let behind = bytes.get(reader.byte_offset()..).ok_or(KeyFlaw::Malformed)?;
    Ok((value, behind))
}
