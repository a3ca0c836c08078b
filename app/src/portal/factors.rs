//! Changing a holder's factors: one conditional write, again from the load on conflict.

use super::visit::holder_key;
use super::{Answer, Fault, Portal};
use crate::model::{Event, FactorId, FactorKind, Holder, HolderId, Refusal, Timestamp, Visit, What};
use crate::port::{Also, Expect, Key, LogEntry, Revision, Write, Written};

/// A record that changes under this many tries in a row is not contended by people.
pub(super) const TRIES: u32 = 100;

/// How many events a holder's activity keeps.
const ACTIVITY: usize = 100;

/// The longest name a person may give a factor, in characters.
const NAME_LENGTH: usize = 40;

pub(super) fn activity(holder: HolderId) -> Key {
    Key::new(holder, "activity")
}

impl Portal {
    /// Loads, changes and writes back, until nobody else came between. `change` may refuse; what has lapsed it does
    /// not see.
    pub(super) async fn change_holder<T>(
        &self,
        visit: &Visit,
        mut change: impl FnMut(&mut Holder, Timestamp) -> Answer<(T, Also)>,
    ) -> Answer<T> {
        let now = self.outside.clock.now();
        visit.session.check_live(now)?;
        for _ in 0..TRIES {
            let (mut holder, expect) = match self.holder(visit, now).await? {
                Some((holder, revision)) => (holder, Expect::Revision(revision)),
                None => (Holder::default(), Expect::Absent),
            };
            holder.factors.retain(|factor| !factor.has_lapsed(now));
            let (outcome, also) = change(&mut holder, now)?;
            if self.write_holder(visit, &holder, expect, also, now).await?.is_some() {
                return Ok(outcome);
            }
        }
        Err(Fault::Contended.into())
    }

    /// Writes a holder that was loaded at `expect`; `None` on conflict.
    pub(super) async fn write_holder(
        &self,
        visit: &Visit,
        holder: &Holder,
        expect: Expect,
        also: Also,
        now: Timestamp,
    ) -> Result<Option<Revision>, Fault> {
        let key = holder_key(visit.session.holder);
        let sealed = self.records.seal(&key, holder)?;
        let write = Write::new(key, expect, sealed, Some(visit.session.ends_at)).also(also);
        Ok(match self.outside.store.write(write, now).await? {
            Written::Done(revision) => Some(revision),
            Written::Conflict => None,
        })
    }

    /// An entry for the holder's activity.
    pub(super) fn event(
        &self,
        visit: &Visit,
        what: What,
        factor: &FactorKind,
        now: Timestamp,
    ) -> Result<LogEntry, Fault> {
        let log = activity(visit.session.holder);
        let event = Event { at: now, what, factor: factor.clone(), network: visit.network.to_string() };
        let value = self.records.seal(&log, &event)?;
        Ok(LogEntry { log, value, most: ACTIVITY, ends: Some(visit.session.ends_at) })
    }

    pub async fn rename_factor(&self, visit: &Visit, id: FactorId, name: &str) -> Answer<()> {
        let name = checked_name(name)?;
        self.change_holder(visit, |holder, now| {
            let factor = holder.factors.iter_mut().find(|factor| factor.id == id).ok_or(Refusal::NotEnrolled)?;
            factor.name.clone_from(&name);
            let event = self.event(visit, What::Renamed, &factor.kind, now)?;
            Ok(((), Also { event: Some(event), reset: None }))
        })
        .await
    }

    /// Removes a factor, confirmed or not, and every proof made by it.
    pub async fn remove_factor(&self, visit: &Visit, id: FactorId) -> Answer<()> {
        let kind = self
            .change_holder(visit, |holder, now| {
                let kind = holder.factor(id).ok_or(Refusal::NotEnrolled)?.kind.clone();
                holder.remove(id);
                let event = self.event(visit, What::Removed, &kind, now)?;
                // With the last secret goes the count of guesses at it.
                let last = holder.only(&kind).is_none();
                let reset = last.then(|| super::challenge::tries(visit.session.holder, &kind));
                Ok((kind, Also { event: Some(event), reset }))
            })
            .await?;
        super::log(visit, &kind, "removed");
        Ok(())
    }
}

/// A name as it is kept: 1 to 40 characters, none of them a control character.
pub fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let bad = name.is_empty() || name.chars().count() > NAME_LENGTH || name.chars().any(char::is_control);
    if bad { Err(Refusal::BadSetting("name".to_owned())) } else { Ok(name.to_owned()) }
}
