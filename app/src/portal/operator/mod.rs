//! What an operator does about accounts. Nobody signs in for it: whoever reaches these has the store already. Owners are
//! told of every change, so that an operator who was talked into one is found out.

mod admission;
mod look;
mod views;

use super::account::{ChangeOrigin, Notifications, credentials, farewell};
use super::challenge::tries;
use super::mail_code::address_of;
use super::visit::holder_key;
use super::{Answer, InternalError, Portal};
use crate::letter;
use postern_core::factor::email_code;
use postern_core::figures;
use postern_core::model::{EventKind, Holder, HolderId, MailAddress, Refusal, SessionHandle, Timestamp};
use postern_core::port::{Expect, Lane, SideEffects, Write};
use postern_core::rules::limits;

pub use admission::{Admin, Admission, Login};
pub use views::{AccountLine, AccountView, EventView, FactorView, Invited, Reason, SessionView, ShownAddress, Why};

/// Where it came from, as shown to the owner.
const OPERATOR: &str = "an operator of the portal";

impl Portal {
    /// Forgives every wrong answer to the account's factors and every wrong guess at its mail codes, and lifts a freeze.
    pub async fn unblock(&self, address: &MailAddress) -> Answer<()> {
        let now = self.outside.clock.now();
        let id = self.operate(address, EventKind::Unblocked, |holder| {
            if let Some(account) = &mut holder.account {
                account.lift_freeze();
            }
        });
        let id = id.await?;
        self.forgive_all(id, address).await?;
        log(id, "unblocked", now);
        Ok(())
    }

    /// Takes every second factor and the recovery codes off, and ends all sessions: the mail code alone opens it again.
    pub async fn reset_factors(&self, address: &MailAddress) -> Answer<()> {
        let now = self.outside.clock.now();
        let (mut ended, mut keys) = (Vec::new(), Ok(Vec::new()));
        let id = self.operate(address, EventKind::Reset, |holder| {
            ended = end_sessions(holder);
            keys = credentials(holder);
            holder.factors.retain(|factor| factor.kind == email_code::KIND);
            if let Some(account) = &mut holder.account {
                account.forget_devices();
            }
        });
        let id = id.await?;
        // What was counted was counted for secrets that are gone.
        self.forgive_all(id, address).await?;
        self.release_keys(&keys?, id, now).await;
        self.forget_sessions(&ended, now).await;
        log(id, "factors reset", now);
        Ok(())
    }

    /// Ends every session of the account.
    pub async fn end_all_sessions(&self, address: &MailAddress) -> Answer<()> {
        let now = self.outside.clock.now();
        let mut ended = Vec::new();
        let id = self.operate(address, EventKind::SessionsEnded, |holder| ended = end_sessions(holder)).await?;
        self.forget_sessions(&ended, now).await;
        log(id, "sessions ended", now);
        Ok(())
    }

    /// Deletes the account with everything that is kept of it.
    pub async fn delete_for_operator(&self, address: &MailAddress) -> Answer<()> {
        let now = self.outside.clock.now();
        let found = self.account_of(address, now).await?.ok_or(Refusal::NotEnrolled)?;
        let news = self.news_of_operator(found.id, &found.holder, EventKind::Deleted, now)?;
        let farewell = farewell(&found.holder, news, now)?;
        let own = address_of(&found.holder)?.unwrap_or_else(|| address.clone());
        self.outside.store.delete(&holder_key(found.id), Expect::Anything, now).await?;
        figures::follow_up("rest of an account", self.forget_account(found.id, &found.holder, &own, now).await);
        self.notify(farewell, now).await;
        log(found.id, "account deleted", now);
        Ok(())
    }

    /// Lets an address make an account although the portal makes none for it, and says so by mail. A later invitation
    /// takes the place of an earlier one.
    pub async fn invite(&self, address: &MailAddress) -> Answer<Invited> {
        let now = self.outside.clock.now();
        if self.account_of(address, now).await?.is_some() {
            return Err(Refusal::AddressTaken.into());
        }
        let until = now + limits::INVITATION_LASTS;
        let place = self.invitation(address);
        let sealed = self.records.seal(&place, &until)?;
        self.outside.store.write(Write::new(place, Expect::Anything, sealed, Some(until)), now).await?;
        self.post(Lane::Bulk, &letter::invitation(self.from(), address.clone(), now)).await?;
        tracing::info!(target: "postern::auth", result = "invited", at = %now, network = OPERATOR);
        Ok(Invited { address: address.into(), until: views::written(until) })
    }

    /// One change to an account, noted in its activity and told to its owner.
    async fn operate(
        &self,
        address: &MailAddress,
        what: EventKind,
        mut change: impl FnMut(&mut Holder),
    ) -> Answer<HolderId> {
        let now = self.outside.clock.now();
        let id = self.account_of(address, now).await?.ok_or(Refusal::NotEnrolled)?.id;
        let changed = self.change_account(id, |holder, now| {
            change(holder);
            let event = Some(self.event_from(id, what, OPERATOR.to_owned(), now)?);
            Ok((id, SideEffects::event(event), self.news_of_operator(id, holder, what, now)?))
        });
        let id = changed.await?;
        // The account is kept anew from now on, and so is what finds it.
        self.renew_entries(address, id, now).await?;
        Ok(id)
    }

    fn news_of_operator(
        &self,
        id: HolderId,
        holder: &Holder,
        what: EventKind,
        now: Timestamp,
    ) -> Result<Notifications, InternalError> {
        let origin = ChangeOrigin { holder: id, browser: "", network: OPERATOR, asked_by: None };
        self.news_from(holder, &origin, what, "", now)
    }

    async fn forgive_all(&self, id: HolderId, address: &MailAddress) -> Result<(), InternalError> {
        for kind in self.factors.kinds() {
            self.outside.store.reset_attempts(&tries(id, &kind)).await?;
        }
        Ok(self.outside.store.reset_attempts(&self.guesses(address)).await?)
    }
}

/// Who it was done to, and by whom; nobody's address.
fn log(id: HolderId, result: &str, now: Timestamp) {
    tracing::info!(target: "postern::auth", holder = %id, result, at = %now, network = OPERATOR);
}

/// Sign-ins under way end, too.
fn end_sessions(holder: &mut Holder) -> Vec<SessionHandle> {
    if let Some(account) = &mut holder.account {
        account.end_sign_ins();
    }
    holder.sessions.drain(..).map(|session| session.handle).collect()
}
