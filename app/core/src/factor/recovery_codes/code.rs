//! One recovery code: how it is drawn, written and read.

use std::str::FromStr;

use zeroize::Zeroizing;

use crate::model::Secret;
use crate::model::typed_text::code_chars;

/// Crockford's base32 in lower case: no i, l, o or u, which people mistake for others.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

const LENGTH: usize = 20;
const GROUP: usize = 4;
/// The longest text that is read, in characters.
const LONGEST: usize = 128;

/// 20 characters of five bits each. The first four, the lead, say which code of a set it is; the other 80 bits are secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCode(Secret<String>);

/// A text that is no recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a recovery code has 20 letters and digits")]
pub struct NotARecoveryCode;

impl RecoveryCode {
    /// Every code equally likely: a byte holds each of the 32 characters eight times.
    pub(super) fn draw(random: &mut impl FnMut(&mut [u8])) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        random(&mut *bytes);
        Self(Secret::new(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()))
    }

    /// The public part.
    pub fn lead(&self) -> &str {
        &self.0.expose()[..GROUP]
    }

    /// The part that nobody else knows.
    pub fn secret(&self) -> &[u8] {
        &self.0.expose().as_bytes()[GROUP..]
    }

    /// As it is shown: five groups of four with dashes.
    pub fn grouped(&self) -> Secret<String> {
        let mut text = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (at, c) in self.0.expose().chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(c);
        }
        Secret::new(text)
    }
}

impl FromStr for RecoveryCode {
    type Err = NotARecoveryCode;

    /// Case, white space, dashes and invisible characters do not matter, digits of every script are read as their values;
    /// o is read as 0, i and l as 1.
    fn from_str(typed: &str) -> Result<Self, NotARecoveryCode> {
        if typed.chars().count() > LONGEST {
            return Err(NotARecoveryCode);
        }
        // Of its full size from the start: a buffer that grows leaves copies behind.
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        for c in code_chars(typed) {
            if code.len() == LENGTH {
                return Err(NotARecoveryCode);
            }
            code.push(canonical(c).ok_or(NotARecoveryCode)?);
        }
        if code.len() == LENGTH { Ok(Self(Secret::new(std::mem::take(&mut code)))) } else { Err(NotARecoveryCode) }
    }
}

/// A character as it stands in the alphabet, if it is meant to.
fn canonical(typed: char) -> Option<char> {
    let c = match typed.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    ALPHABET.iter().any(|known| char::from(*known) == c).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<String, NotARecoveryCode> {
        typed.parse::<RecoveryCode>().map(|code| code.grouped().expose().clone())
    }

    #[test]
    fn every_typed_form_is_read_as_the_code_that_was_meant() {
        let code = "k7qm-x3fp-9t2w-hc4v-b8n1";
        for typed in [
            code,
            "K7QM-X3FP-9T2W-HC4V-B8N1",
            "k7qmx3fp9t2whc4vb8n1",
            " k7qm x3fp\t9t2w hc4v b8n1\r\n",
            "k7qm\u{2013}x3fp\u{2014}9t2w\u{2212}hc4v\u{a0}b8n1",
            "k7qm-x3fp-9t2w-hc4v-b8nI",
            "k7qm-x3fp-9t2w-hc4v-b8nl",
            "k-7-q-m-x-3-f-p-9-t-2-w-h-c-4-v-b-8-n-L",
            "\u{feff}k7qm\u{ad}x3fp\u{200b}9t2whc4vb8n1\u{200e}",
            "k７qm-x٣fp-９t２w-hc४v-b８n１",
        ] {
            assert_eq!(read(typed).as_deref(), Ok(code), "{typed:?}");
        }
        assert_eq!(read("oOoO-0000-oooo-OOOO-0o0o").as_deref(), Ok("0000-0000-0000-0000-0000"));
    }

    #[test]
    fn anything_else_is_no_code() {
        let long = format!("k7qm-x3fp-9t2w-hc4v-b8n1{}", " ".repeat(120));
        for typed in [
            "",
            "----",
            "k7qm-x3fp-9t2w-hc4v-b8n",
            "k7qm-x3fp-9t2w-hc4v-b8n12",
            "k7qm-x3fp-9t2w-hc4v-b8nu",
            "k7qm-x3fp-9t2w-hc4v-b8n\0",
            "k7qm_x3fp_9t2w_hc4v_b8n1",
            "\u{ff4b}7qm-x3fp-9t2w-hc4v-b8n1",
            // Twenty bytes, but not twenty characters of ours.
            "k7qmx3fp9t2whc4vb8\u{e9}",
            "482913",
            long.as_str(),
        ] {
            assert_eq!(read(typed), Err(NotARecoveryCode), "{typed:?}");
        }
    }

    #[test]
    fn every_character_of_the_alphabet_is_drawn_equally_often_and_reads_back() {
        let mut next = 0_u8;
        let mut counts = std::collections::BTreeMap::new();
        // Every byte there is, twenty times over.
        for _ in 0..256 {
            let code = RecoveryCode::draw(&mut |bytes| {
                for byte in bytes {
                    *byte = next;
                    next = next.wrapping_add(1);
                }
            });
            assert_eq!(code.grouped().expose().parse(), Ok(code.clone()));
            for c in code.grouped().expose().chars().filter(|c| *c != '-') {
                *counts.entry(c).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), 32);
        assert!(counts.values().all(|count| *count == 160), "{counts:?}");
    }

    #[test]
    fn the_lead_is_the_first_group_and_the_secret_has_80_bits() {
        let code: RecoveryCode = "k7qm-x3fp-9t2w-hc4v-b8nd".parse().expect("a code");
        assert_eq!(code.lead(), "k7qm");
        assert_eq!(code.secret(), b"x3fp9t2whc4vb8nd");
        assert_eq!(code.secret().len() * 5, 80);
        assert!(!format!("{code:?}").contains("x3fp"), "{code:?}");
    }
}
