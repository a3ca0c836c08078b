//! Changing a holder's factors: one conditional write, again from the load on conflict.

use super::account::{Act, Notifications, credentials};
use super::visit::holder_key;
use super::{Answer, InternalError, Portal};
use postern_core::factor::{self, Factor, email_code};
use postern_core::model::typed_text::display_name;
use postern_core::model::{
    ActivityPart, Event, EventKind, FactorId, FactorKind, FactorRecord, Holder, HolderId, Refusal, Timestamp, Visit,
};
use postern_core::port::{Expect, Key, LogEntry, Revision, SideEffects};

pub(super) use postern_core::engine::TRIES;

/// The longest name a person may give a factor, in characters.
const NAME_LENGTH: usize = 40;

pub(super) fn activity(holder: HolderId, part: ActivityPart) -> Key {
    Key::new(holder, part.name())
}

impl Portal {
    /// Loads, changes and writes back, until nobody else came between. `change` may refuse; what has lapsed it does
    /// not see.
    pub(super) async fn change_holder<T>(
        &self,
        visit: &Visit,
        mut change: impl FnMut(&mut Holder, Timestamp) -> Answer<(T, SideEffects)>,
    ) -> Answer<T> {
        let quietly =
            |holder: &mut Holder, now| change(holder, now).map(|(done, effects)| (done, effects, Notifications::new()));
        self.change_and_tell(visit, quietly).await
    }

