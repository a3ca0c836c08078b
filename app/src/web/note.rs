//! What a form tells the page that follows it: what was done or why not, and what was typed. Secret fields are not
//! echoed: a form has to name what may come back.

use serde::{Deserialize, Serialize};

use crate::model::Refusal;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Note {
    pub said: Said,
    /// What was typed in the field that may be shown again.
    pub typed: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said {
    Done(Done),
    Refused(Refusal),
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    CodeSent,
    AddressProved,
    TotpBegun,
    TotpConfirmed,
    TotpPassed,
    Renamed,
    Removed,
    Scanned,
    /// Nothing to say.
    Quietly,
}
