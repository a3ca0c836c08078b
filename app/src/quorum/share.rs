//! A share: one line that a custodian keeps, `PREFIX$INDEX$DATA`. It says what it belongs to, so that a damaged or foreign
//! one is refused by name before it can spoil anything.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32, BASE64URL_NOPAD};
use sha2::{Digest, Sha256};

use super::pasted::share_line;
use postern_core::model::Secret;

const VERSION: u8 = 1;
/// Bytes of the group id that people see.
const SEEN: usize = 5;
/// Version, group id, threshold, size, index, commitment.
const HEAD: usize = 1 + 16 + 3 + 32;
const CHECKSUM: usize = 4;

/// The longest line that is read, in bytes: a key of 128 bytes makes some 280.
const LONGEST: usize = 1024;

/// What shares of one deal have in common.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Group {
    pub id: [u8; 16],
    /// How many custodians have to agree, 2 or more.
    pub threshold: u8,
    /// How many shares there are.
    pub size: u8,
    /// What the secret is known by once it is put together; salted, so that nobody can test guesses.
    #[serde(with = "serde_bytes")]
    pub commitment: [u8; 32],
}

impl Group {
    /// Base32 of the first bytes of the id, for people.
    pub fn prefix(&self) -> String {
        BASE32.encode(&self.id[..SEEN])
    }
}

/// One custodian's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub group: Group,
    /// 1 to the group's size.
    pub index: u8,
    /// Of Shamir's polynomials, at the index.
    pub bytes: Secret<Vec<u8>>,
}

/// What is wrong with a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
pub enum ShareFlaw {
    #[error("a share is one line like ABCDEFGH$1$…: eight letters or digits, a number, and the rest")]
    Form,
    #[error("the number of the share is not between 1 and 255, or is written oddly")]
    Index,
    #[error("the last part of the share is damaged: it is no base64url")]
    Encoding,
    #[error("the share is cut off")]
    Cut,
    #[error("the share is of a later version than this portal knows")]
    Version,
    #[error("the share is damaged: its checksum does not fit")]
    Damaged,
    #[error("the share contradicts itself")]
    Contradiction,
}

impl Share {
    fn body(&self) -> Vec<u8> {
        let Group { id, threshold, size, commitment } = &self.group;
        let head = [&[VERSION][..], id, &[*threshold, *size, self.index], commitment].concat();
        [head.as_slice(), self.bytes.expose()].concat()
    }
}

/// The first bytes of SHA-256 over the prefix and everything before the checksum.
fn checksum(prefix: &str, body: &[u8]) -> [u8; CHECKSUM] {
    let digest = Sha256::new().chain_update(prefix.as_bytes()).chain_update(body).finalize();
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&digest[..CHECKSUM]);
    sum
}

impl Share {
    /// As its custodian keeps it.
    pub fn line(&self) -> Secret<String> {
        let prefix = self.group.prefix();
        let body = zeroize::Zeroizing::new(self.body());
        let data = zeroize::Zeroizing::new([body.as_slice(), &checksum(&prefix, &body)].concat());
        Secret::new(format!("{prefix}${}${}", self.index, BASE64URL_NOPAD.encode(&data)))
    }
}

impl FromStr for Share {
    type Err = ShareFlaw;

    /// As people paste it: wrapped, quoted, the prefix in either case. The rest of a share tells upper case from lower.
    fn from_str(text: &str) -> Result<Self, ShareFlaw> {
        let text = share_line(text).ok_or(ShareFlaw::Form)?;
        if text.len() > LONGEST {
            return Err(ShareFlaw::Form);
        }
        let mut parts = text.split('$');
        let (Some(prefix), Some(index), Some(data), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ShareFlaw::Form);
        };
        let prefix = prefix.to_ascii_uppercase();
        let is_prefix = BASE32.decode(prefix.as_bytes()).is_ok_and(|seen| seen.len() == SEEN);
        if !is_prefix {
            return Err(ShareFlaw::Form);
        }
        let number = index.parse::<u8>().ok().filter(|number| *number > 0 && number.to_string() == index);
        let index = number.ok_or(ShareFlaw::Index)?;
        let data = BASE64URL_NOPAD.decode(data.as_bytes()).map_err(|_| ShareFlaw::Encoding)?;
        read(&prefix, index, &zeroize::Zeroizing::new(data))
    }
}

