//! What is in a vault, and what names it: texts that mean nothing here, within bounds.

use serde::{Deserialize, Serialize};

use super::MOST_ENTRIES;
use postern_core::model::Secret;
use postern_core::model::typed_text::overrides_direction;

/// The longest user hash and the longest entry, in ASCII characters, and the longest name, in characters.
const LONGEST_HASH: usize = 128;
const LONGEST_ENTRY: usize = 4096;
const LONGEST_NAME: usize = 512;

/// What an entry weighs beside its texts: its keys, its seal, its line in the index.
const BESIDE: usize = 256;
/// Weights go up in steps of so much, so that a counter that gets one digit more needs no room.
const STEP: usize = 256;

/// A text that does not fit, by the name that it has on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a user hash has 1 to {LONGEST_HASH} printable ASCII characters")]
    UserHash,
    #[error("an entry has 1 to {LONGEST_ENTRY} printable ASCII characters")]
    EncSecret,
    #[error("an entry has 1 to {LONGEST_ENTRY} printable ASCII characters")]
    Replaces,
    #[error(
        "a name has at most {LONGEST_NAME} characters, none of them a control character or one that changes the direction of text"
    )]
    Name,
    #[error("at most {MOST_ENTRIES} entries come at a time")]
    Totps,
}

fn is_printable(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Names a vault, and opens it: whoever has it may read and change everything there.
#[derive(Clone, Debug)]
pub struct UserHash(Secret<String>);

impl UserHash {
    pub fn read(text: &str) -> Result<Self, Unfit> {
        if is_printable(text, LONGEST_HASH) { Ok(Self(text.to_owned().into())) } else { Err(Unfit::UserHash) }
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What somebody encrypted at home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EncSecret(Secret<String>);

impl EncSecret {
    pub fn read(text: String) -> Result<Self, Unfit> {
        if is_printable(&text, LONGEST_ENTRY) { Ok(Self(text.into())) } else { Err(Unfit::EncSecret) }
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What its owner calls it, in clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(Secret<String>);

impl Name {
    pub fn read(text: String) -> Result<Self, Unfit> {
        // It is kept as it was sent, so that whoever sent it knows it again.
        let rearranges = |c: char| c.is_control() || overrides_direction(c);
        let fits = text.chars().count() <= LONGEST_NAME && !text.chars().any(rearranges);
        if fits { Ok(Self(text.into())) } else { Err(Unfit::Name) }
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub enc_secret: EncSecret,
    pub name: Option<Name>,
}

/// What is to stand in the place of an entry.
#[derive(Clone, Debug)]
pub struct Replacement {
    pub replaces: EncSecret,
    pub enc_secret: EncSecret,
    /// `None`: the one that the entry had.
    pub name: Option<Name>,
}

impl Entry {
    /// What it counts for in the sum of all vaults, in bytes.
    pub(super) fn weight(&self) -> u32 {
        let name = self.name.as_ref().map_or(0, |name| name.expose().len());
        let bytes = (BESIDE + self.enc_secret.expose().len() + name).next_multiple_of(STEP);
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_up_to_their_bounds_and_not_beyond() {
        for (longest, fits) in [
            (128, (|text| UserHash::read(&text).is_ok()) as fn(String) -> bool),
            (4096, |text| EncSecret::read(text).is_ok()),
        ] {
            assert!(fits("!".to_owned()) && fits("~".repeat(longest)));
            assert!(!fits("~".repeat(longest + 1)), "{longest}");
            for odd in ["", " ", "a b", "a\n", "\0", "\u{7f}", "é", "１"] {
                assert!(!fits(odd.to_owned()), "{odd:?}");
            }
        }
        assert!(Name::read(String::new()).is_ok() && Name::read("ß".repeat(512)).is_ok());
        for odd in [&"ß".repeat(513), "a\0", "a\r\nb", "\u{85}", "\u{7f}"] {
            assert_eq!(Name::read(odd.to_owned()), Err(Unfit::Name), "{odd:?}");
        }
    }

    #[test]
    fn an_entry_weighs_its_texts_and_what_stands_beside_them_in_steps() {
        let weight = |blob: usize, name: Option<usize>| {
            let enc_secret = EncSecret::read("b".repeat(blob)).expect("an entry");
            Entry { enc_secret, name: name.map(|name| Name::read("ß".repeat(name)).expect("a name")) }.weight()
        };
        assert_eq!([weight(1, None), weight(256, None), weight(257, None)], [512, 512, 768]);
        assert_eq!([weight(240, Some(8)), weight(240, Some(9))], [512, 768]);
        assert_eq!(weight(4096, Some(512)), 5_376);
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let entry = Entry {
            enc_secret: EncSecret::read("blob".to_owned()).expect("an entry"),
            name: Some(Name::read("Shop".to_owned()).expect("a name")),
        };
        let shown = format!("{entry:?} {:?}", UserHash::read("hash").expect("a hash"));
        assert!(!["blob", "Shop", "hash\""].iter().any(|text| shown.contains(text)), "{shown}");
    }
}