    /// As [`change_holder`](Self::change_holder), and then tells the owner by mail.
    pub(super) async fn change_and_tell<T>(
        &self,
        visit: &Visit,
        mut change: impl FnMut(&mut Holder, Timestamp) -> Answer<(T, SideEffects, Notifications)>,
    ) -> Answer<T> {
        let now = self.outside.clock.now();
        visit.session.check_live(now)?;
        for _ in 0..TRIES {
            let (mut holder, expect) = match self.holder(visit, now).await? {
                Some((holder, revision)) => (holder, Expect::Revision(revision)),
                None => (Holder::default(), Expect::Absent),
            };
            holder.factors.retain(|factor| !factor.has_lapsed(now));
            let (outcome, effects, notifications) = change(&mut holder, now)?;
            if self.write_holder(visit, &holder, expect, effects, now).await?.is_some() {
                self.notify(notifications, now).await;
                return Ok(outcome);
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Writes the holder of a visit that was loaded at `expect`; `None` on conflict.
    pub(super) async fn write_holder(
        &self,
        visit: &Visit,
        holder: &Holder,
        expect: Expect,
        effects: SideEffects,
        now: Timestamp,
    ) -> Result<Option<Revision>, InternalError> {
        let ends = self.ends(visit, holder, now);
        self.write_record(visit.session.holder, holder, expect, ends, effects, now).await
    }

    /// A visitor's holder ends with the visit, an account's stays.
    pub(super) fn ends(&self, visit: &Visit, holder: &Holder, now: Timestamp) -> Option<Timestamp> {
        if holder.account.is_some() { self.account_ends(now) } else { Some(visit.session.ends_at) }
    }

    pub(super) async fn write_record(
        &self,
        id: HolderId,
        holder: &Holder,
        expect: Expect,
        ends: Option<Timestamp>,
        effects: SideEffects,
        now: Timestamp,
    ) -> Result<Option<Revision>, InternalError> {
        self.records.write(&holder_key(id), expect, holder, ends, effects, now).await
    }

    /// An entry for the holder's activity.
    pub(super) fn event(
        &self,
        visit: &Visit,
        what: EventKind,
        factor: &FactorKind,
        now: Timestamp,
    ) -> Result<LogEntry, InternalError> {
        let event = Event { at: now, what, factor: factor.clone(), network: visit.network.to_string() };
        // A visitor's events stand in one part, so that all of them stay with an account that is made of the visit.
        let (part, ends) = if visit.is_signed_in() {
            (what.part(), now + self.settings.activity_lasts)
        } else {
            (ActivityPart::Account, visit.session.ends_at)
        };
        self.entry(visit.session.holder, &event, part, ends)
    }

    /// An entry for the activity of an account, by whoever has no session of it.
    pub(super) fn event_from(
        &self,
        account: HolderId,
        what: EventKind,
        network: String,
        now: Timestamp,
    ) -> Result<LogEntry, InternalError> {
        let event = Event { at: now, what, factor: email_code::KIND, network };
        self.entry(account, &event, what.part(), now + self.settings.activity_lasts)
    }

    fn entry(
        &self,
        holder: HolderId,
        event: &Event,
        part: ActivityPart,
        ends: Timestamp,
    ) -> Result<LogEntry, InternalError> {
        let log = activity(holder, part);
        let value = self.records.seal(&log, event)?;
        Ok(LogEntry { log, value, most: part.capacity(), ends: Some(ends) })
    }

    /// Whether factors of a kind are called as their owner likes.
    pub(super) fn has_own_name(&self, kind: &FactorKind) -> bool {
        self.factors.of(kind).is_some_and(Factor::has_own_name)
    }

    /// Gives a factor of a kind that has names of its own another one. The name of the email factor is its address, which
    /// programs are told; recovery codes have none. Answers the name as it is kept.
    pub async fn rename_factor(&self, visit: &Visit, id: FactorId, name: &str) -> Answer<String> {
        let name = checked_name(name)?;
        self.change_and_tell(visit, |holder, now| {
            self.may(Act::ChangeFactors, visit, holder, now)?;
            let factor = holder.factors.iter_mut().find(|factor| factor.id == id).ok_or(Refusal::NotEnrolled)?;
            if !self.has_own_name(&factor.kind) {
                return Err(Refusal::FixedName.into());
            }
            factor.name.clone_from(&name);
            let event = self.event(visit, EventKind::Renamed, &factor.kind, now)?;
            let notifications = self.news(holder, visit, EventKind::Renamed, &name, now)?;
            Ok((name.clone(), SideEffects::event(Some(event)), notifications))
        })
        .await
    }

    /// Removes a factor, confirmed or not, and every proof made by it.
    pub async fn remove_factor(&self, visit: &Visit, id: FactorId) -> Answer<()> {
        let mut keys = Vec::new();
        let kind = self
            .change_and_tell(visit, |holder, now| {
                keys = credentials(holder)?;
                let FactorRecord { kind, name, confirmed_at, .. } =
                    holder.factor(id).ok_or(Refusal::NotEnrolled)?.clone();
                if kind == email_code::KIND && holder.account.is_some() {
                    // Nobody could find the account without it.
                    return Err(Refusal::AddressOfAccount.into());
                }
                if confirmed_at.is_some() {
                    self.may(Act::ChangeFactors, visit, holder, now)?;
                }
                holder.remove(id, visit.session.handle);
                self.last_one_gone(holder, visit)?;
                let event = self.event(visit, EventKind::Removed, &kind, now)?;
                // With the last secret goes the count of guesses at it.
                let last = holder.only(&kind).is_none();
                let reset = last.then(|| super::challenge::tries(visit.session.holder, &kind));
                let notifications = if confirmed_at.is_some() {
                    self.news(holder, visit, EventKind::Removed, &name, now)?
                } else {
                    Notifications::new()
                };
                Ok((kind, SideEffects { reset, ..SideEffects::event(Some(event)) }, notifications))
            })
            .await?;
        if visit.is_signed_in() {
            self.release_keys(&keys, visit.session.holder, self.outside.clock.now()).await;
        }
        super::log(visit, &kind, "removed");
        Ok(())
    }

    /// Recovery codes stand in for a second factor: with the last one they go.
    fn last_one_gone(&self, holder: &mut Holder, visit: &Visit) -> Result<(), Refusal> {
        if holder.account.is_none() || factor::has_second(holder) {
            return Ok(());
        }
        if self.lacks_second_factor(holder) {
            return Err(Refusal::SecondFactorNeeded);
        }
        if let Some(codes) = holder.only(&factor::recovery_codes::KIND).map(|codes| codes.id) {
            holder.remove(codes, visit.session.handle);
        }
        Ok(())
    }
}

/// A name as it is kept: 1 to 40 characters that can be seen, on one line.
pub fn checked_name(name: &str) -> Result<String, Refusal> {
    display_name(name, NAME_LENGTH).map_err(|_| Refusal::BadSetting("name".to_owned()))
}
