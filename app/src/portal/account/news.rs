//! What an owner is told by mail: every change to the account, and a sign-in from a browser not seen before.

use super::super::mail_code::address_of;
use super::super::{InternalError, Portal};
use crate::letter::{self, News, Notification};
use postern_core::factor::recovery_codes;
use postern_core::model::{EventKind, FactorId, Holder, HolderId, SessionHandle, Timestamp, Visit};

/// Who changed an account, as its owner is told.
#[derive(Clone, Copy, Debug)]
pub struct ChangeOrigin<'a> {
    pub holder: HolderId,
    pub browser: &'a str,
    pub network: &'a str,
    /// In the demo, letters to whoever asks are shown to the session that caused them.
    pub asked_by: Option<SessionHandle>,
}

/// Letters to go out once what they tell is written.
pub type Notifications = Vec<Notification>;

impl Portal {
    /// A letter to whoever owns the holder; nothing, if that is a visitor. `name` is of what changed.
    pub(in crate::portal) fn news(
        &self,
        holder: &Holder,
        visit: &Visit,
        what: EventKind,
        name: &str,
        now: Timestamp,
    ) -> Result<Notifications, InternalError> {
        let (network, asked_by) = (visit.network.to_string(), Some(visit.session.handle));
        let (holder_id, browser) = (visit.session.holder, visit.browser.name.as_str());
        self.news_from(
            holder,
            &ChangeOrigin { holder: holder_id, browser, network: &network, asked_by },
            what,
            name,
            now,
        )
    }

    /// As [`news`](Self::news), of what was done without a visit.
    pub(in crate::portal) fn news_from(
        &self,
        holder: &Holder,
        origin: &ChangeOrigin<'_>,
        what: EventKind,
        name: &str,
        now: Timestamp,
    ) -> Result<Notifications, InternalError> {
        let Some(to) = holder.account.as_ref().and(address_of(holder)?) else { return Ok(Notifications::new()) };
        // After the end there is nothing left to disown.
        let link = match what {
            EventKind::Deleted | EventKind::Disowned | EventKind::AddressRestored => None,
            _ => Some(format!("{}/not-me?ticket={}", self.settings.origin, self.ticket(holder, origin, what, now)?)),
        };
        let ChangeOrigin { browser, network, asked_by, .. } = *origin;
        let news = News { what, name, at: now, browser, network, link: link.as_deref() };
        let letter = letter::news(self.from(), to, &news, asked_by);
        Ok(vec![Notification { what, network: network.to_owned(), link, letter }])
    }

    /// What passing a factor is worth a letter for.
    pub(in crate::portal) fn news_of_passing(
        &self,
        holder: &Holder,
        visit: &Visit,
        what: EventKind,
        factor: FactorId,
        name: &str,
        now: Timestamp,
    ) -> Result<Notifications, InternalError> {
        let record = holder.factor(factor).filter(|record| record.kind == recovery_codes::KIND);
        if let Some(record) = record {
            let left = recovery_codes::State::read(&record.state)?.remaining();
            return self.news(holder, visit, EventKind::RecoveryUsed, &left.to_string(), now);
        }
        if what == EventKind::Enrolled { self.news(holder, visit, what, name, now) } else { Ok(Notifications::new()) }
    }
}
