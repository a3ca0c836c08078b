//! What one door differs in from another: whose record it is, who may answer, and what a right answer brings.

use async_trait::async_trait;

use super::{Answer, InternalError, Records};
use crate::factor::{Factors, Notice};
use crate::model::{FactorId, FactorKind, FactorRecord, Grade, Holder, Refusal, Timestamp};
use crate::port::{Key, LogEntry};
use crate::rules::throttle::Policy;

/// Somebody at a holder's factors.
#[async_trait]
pub trait VerificationContext: Sync {
    /// How the holder was found before its answer was judged, as far as [`accept`](Self::accept) wants to know.
    type Before: Send;
    /// What whoever asked hears of a right answer.
    type Passed: Send;

    /// Opens and seals the holder.
    fn records(&self) -> &Records;

    fn factors(&self) -> &Factors;

    /// Where the holder stands. Its tries are counted in the same slot.
    fn place(&self) -> &Key;

    fn policy(&self, now: Timestamp) -> Policy;

    /// Until when the holder stays; `None`: for good.
    fn ends(&self, holder: &Holder, now: Timestamp) -> Option<Timestamp>;

    /// Opens a factor that is shut, if its owner did what opens it. Tells whether to try again.
    async fn reopen(&self, _kind: &FactorKind, _now: Timestamp) -> Answer<bool> {
        Ok(false)
    }

    /// Whether the holder has anything to do with who asks.
    fn admit(&self, holder: &Holder, now: Timestamp) -> Result<Self::Before, Refusal>;

    /// Whether a factor may be answered here.
    fn may_answer(&self, _record: &FactorRecord) -> bool {
        true
    }

    /// Whether an unconfirmed enrolment has died of age.
    fn has_lapsed(&self, record: &FactorRecord, now: Timestamp) -> bool {
        record.has_lapsed(now)
    }

    /// Whether a first right answer may confirm an enrolment now.
    fn may_confirm(&self, _holder: &Holder, _now: Timestamp) -> Result<(), Refusal> {
        Ok(())
    }

    /// An answer was right, but its count of signatures did not rise: whoever owns the key is told.
    async fn cloned(&self, _holder: &Holder, _kind: &FactorKind, _name: &str, _now: Timestamp) -> Answer<()> {
        Ok(())
    }

    /// An answer was right and is burned, and its owner should know something of it.
    async fn noticed(
        &self,
        _holder: &Holder,
        verified: &Verified,
        notice: Notice,
        _now: Timestamp,
    ) -> Result<(), InternalError> {
        tracing::info!(target: "postern::auth", factor = %verified.kind, ?notice, "noticed");
        Ok(())
    }

    /// What a right answer changes beside being burned, in the same write.
    fn accept(
        &self,
        holder: &mut Holder,
        before: Self::Before,
        verified: &Verified,
        now: Timestamp,
    ) -> Answer<Committed<Self::Passed>>;
}

/// A factor whose answer was right, after it was burned.
#[derive(Clone, Debug)]
pub struct Verified {
    pub id: FactorId,
    pub name: String,
    pub kind: FactorKind,
    pub grade: Grade,
    /// This answer confirmed the enrolment.
    pub confirmed_now: bool,
}

/// What a right answer brings.
pub struct Committed<P> {
    pub passed: P,
    /// Appended to a log of the holder's slot.
    pub event: Option<LogEntry>,
}
