//! What a use case answers: that it did it, or why not.

use crate::factor::Unreadable;
use crate::factor::security_key::{AnswerError, LibraryError};
use crate::model::{KeyFlaw, Refusal};
use crate::port::{StoreFault, WorkError};
use crate::seal::Unstretchable;

/// Why a use case did not do it.
#[derive(Debug)]
pub enum UseCaseError<R = Refusal> {
    /// The person can act on it.
    Refused(R),
    /// The person cannot; we must.
    InternalError(InternalError),
}

/// Something of ours is broken or away.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error("a record at {place} cannot be read: {why}")]
    Unreadable { place: String, why: String },
    #[error("a record at {place} would have {bytes} bytes, more than its kind may")]
    TooLarge { place: String, bytes: usize },
    #[error(transparent)]
    Factor(#[from] Unreadable),
    #[error(transparent)]
    SecurityKeyLibrary(#[from] LibraryError),
    #[error(transparent)]
    Stretching(#[from] Unstretchable),
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error("a record changed under every try to write it")]
    Contended,
    #[error("a page was served without the layers that find out who asks")]
    Unplaced,
}

impl InternalError {
    /// The store is away, gave back what cannot be read, a crowd is at one record, or the work queue is full: nothing was
    /// lost by the request, and it is worth another try.
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Contended | Self::Work(_)) || self.is_damage()
    }

    /// A record cannot be read.
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Unreadable { .. } | Self::Factor(_))
    }

    /// Passes a record on for a list: one that cannot be read is logged and left out, so that it hides no other.
    pub fn leave_out_damaged<T>(found: Result<Option<T>, Self>) -> Result<Option<T>, Self> {
        match found {
            Err(fault) if fault.is_damage() => {
                tracing::error!(%fault, "a record is left out of a list");
                Ok(None)
            }
            found => found,
        }
    }
}

impl UseCaseError {
    /// An answer of a security key that was not accepted: refused for its flaw, or a fault of ours.
    pub fn of_key_answer(error: AnswerError, refuse: impl FnOnce(KeyFlaw) -> Refusal) -> Self {
        match error {
            AnswerError::Flawed(flaw) => Self::Refused(refuse(flaw)),
            AnswerError::Library(error) => Self::InternalError(error.into()),
        }
    }
}

impl From<Refusal> for UseCaseError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<R, F: Into<InternalError>> From<F> for UseCaseError<R> {
    fn from(fault: F) -> Self {
        Self::InternalError(fault.into())
    }
}

pub type Answer<T, R = Refusal> = Result<T, UseCaseError<R>>;
