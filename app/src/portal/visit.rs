//! Visits: a browser's 60 minutes, begun by its first page, ended by the clock or by the visitor.

use std::time::Duration;

use super::{Answer, Fault, Portal, challenge, demo, factors, mail_code};
use crate::factor::email_code;
use crate::model::{
    FactorKind, FactorRecord, Holder, HolderId, MailAddress, Network, Refusal, Session, Timestamp, Visit,
};
use crate::port::{Count, Expect, Key, LogEntry, Revision, Window};
use crate::rules::level::Level;
use crate::rules::limits;

/// New sessions one network may begin.
const BEGINNINGS: Window = Window { limit: 120, span: Duration::from_mins(1) };

/// What a visit amounts to so far.
#[derive(Debug)]
pub struct Look {
    pub session: Session,
    pub now: Timestamp,
    pub level: Level,
    holder: Holder,
}

impl Look {
    /// Factors that were passed or are being enrolled, oldest first; what has lapsed is not there.
    pub fn factors(&self) -> impl Iterator<Item = &FactorRecord> {
        self.holder.factors.iter().filter(|factor| !factor.has_lapsed(self.now))
    }

    /// The address that was proved, if one was.
    pub fn address(&self) -> Result<Option<MailAddress>, Fault> {
        let state = self.holder.only(&email_code::KIND).map(|record| email_code::State::read(&record.state));
        Ok(state.transpose()?.map(|state| state.address))
    }

    /// The factor of a kind of which there is at most one, if it was passed or is being enrolled.
    pub fn only(&self, kind: &FactorKind) -> Option<&FactorRecord> {
        self.factors().find(|factor| factor.kind == *kind)
    }

    /// Only those that count.
    pub fn enrolled(&self) -> impl Iterator<Item = &FactorRecord> {
        self.factors().filter(|factor| factor.confirmed_at.is_some())
    }
}

pub(super) fn holder_key(id: HolderId) -> Key {
    Key::new(id, "holder")
}

impl Portal {
    /// A new session for a browser that has none, unless its network has begun too many.
    pub async fn begin_visit(&self, network: Network) -> Answer<Session> {
        let now = self.outside.clock.now();
        let key = Key::new(self.lookup.name("network", &network.to_string()), "beginnings");
        if let Count::Over(until) = self.outside.store.count(&key, &BEGINNINGS, now).await? {
            return Err(Refusal::TooManySessions { until }.into());
        }
        let entropy = &*self.outside.entropy;
        let (handle, holder) = (entropy.id(), entropy.id());
        Ok(Session { handle, holder, begun_at: now, ends_at: now + limits::VISIT_LASTS })
    }

    pub fn now(&self) -> Timestamp {
        self.outside.clock.now()
    }

    /// The portal's name, for pages.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where the visit stands.
    pub async fn look(&self, visit: &Visit) -> Answer<Look> {
        let now = self.outside.clock.now();
        let holder = self.holder(visit, now).await?.map(|(holder, _)| holder).unwrap_or_default();
        let level = Level::of_visitor(holder.proofs(visit.session.handle));
        Ok(Look { session: visit.session.clone(), now, level, holder })
    }

    /// Ends a visit: everything that was enrolled in it is gone. The caller ends the session itself.
    pub async fn end_visit(&self, visit: &Visit) -> Answer<()> {
        let (now, handle, holder) = (self.outside.clock.now(), visit.session.handle, visit.session.holder);
        let store = &self.outside.store;
        for key in [holder_key(holder), mail_code::place(handle), demo::phone(handle)] {
            store.delete(&key, Expect::Anything, now).await?;
        }
        store.forgive(&mail_code::tries(handle)).await?;
        for kind in self.factors.kinds() {
            store.forgive(&challenge::tries(holder, &kind)).await?;
        }
        for log in [factors::activity(holder), demo::outbox(handle)] {
            // A log whose newest entry has ended is gone.
            store.append(LogEntry { log, value: Vec::new(), most: 1, ends: Some(now) }, now).await?;
        }
        Ok(())
    }

    pub(super) async fn holder(&self, visit: &Visit, now: Timestamp) -> Result<Option<(Holder, Revision)>, Fault> {
        self.records.load(&holder_key(visit.session.holder), now).await
    }
}