fn read(prefix: &str, index: u8, data: &[u8]) -> Result<Share, ShareFlaw> {
    let at = data.len().checked_sub(CHECKSUM).filter(|at| *at > HEAD).ok_or(ShareFlaw::Cut)?;
    let (body, sum) = data.split_at(at);
    if body[0] != VERSION {
        return Err(ShareFlaw::Version);
    }
    if checksum(prefix, body) != *sum {
        return Err(ShareFlaw::Damaged);
    }
    let (head, bytes) = body.split_at(HEAD);
    let (mut id, mut commitment) = ([0; 16], [0; 32]);
    id.copy_from_slice(&head[1..17]);
    commitment.copy_from_slice(&head[20..]);
    let group = Group { id, threshold: head[17], size: head[18], commitment };
    let is_sound = head[19] == index
        && (1..=group.size).contains(&index)
        && (2..=group.size).contains(&group.threshold)
        && group.prefix() == prefix;
    if !is_sound {
        return Err(ShareFlaw::Contradiction);
    }
    Ok(Share { group, index, bytes: Secret::new(bytes.to_vec()) })
}

/// Never its bytes.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "share {} of {} ({})", self.index, self.group.size, self.group.prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share() -> Share {
        let group = Group { id: [0x5a; 16], threshold: 3, size: 5, commitment: [7; 32] };
        Share { group, index: 2, bytes: Secret::new(vec![1; 39]) }
    }

    #[test]
    fn a_line_reads_back_and_has_the_promised_parts() {
        let line = share().line();
        assert_eq!(line.expose().parse(), Ok(share()));
        assert_eq!(format!(" {}\n", line.expose()).parse(), Ok(share()));
        let parts: Vec<&str> = line.expose().split('$').collect();
        assert_eq!((parts[0], parts[1]), ("LJNFUWS2", "2"));
        let data = BASE64URL_NOPAD.decode(parts[2].as_bytes()).expect("base64url");
        assert_eq!(data.len(), 1 + 16 + 3 + 32 + 39 + 4);
        assert_eq!(data[..20], [&[1][..], &[0x5a; 16], &[3, 5, 2]].concat());
        let digest = Sha256::digest([b"LJNFUWS2", &data[..91]].concat());
        assert_eq!(data[91..], digest[..4]);
    }

    fn is_same(text: &str, line: &str) -> bool {
        let ((prefix, rest), (known, of_line)) =
            (text.split_once('$').unwrap_or_default(), line.split_once('$').expect("a share"));
        prefix.eq_ignore_ascii_case(known) && rest == of_line
    }

    #[test]
    fn share_survives_wrapping_quotes_and_invisible_characters() {
        let line = share().line().expose().clone();
        let (prefix, rest) = line.split_once('$').expect("parts");
        let wrapped: String = line.chars().flat_map(|c| [c, '\r', '\n']).collect();
        let quoted: String = line.as_bytes().chunks(20).fold(String::new(), |mut quoted, part| {
            quoted.push_str("> ");
            quoted.push_str(std::str::from_utf8(part).expect("ASCII"));
            quoted.push('\n');
            quoted
        });
        for pasted in [
            wrapped,
            quoted,
            line.chars().flat_map(|c| [c, '\u{200b}']).collect(),
            format!("\u{feff}\u{201e}{line}\u{201c}"),
            format!("'{line}'"),
            format!("`{line}`"),
            format!("\u{ab}\u{a0}{line}\u{a0}\u{bb}"),
            format!("{}${rest}", prefix.to_lowercase()),
            line.replace('-', "\u{2011}").replace('$', "\u{ff04}"),
            line.replace("$2$", "$\u{662}$"),
        ] {
            assert_eq!(pasted.parse(), Ok(share()), "{pasted:?}");
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let line = share().line().expose().clone();
        for at in 0..line.len() {
            for bit in 0..7 {
                let mut bytes = line.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let text = String::from_utf8(bytes).expect("ASCII");
                // A prefix in lower case is the same prefix.
                if !is_same(text.trim(), &line) {
                    assert!(text.parse::<Share>().is_err(), "bit {bit} of byte {at}: {text}");
                }
            }
            assert!(line[..at].parse::<Share>().is_err(), "cut at {at}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_although_its_checksum_fits() {
        let line = |change: fn(&mut Share)| {
            let mut share = share();
            change(&mut share);
            share.line().expose().parse::<Share>()
        };
        assert_eq!(line(|share| share.index = 0), Err(ShareFlaw::Index));
        assert_eq!(line(|share| share.index = 6), Err(ShareFlaw::Contradiction));
        assert_eq!(line(|share| share.group.threshold = 1), Err(ShareFlaw::Contradiction));
        assert_eq!(line(|share| share.group.threshold = 6), Err(ShareFlaw::Contradiction));
        assert_eq!(line(|share| share.bytes = Secret::new(Vec::new())), Err(ShareFlaw::Cut));
    }

    #[test]
    fn odd_spellings_are_no_shares() {
        let line = share().line().expose().clone();
        for odd in [
            line.to_lowercase(),
            line.replace("$2$", "$02$"),
            line.replace("$2$", "$256$"),
            line.replace("$2$", "$3$"),
            format!("{line}="),
            format!("{line}$"),
            line.replacen('$', "", 1),
            "x".repeat(2000),
            String::new(),
        ] {
            assert!(odd.parse::<Share>().is_err(), "{odd}");
        }
    }
}
