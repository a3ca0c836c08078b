//! What an operator may see: who has accounts, how one stands, and why somebody cannot get in.

use std::net::IpAddr;

use super::views::{AccountLine, AccountView, EventView, FactorView, Reason, SessionView, Why, written};
use crate::portal::account::is_live;
use crate::portal::mail_code::address_of;
use crate::portal::visit::HOLDER;
use crate::portal::{Answer, InternalError, Portal};
use postern_core::factor::{email_code, recovery_codes};
use postern_core::model::{
    Event, FactorRecord, Holder, HolderId, MailAddress, Network, NextTry, Refusal, SessionOrigin, Timestamp, summarize,
};
use postern_core::rules::limits;

/// Events of an account that are shown.
const EVENTS: usize = 10;

/// How many of them may be of one sort.
const ALIKE: usize = 5;

impl Portal {
    /// Every account, by address. It walks the whole store.
    pub async fn accounts(&self) -> Answer<Vec<AccountLine>> {
        let now = self.outside.clock.now();
        let mut lines = Vec::new();
        for slot in self.outside.store.slots(HOLDER, now).await? {
            let Ok(id) = slot.parse::<HolderId>() else { continue };
            if let Some((holder, _)) = InternalError::leave_out_damaged(self.holder_of(id, now).await)? {
                lines.extend(InternalError::leave_out_damaged(line(&holder, now))?);
            }
        }
        lines.sort_by(|one, other| one.address.address.cmp(&other.address.address));
        Ok(lines)
    }

    /// One account as a whole. Refuses where there is none.
    pub async fn account(&self, address: &MailAddress) -> Answer<AccountView> {
        let now = self.outside.clock.now();
        let found = self.account_of(address, now).await?.ok_or(Refusal::NotEnrolled)?;
        let AccountLine { address, created_at, last_used_at, .. } =
            line(&found.holder, now)?.ok_or(Refusal::NotEnrolled)?;
        let frozen_until = found.holder.account.as_ref().and_then(|account| account.frozen_until(now));
        let factors = second_factors(&found.holder).map(factor).collect::<Result<_, InternalError>>()?;
        let sessions = sessions(&found.holder, now).into_iter().map(session).collect();
        let activity = self.activity_of(found.id, now).await?;
        let activity = summarize(&activity, EVENTS, ALIKE).into_iter().map(event).collect();
        let frozen_until = frozen_until.map(written);
        Ok(AccountView { address, created_at, last_used_at, frozen_until, factors, sessions, activity })
    }

    /// Why somebody cannot get in, as far as the portal can tell; `from` is where they try from, if that is known.
    pub async fn why(&self, address: &MailAddress, from: Option<IpAddr>) -> Answer<Why> {
        let now = self.outside.clock.now();
        let mut reasons = match self.account_of(address, now).await? {
            Some(found) => self.why_not_in(found.id, &found.holder, now).await?,
            None => vec![self.why_no_account(address, now).await?],
        };
        reasons.extend(self.why_no_code(address, from.map(Network::from), now).await?);
        Ok(Why { address: address.into(), reasons })
    }

    async fn why_no_account(&self, address: &MailAddress, now: Timestamp) -> Result<Reason, InternalError> {
        if let Some(until) = self.invited_until(address, now).await? {
            return Ok(Reason::Invited { until: written(until) });
        }
        Ok(if self.settings.sign_up.allows(address) { Reason::NoAccount } else { Reason::SignUpClosed })
    }

    async fn why_not_in(&self, id: HolderId, holder: &Holder, now: Timestamp) -> Result<Vec<Reason>, InternalError> {
        let mut reasons = Vec::new();
        for kind in self.factors.kinds() {
            if !second_factors(holder).any(|record| record.kind == kind) {
                continue;
            }
            let factor = kind.to_string();
            match self.next_try(id, &kind, now).await? {
                NextTry::At(until) => reasons.push(Reason::FactorWaits { factor, until: written(until) }),
                NextTry::Never => reasons.push(Reason::FactorBlocked { factor }),
                NextTry::Left(_) => {}
            }
        }
        if let Some(until) = holder.account.as_ref().and_then(|account| account.frozen_until(now)) {
            reasons.push(Reason::Frozen { until: written(until) });
        }
        if self.lacks_second_factor(holder) {
            reasons.push(Reason::SecondFactorNeeded);
        }
        if let Some(codes) = holder.only(&recovery_codes::KIND)
            && recovery_codes::State::read(&codes.state)?.remaining() == 0
        {
            reasons.push(Reason::NoRecoveryCodeLeft);
        }
        Ok(reasons)
    }

    async fn why_no_code(
        &self,
        address: &MailAddress,
        from: Option<Network>,
        now: Timestamp,
    ) -> Result<Vec<Reason>, InternalError> {
        let mut reasons = Vec::new();
        for (limit, key, window) in self.send_limits(address, from) {
            if let Some(until) = self.outside.store.full_until(&key, &window, now).await? {
                reasons.push(Reason::SendsUsedUp { limit, until: written(until) });
            }
        }
        let guesses = self.outside.store.standing(&self.guesses(address), now).await?;
        if guesses.failures >= limits::GUESSES_TO_LONGER_CODES {
            reasons.push(Reason::LongerCodes);
        }
        Ok(reasons)
    }
}

/// Nothing for a visitor's holder.
fn line(holder: &Holder, now: Timestamp) -> Result<Option<AccountLine>, InternalError> {
    let (Some(account), Some(address)) = (&holder.account, address_of(holder)?) else { return Ok(None) };
    let sessions = sessions(holder, now);
    let seen = sessions.iter().map(|opened| opened.seen_at).max();
    Ok(Some(AccountLine {
        address: (&address).into(),
        created_at: written(account.created_at),
        last_used_at: written(seen.unwrap_or(account.last_sign_in).max(account.last_sign_in)),
        factors: second_factors(holder).map(|record| record.kind.to_string()).collect(),
        sessions: sessions.len(),
    }))
}

/// What an account has beside its address, recovery codes included.
fn second_factors(holder: &Holder) -> impl Iterator<Item = &FactorRecord> {
    holder.factors.iter().filter(|record| record.confirmed_at.is_some() && record.kind != email_code::KIND)
}

fn sessions(holder: &Holder, now: Timestamp) -> Vec<&SessionOrigin> {
    let opened = holder.sessions.iter().filter_map(|session| session.opened.as_ref());
    let mut live: Vec<_> = opened.filter(|opened| is_live(opened, now)).collect();
    live.sort_by_key(|opened| std::cmp::Reverse(opened.seen_at));
    live
}

fn factor(record: &FactorRecord) -> Result<FactorView, InternalError> {
    let is_codes = record.kind == recovery_codes::KIND;
    let left = is_codes.then(|| recovery_codes::State::read(&record.state)).transpose()?;
    Ok(FactorView {
        kind: record.kind.to_string(),
        name: record.name.clone(),
        added_at: written(record.added_at),
        last_used_at: record.last_used_at.map(written),
        left: left.map(|codes| codes.remaining()),
    })
}

fn session(opened: &SessionOrigin) -> SessionView {
    SessionView {
        browser: opened.browser.clone(),
        network: opened.network.clone(),
        begun_at: written(opened.at),
        last_seen_at: written(opened.seen_at),
    }
}

fn event(event: &Event) -> EventView {
    EventView {
        at: written(event.at),
        what: format!("{:?}", event.what),
        factor: event.factor.to_string(),
        network: event.network.clone(),
    }
}
