//! Entries of vaults, as they go over the wire.

use postern_app::vault::{self, Answer, EncSecret, Entry, MOST_ENTRIES, Name, Unfit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An entry.
#[derive(Deserialize, ToSchema)]
#[schema(as = GivenVaultEntry)]
pub struct Given {
    /// What its owner encrypted: 1 to 4,096 printable ASCII characters.
    #[schema(pattern = "^[!-~]{1,4096}$", example = "8rBiAZ5WvqVUtaDQnN9mJn")]
    enc_secret: String,
    /// What its owner calls it, in clear: at most 512 characters, none of them a control character or a change of direction.
    #[schema(pattern = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]{0,512}$", example = "Shop")]
    name: Option<String>,
}

/// An entry in the place of another.
#[derive(Deserialize, ToSchema)]
#[schema(as = VaultReplacement)]
pub struct Replacement {
    /// The entry that has to be there: its `enc_secret`.
    #[schema(pattern = "^[!-~]{1,4096}$", example = "8rBiAZ5WvqVUtaDQnN9mJn")]
    replaces: String,
    /// The one that is to be there: 1 to 4,096 printable ASCII characters.
    #[schema(pattern = "^[!-~]{1,4096}$", example = "5fXrK1w4kD2mYdB3aPzQ7c")]
    enc_secret: String,
    /// At most 512 characters, none of them a control character or a change of direction; without it, the name that the entry had.
    #[schema(pattern = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]{0,512}$", example = "Shop")]
    name: Option<String>,
}

/// An entry as it is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = VaultEntry)]
pub struct Kept {
    /// What its owner encrypted.
    #[schema(pattern = "^[!-~]{1,4096}$", example = "8rBiAZ5WvqVUtaDQnN9mJn")]
    enc_secret: String,
    /// What its owner calls it.
    #[schema(required = true, example = "Shop")]
    name: Option<String>,
}

impl From<Entry> for Kept {
    fn from(entry: Entry) -> Self {
        let name = entry.name.as_ref().map(|name| name.expose().to_owned());
        Self { enc_secret: entry.enc_secret.expose().to_owned(), name }
    }
}

fn name(name: Option<String>) -> Result<Option<Name>, Unfit> {
    name.map(Name::read).transpose()
}

/// As many as a vault may have at most.
pub fn read(given: Vec<Given>) -> Answer<Vec<Entry>> {
    if given.len() > MOST_ENTRIES {
        return Err(Unfit::Totps.into());
    }
    let entry = |it: Given| Ok(Entry { enc_secret: EncSecret::read(it.enc_secret)?, name: name(it.name)? });
    given.into_iter().map(entry).collect()
}

impl Replacement {
    pub fn read(self) -> Answer<vault::Replacement> {
        let replaces = EncSecret::read(self.replaces).map_err(|_| Unfit::Replaces)?;
        Ok(vault::Replacement { replaces, enc_secret: EncSecret::read(self.enc_secret)?, name: name(self.name)? })
    }
}
