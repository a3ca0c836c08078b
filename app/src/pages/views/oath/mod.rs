//! What `/totp` and `/hotp` share: the choice of algorithm and digits, the QR code with its key, the paired factor's facts.

mod enrolled;
mod refusal;
mod scan;
mod setting;

pub use enrolled::{Enrolled, EnrolledNote};
pub(super) use enrolled::{Manage, NameAndSetting, Times, Verify};
pub use refusal::CodeRefusal;
pub(super) use refusal::hint;
pub(super) use scan::ScanCard;
pub use scan::Waiting;
pub(super) use setting::CutFields;

/// Where the forms post to that both kinds have. Fields: `code` (check), `name` (rename); the others have none.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub begin: &'static str,
    pub check: &'static str,
    pub start_over: &'static str,
    pub rename: &'static str,
    pub remove: &'static str,
}

/// Before a key is made: why one has to be made, or was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseNote {
    BadSetting,
    /// The key before this one waited too long.
    Expired,
    Removed,
}
