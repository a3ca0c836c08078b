//! "This was not me": the link in every letter with news. What it names is sealed into it, so that nothing has to be
//! kept for it.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::super::{Answer, Fault, Portal};
use super::Whence;
use crate::model::{HolderId, Refusal, Timestamp, Visit, What};
use crate::port::{Also, Key};
use crate::rules::limits;

/// What a link of ours is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    holder: HolderId,
    pub what: What,
    pub at: Timestamp,
    pub network: String,
    ends: Timestamp,
}

/// The longest text that can be a ticket; ours have some 250 characters.
const LONGEST: usize = 600;

fn place() -> Key {
    Key::new("letters", "this-was-not-me")
}

impl Portal {
    /// A ticket as it stands in a link.
    pub(super) fn ticket(&self, whence: &Whence<'_>, what: What, now: Timestamp) -> Result<String, Fault> {
        let (holder, network) = (whence.holder, whence.network.to_owned());
        let ticket = Ticket { holder, what, at: now, network, ends: now + limits::NEWS_LASTS };
        Ok(BASE64URL_NOPAD.encode(&self.records.seal(&place(), &ticket)?))
    }

    /// What a link is about. Refuses one that is not ours, or too old.
    pub fn read_ticket(&self, text: &str) -> Answer<Ticket> {
        let over = || Refusal::TicketOver;
        let sealed = if text.len() <= LONGEST { BASE64URL_NOPAD.decode(text.as_bytes()).ok() } else { None };
        let ticket: Ticket = self.records.open(&place(), &sealed.ok_or_else(over)?).map_err(|_| over())?;
        if self.outside.clock.now() < ticket.ends { Ok(ticket) } else { Err(over().into()) }
    }

    /// Ends every session of the account, forgets its browsers, and freezes its factors for a day.
    pub async fn disown(&self, visit: &Visit, text: &str) -> Answer<()> {
        let ticket = self.read_ticket(text)?;
        let change = self.change_account(ticket.holder, |holder, now| {
            holder.sessions.clear();
            holder.factors.retain(|factor| factor.confirmed_at.is_some());
            if let Some(account) = &mut holder.account {
                account.forget_devices();
                if !account.is_frozen(now) {
                    account.frozen_until = Some(now + limits::FREEZE);
                }
            }
            let event = Some(self.event_from(ticket.holder, What::Disowned, visit.network.to_string(), now)?);
            Ok(((), Also::event(event), self.news(holder, visit, What::Disowned, "", now)?))
        });
        change.await.map_err(|no| match no {
            // An account that is gone has nothing left to disown.
            super::super::No::Refused(Refusal::NotEnrolled) => Refusal::TicketOver.into(),
            other => other,
        })?;
        tracing::info!(target: "postern::auth", holder = %ticket.holder, network = %visit.network, "disowned");
        Ok(())
    }
}
