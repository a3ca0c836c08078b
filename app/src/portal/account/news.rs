//! What an owner is told by mail: every change to the account, and a sign-in from a browser not seen before.

use super::super::mail_code::address_of;
use super::super::{Fault, Portal};
use crate::factor::recovery_codes;
use crate::letter::{self, News};
use crate::model::{FactorId, Holder, Letter, Timestamp, Visit, What};

/// Letters to go out once what they tell is written.
pub type Told = Vec<Letter>;

impl Portal {
    /// A letter to whoever owns the holder; nothing, if that is a visitor. `name` is of what changed.
    pub(in crate::portal) fn news(
        &self,
        holder: &Holder,
        visit: &Visit,
        what: What,
        name: &str,
        now: Timestamp,
    ) -> Result<Told, Fault> {
        let Some(to) = holder.account.as_ref().and(address_of(holder)?) else { return Ok(Told::new()) };
        // After the end there is nothing left to disown.
        let link = match what {
            What::Deleted | What::Disowned => None,
            _ => Some(format!("{}/not-me?ticket={}", self.settings.origin, self.ticket(visit, what, now)?)),
        };
        let (browser, network) = (visit.browser.name.as_str(), visit.network.to_string());
        let news = News { what, name, at: now, browser, network: &network, link: link.as_deref() };
        // In the demo, letters to whoever asks are shown to the session that caused them.
        Ok(vec![letter::news(self.from(), to, &news, Some(visit.session.handle))])
    }

    /// What passing a factor is worth a letter for.
    pub(in crate::portal) fn news_of_passing(
        &self,
        holder: &Holder,
        visit: &Visit,
        what: What,
        factor: FactorId,
        name: &str,
        now: Timestamp,
    ) -> Result<Told, Fault> {
        let record = holder.factor(factor).filter(|record| record.kind == recovery_codes::KIND);
        if let Some(record) = record {
            let left = recovery_codes::State::read(&record.state)?.remaining();
            return self.news(holder, visit, What::RecoveryUsed, &left.to_string(), now);
        }
        if what == What::Enrolled { self.news(holder, visit, what, name, now) } else { Ok(Told::new()) }
    }
}
