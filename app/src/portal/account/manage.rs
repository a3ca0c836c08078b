//! Looking after an account: its sessions, its address, its data, its end.

use serde::Serialize;

use super::super::factors::{TRIES, activity};
use super::super::mail_code::{address_of, is_of, keep_address};
use super::super::visit::holder_key;
use super::super::{Answer, InternalError, Portal, VisitState};
use super::index::{UniqueKey, credentials};
use super::{Act, Notifications};
use crate::letter::Notification;
use postern_core::factor::email_code::{self, GRADE, KIND as EMAIL, Purpose};
use postern_core::figures;
use postern_core::model::{
    ActivityPart, Code, Event, EventKind, FactorId, Holder, HolderId, Letter, MailAddress, Proof, Refusal,
    SessionHandle, Timestamp, Visit,
};
use postern_core::port::{Expect, SideEffects};

/// What is kept of an account, in words and without its secrets.
#[derive(Clone, Debug, Serialize)]
pub struct Export {
    pub exported_at: String,
    pub address: String,
    pub created_at: String,
    pub factors: Vec<ExportedFactor>,
    pub sessions: Vec<ExportedSession>,
    pub activity: Vec<ExportedEvent>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportedFactor {
    pub kind: String,
    pub name: String,
    pub added_at: String,
    pub last_used_at: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportedSession {
    pub browser: String,
    pub network: String,
    pub begun_at: String,
    pub last_seen_at: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportedEvent {
    pub at: String,
    pub what: EventKind,
    pub factor: String,
    pub network: String,
}

impl Portal {
    /// What happened to a visit's holder, newest first.
    pub async fn activity(&self, visit: &Visit) -> Answer<Vec<Event>> {
        let now = self.outside.clock.now();
        self.holder(visit, now).await?;
        Ok(self.activity_of(visit.session.holder, now).await?)
    }

    pub(in crate::portal) async fn activity_of(
        &self,
        id: HolderId,
        now: Timestamp,
    ) -> Result<Vec<Event>, InternalError> {
        let mut events = Vec::new();
        for part in ActivityPart::ALL {
            let log = activity(id, part);
            for sealed in self.outside.store.recent(&log, part.capacity(), now).await? {
                events.push(self.records.open::<Event>(&log, &sealed)?);
            }
        }
        events.retain(|event| now < event.at + self.settings.activity_lasts);
        // Stable: of one moment, what a part has as the newer stays the newer.
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        Ok(events)
    }

    /// Whether this session may add a factor now.
    pub async fn check_may_add(&self, visit: &Visit) -> Answer<()> {
        let look = self.load_visit_state(visit).await?;
        Ok(self.may(Act::AddFactor, visit, look.holder(), look.now)?)
    }

    /// Whether this session may do what only a fresh factor may.
    pub(crate) fn may_manage(&self, visit: &Visit, look: &VisitState) -> Answer<()> {
        Ok(self.may(Act::Manage, visit, look.holder(), look.now)?)
    }

    /// Whether an address has an account.
    pub(crate) async fn has_account(&self, address: &MailAddress, now: Timestamp) -> Result<bool, InternalError> {
        Ok(self.account_of(address, now).await?.is_some())
    }

    /// Signs this session out. The browser's next session is another one.
    pub async fn sign_out(&self, visit: &Visit) -> Answer<()> {
        let now = self.outside.clock.now();
        self.change_holder(visit, |holder, now| {
            holder.sessions.retain(|session| session.handle != visit.session.handle);
            let event = Some(self.event(visit, EventKind::SignedOut, &EMAIL, now)?);
            Ok(((), SideEffects::event(event)))
        })
        .await?;
        self.forget_sessions(&[visit.session.handle], now).await;
        super::super::log(visit, &EMAIL, "signed out");
        Ok(())
    }

    /// Ends one other session of the account.
    pub async fn end_session(&self, visit: &Visit, other: SessionHandle) -> Answer<()> {
        self.end_sessions(visit, |handle| handle == other, false).await
    }

    /// Ends all sessions of the account but this one, and all sign-ins under way. Every other browser is a new one from
    /// now on.
    pub async fn end_other_sessions(&self, visit: &Visit) -> Answer<()> {
        self.end_sessions(visit, |_| true, true).await
    }

    async fn end_sessions(&self, visit: &Visit, ends: impl Fn(SessionHandle) -> bool, all: bool) -> Answer<()> {
        let own = visit.session.handle;
        self.change_and_tell(visit, |holder, now| {
            self.may(Act::Manage, visit, holder, now)?;
            if let Some(account) = holder.account.as_mut().filter(|_| all) {
                account.forget_devices_except(&visit.browser.devices);
                account.end_sign_ins();
            }
            let before = holder.sessions.len();
            holder.sessions.retain(|session| session.handle == own || !ends(session.handle));
            if holder.sessions.len() == before {
                // Gone already is as good as ended now.
                return Ok(((), SideEffects::default(), Notifications::new()));
            }
            let event = Some(self.event(visit, EventKind::SessionsEnded, &EMAIL, now)?);
            let notifications = self.news(holder, visit, EventKind::SessionsEnded, "", now)?;
            Ok(((), SideEffects::event(event), notifications))
        })
        .await
    }

    /// Sends a code to the address that the account is to have.
    pub async fn send_change_code(&self, visit: &Visit, address: &str) -> Answer<super::super::Sent> {
        let look = self.load_visit_state(visit).await?;
        look.account().ok_or(Refusal::NoSession)?;
        self.may(Act::ChangeFactors, visit, look.holder(), look.now)?;
        let new: MailAddress = address.parse().map_err(Refusal::from)?;
        if is_of(look.holder(), &new)? {
            return Err(Refusal::AddressOfAccount.into());
        }
        if !self.settings.sign_up.allows_change_to(&new) {
            return Err(Refusal::SignUpClosed.into());
        }
        self.send_mail_code(visit, Purpose::ChangeAddress, address).await
    }

    /// Gives the account the address whose code this is. Its other sessions end, as they were opened by the old one.
    pub async fn answer_change_code(&self, visit: &Visit, code: &Code) -> Answer<MailAddress> {
        let look = self.load_visit_state(visit).await?;
        look.account().ok_or(Refusal::NoSession)?;
        // Before the code is burned.
        self.may(Act::ChangeFactors, visit, look.holder(), look.now)?;
        let outcome = match self.burn_mail_code(visit, Purpose::ChangeAddress, code).await {
            Ok(address) => self.change_address(visit, address, look.now).await,
            Err(no) => Err(no),
        };
        super::super::logged(visit, &EMAIL, "address changed", outcome)
    }

    async fn change_address(&self, visit: &Visit, address: MailAddress, now: Timestamp) -> Answer<MailAddress> {
        self.reserve(UniqueKey::Address(&address), visit.session.holder, now).await?;
        let (handle, fresh) = (visit.session.handle, self.outside.entropy.id::<FactorId>());
        let dropped = self
            .change_and_tell(visit, |holder, now| {
                self.may(Act::ChangeFactors, visit, holder, now)?;
                let mut notifications = self.news(holder, visit, EventKind::AddressReplaced, &address.masked(), now)?;
                let earlier = holder.only(&EMAIL).filter(|record| record.id != fresh).cloned();
                let factor = keep_address(holder, &address, handle, fresh, now)?;
                holder.prove(handle, Proof { factor, grade: GRADE, at: now });
                notifications.extend(self.news(holder, visit, EventKind::AddressChanged, &address.masked(), now)?);
                let replaced = earlier.filter(|earlier| earlier.id != factor).zip(holder.account.as_mut());
                let dropped = replaced.map(|(earlier, account)| account.remember_address(earlier, now));
                let event = Some(self.event(visit, EventKind::AddressChanged, &EMAIL, now)?);
                Ok((dropped.unwrap_or_default(), SideEffects::event(event), notifications))
            })
            .await?;
        self.release_addresses(&dropped, visit.session.holder, now).await;
        Ok(address)
    }

    /// Hands out everything that is kept of the account and can be told.
    pub async fn export(&self, visit: &Visit) -> Answer<Export> {
        let look = self.load_visit_state(visit).await?;
        let created_at = look.account().ok_or(Refusal::NoSession)?.created_at;
        let notifications = self
            .change_and_tell(visit, |holder, now| {
                self.may(Act::Manage, visit, holder, now)?;
                let event = Some(self.event(visit, EventKind::Exported, &EMAIL, now)?);
                Ok(((), SideEffects::event(event), self.news(holder, visit, EventKind::Exported, "", now)?))
            })
            .await;
        notifications?;
        let factors = look.enrolled().map(|factor| ExportedFactor {
            kind: factor.kind.to_string(),
            name: factor.name.clone(),
            added_at: factor.added_at.rfc3339(),
            last_used_at: factor.last_used_at.map(Timestamp::rfc3339),
        });
        let sessions = look.sessions().into_iter().map(|(_, opened)| ExportedSession {
            browser: opened.browser.clone(),
            network: opened.network.clone(),
            begun_at: opened.at.rfc3339(),
            last_seen_at: opened.seen_at.rfc3339(),
        });
        let activity = self.activity(visit).await?.into_iter().map(|event| ExportedEvent {
            at: event.at.rfc3339(),
            what: event.what,
            factor: event.factor.to_string(),
            network: event.network,
        });
        Ok(Export {
            exported_at: look.now.rfc3339(),
            address: look.address()?.map(|address| address.to_string()).unwrap_or_default(),
            created_at: created_at.rfc3339(),
            factors: factors.collect(),
            sessions: sessions.collect(),
            activity: activity.collect(),
        })
    }

    /// Deletes the account whose address was typed to confirm it. Its sessions are dead with its record.
    pub async fn delete_account(&self, visit: &Visit, typed: &str) -> Answer<()> {
        let (now, id) = (self.outside.clock.now(), visit.session.holder);
        for _ in 0..TRIES {
            let (holder, revision) = self.holder(visit, now).await?.ok_or(Refusal::NoSession)?;
            let address = self.may_delete(visit, &holder, typed, now)?;
            let farewell = farewell(&holder, self.news(&holder, visit, EventKind::Deleted, "", now)?, now)?;
            // Exactly what was judged: this session may have been ended meanwhile, or the address changed.
            if self.outside.store.delete(&holder_key(id), Expect::Revision(revision), now).await? {
                figures::follow_up("rest of an account", self.forget_account(id, &holder, &address, now).await);
                self.notify(farewell, now).await;
                super::super::log(visit, &EMAIL, "account deleted");
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    /// The address of an account that may be deleted by a session in which this was typed.
    fn may_delete(&self, visit: &Visit, holder: &Holder, typed: &str, now: Timestamp) -> Answer<MailAddress> {
        if holder.account.is_none() {
            return Err(Refusal::NoSession.into());
        }
        self.may(Act::Delete, visit, holder, now)?;
        let address = address_of(holder)?.ok_or(Refusal::NoSession)?;
        let same = typed.parse::<MailAddress>().is_ok_and(|typed| typed.lookup_form() == address.lookup_form());
        if same { Ok(address) } else { Err(Refusal::NotConfirmed.into()) }
    }

    /// Takes the rest of an account out of the store, after its record: with that everything else is dead.
    pub(in crate::portal) async fn forget_account(
        &self,
        id: HolderId,
        holder: &Holder,
        address: &MailAddress,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        self.forget_holder(id, now).await?;
        self.release(UniqueKey::Address(address), id, now).await?;
        for former in holder.account.iter().flat_map(|account| account.former_addresses(now)) {
            let former = email_code::State::read(&former.record.state)?.address;
            self.release(UniqueKey::Address(&former), id, now).await?;
        }
        self.release_keys(&credentials(holder)?, id, now).await;
        let handles: Vec<SessionHandle> = holder.sessions.iter().map(|session| session.handle).collect();
        self.forget_sessions(&handles, now).await;
        Ok(())
    }

    /// Sends what an owner is to be told. What was done stands, whatever becomes of the letter.
    pub(in crate::portal) async fn notify(&self, notifications: Notifications, now: Timestamp) {
        for notification in &notifications {
            if let Err(fault) = self.queue_notification(notification, now).await {
                tracing::error!(%fault, at = %now, "a letter with news could not be queued");
            }
        }
    }
}

/// The news of a deletion, to the account's address and to those that could still be restored: whoever changed the address
/// may not be who had the account, and with the account the link in the letter about the change is dead.
pub(in crate::portal) fn farewell(
    holder: &Holder,
    mut notifications: Notifications,
    now: Timestamp,
) -> Result<Notifications, InternalError> {
    let Some(notification) = notifications.first().cloned() else { return Ok(notifications) };
    for former in holder.account.iter().flat_map(|account| account.former_addresses(now)) {
        let to = email_code::State::read(&former.record.state)?.address;
        let letter = Letter { to, ..notification.letter.clone() };
        notifications.push(Notification { letter, ..notification.clone() });
    }
    Ok(notifications)
}
