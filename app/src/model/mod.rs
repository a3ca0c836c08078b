//! The nouns. Nothing here does anything to the outside, and nothing knows a kind of factor.

mod address;
mod id;
mod letter;
mod secret;
mod time;

pub use address::{MailAddress, NotAnAddress};
pub use id::{FactorId, HolderId, NotAnId, SessionHandle};
pub use letter::Letter;
pub use secret::Secret;
pub use time::Timestamp;
