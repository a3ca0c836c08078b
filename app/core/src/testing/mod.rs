//! What stands in for the outside while testing, and the suite that every store must pass.
//! Compiled for this crate's own tests and, for others, with the feature `testing`.

mod authenticator;
mod clock;
mod entropy;
mod heavy;
mod memory;
mod outbox;
pub mod store_suite;
mod u2f_token;

pub use authenticator::{
    ATTESTED, Asserting, Authenticator, BACKED_UP, BACKUP_ELIGIBLE, EXTENSIONS, PRESENT, Registering, VERIFIED,
};
pub use clock::StoppedClock;
pub use entropy::SeededEntropy;
pub use heavy::{AtOnce, BusyQueue};
pub use memory::MemoryStore;
pub use outbox::Outbox;
pub use u2f_token::{U2fRegistering, U2fSigning, U2fToken};
