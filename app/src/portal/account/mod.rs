//! Accounts: holders that stay. Signing in to one, keeping a visit as one, looking after it, and what its owner is told.

mod digest;
mod index;
mod invitation;
mod keep;
mod manage;
mod news;
mod recovery;
mod report_unauthorized;
mod sign_in;

use super::factors::TRIES;
use super::{Answer, InternalError, Portal};
use postern_core::factor::{self, email_code};
use postern_core::model::{
    FactorKind, FactorRecord, Holder, HolderId, Refusal, SessionHandle, SessionOrigin, Timestamp, Visit,
};
use postern_core::port::{Expect, SideEffects};
use postern_core::rules::{limits, step_up};

pub use keep::ClaimableFactor;
pub use manage::Export;
pub use recovery::RecoveryCodes;
pub use report_unauthorized::{TicketDetails, UnauthorizedReport};
pub use sign_in::{Choice, FactorAnswer, SignIn, SignInStanding, SignedIn};

pub(super) use index::{UniqueKey, credentials};
pub(super) use manage::farewell;
pub(super) use news::{ChangeOrigin, Notifications};
pub(super) use sign_in::pending;

/// A change to an account, as far as the rules about changes tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// All that an account may do that has to have a second factor and has none yet.
    AddFactor,
    /// Renaming and removing them, renewing recovery codes, another address.
    ChangeFactors,
    /// What cannot be taken back, and waits while the account is frozen.
    Delete,
    /// Ending other sessions, export, lifting a freeze.
    Manage,
}

/// Whether an account's session was used lately enough, and is not too old; nor opened or used later than now, by a clock
/// that was ahead.
pub(super) fn is_live(opened: &SessionOrigin, now: Timestamp) -> bool {
    let is_ahead = opened.at.max(opened.seen_at) > now + limits::CLOCK_SKEW;
    !is_ahead && now < opened.seen_at + limits::IDLE && now < opened.at + limits::SIGNED_IN_LASTS
}

/// Whether a session passed a factor so lately that it may change its account.
fn is_fresh(holder: &Holder, handle: SessionHandle, now: Timestamp) -> bool {
    step_up::is_fresh(holder.proofs(handle), factor::has_second(holder), now)
}

/// What makes a session fresh: any second factor, or the mail where there is none.
fn kinds_that_do(holder: &Holder) -> Vec<FactorKind> {
    let has_second = factor::has_second(holder);
    let does =
        |record: &&FactorRecord| record.confirmed_at.is_some() && (record.kind != email_code::KIND || !has_second);
    let mut kinds: Vec<FactorKind> = Vec::new();
    for record in holder.factors.iter().filter(does) {
        if !kinds.contains(&record.kind) {
            kinds.push(record.kind.clone());
        }
    }
    kinds
}

/// The refusal while factors do not change.
fn frozen(holder: &Holder, now: Timestamp) -> Option<Refusal> {
    let until = holder.account.as_ref()?.frozen_until(now)?;
    Some(Refusal::Frozen { until })
}

impl Portal {
    /// Whether a session may change its holder so. A visitor may do everything to what is gone within the hour.
    pub(super) fn may(&self, act: Act, visit: &Visit, holder: &Holder, now: Timestamp) -> Result<(), Refusal> {
        if holder.account.is_none() {
            return Ok(());
        }
        if act != Act::AddFactor && self.lacks_second_factor(holder) {
            return Err(Refusal::SecondFactorNeeded);
        }
        match frozen(holder, now) {
            Some(frozen) if act != Act::Manage => Err(frozen),
            _ if is_fresh(holder, visit.session.handle, now) => Ok(()),
            _ => Err(Refusal::StepUp { with: kinds_that_do(holder) }),
        }
    }

    /// Whether the portal asks for a second factor that is not there.
    pub(super) fn lacks_second_factor(&self, holder: &Holder) -> bool {
        self.settings.require_second_factor && !factor::has_second(holder)
    }

    /// When an account is gone if nobody uses it from now on.
    pub(super) fn account_ends(&self, now: Timestamp) -> Option<Timestamp> {
        self.settings.unused_lasts.map(|lasts| now + lasts)
    }

    /// Changes an account for whoever may, be it without a session of its own. Refuses where there is none.
    pub(super) async fn change_account<T>(
        &self,
        id: HolderId,
        mut change: impl FnMut(&mut Holder, Timestamp) -> Answer<(T, SideEffects, Notifications)>,
    ) -> Answer<T> {
        let now = self.outside.clock.now();
        for _ in 0..TRIES {
            let found = self.holder_of(id, now).await?.filter(|(holder, _)| holder.account.is_some());
            let (mut holder, revision) = found.ok_or(Refusal::NotEnrolled)?;
            holder.factors.retain(|factor| !factor.has_lapsed(now));
            let (outcome, effects, notifications) = change(&mut holder, now)?;
            let (expect, ends) = (Expect::Revision(revision), self.account_ends(now));
            if self.write_record(id, &holder, expect, ends, effects, now).await?.is_some() {
                self.notify(notifications, now).await;
                return Ok(outcome);
            }
        }
        Err(InternalError::Contended.into())
    }
}
