//! `/quorum`: a secret is dealt among custodians, one of them asks for a code, the others agree.

mod ask;
mod deal;
mod note;
mod over;
mod session;
mod shares;

pub use ask::{AskView, ask};
pub use deal::{Checked, DealView, deal};
pub use note::QuorumNote;
pub use over::{Over, over};
pub use session::{CodeView, Role, SessionView, session};
pub use shares::{ShareView, SharesView, shares};

/// What of `public/` the pages load.
pub const DEAL_SCRIPTS: &[&str] = &["countdown.js", "quorum.js"];
pub const SHARES_SCRIPTS: &[&str] = &["copy.js", "save.js"];
pub const ASK_SCRIPTS: &[&str] = &["countdown.js", "quorum.js"];
pub const SESSION_SCRIPTS: &[&str] = &["countdown.js", "copy.js", "local-time.js", "quorum.js"];
