//! The nouns. Nothing here does anything to the outside, and nothing knows a kind of factor.

mod account;
mod address;
mod client;
mod code;
mod event;
mod holder;
mod id;
mod key_flaw;
mod letter;
mod refusal;
pub mod secret;
mod send_limit;
mod stretching;
mod time;
pub mod typed_text;
mod visit;

pub use account::{ADDRESS_RESTORABLE, Account, FormerAddress};
pub use address::{MailAddress, NotAnAddress};
pub use client::{
    Activated, ApiKey, ApiSecret, Client, ClientState, IncomingRotation, Rotated, RotationTarget, SubjectId, Usage,
};
pub use code::{Code, NotACode};
pub use event::{ActivityPart, Event, EventKind, summarize};
pub use holder::{
    FactorKind, FactorRecord, FactorState, Grade, Holder, Moved, Proof, SessionEntry, SessionOrigin, Subject,
};
pub use id::{ClientId, DeviceId, FactorId, HolderId, NotAnId, QuorumId, SessionHandle};
pub use key_flaw::KeyFlaw;
pub use letter::Letter;
pub use refusal::{Hint, NextTry, Refusal};
pub use secret::Secret;
pub use send_limit::SendLimit;
pub use stretching::StretchCost;
pub use time::Timestamp;
pub use visit::{Browser, Network, Session, SessionKind, Visit};
