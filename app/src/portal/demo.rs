//! The demo's helpers, each for one session alone: a pocket authenticator that keeps what it "scanned" and shows its
//! codes, and an outbox with the letters that the session asked for.

use serde::{Deserialize, Serialize};

use super::{Answer, Fault, Portal};
use crate::factor::totp::{self, State};
use crate::model::{FactorId, Letter, Refusal, Secret, SessionHandle, Timestamp, Visit};
use crate::port::{Expect, Key, LogEntry, Write};
use crate::rules::limits;

#[derive(Serialize, Deserialize)]
struct Entry {
    factor: FactorId,
    state: State,
}

/// A code on the phone's screen.
#[derive(Debug)]
pub struct PhoneCode {
    pub factor: FactorId,
    pub account: String,
    pub code: Secret<String>,
    pub period: u64,
    pub step_ends: Timestamp,
}

pub(super) fn phone(handle: SessionHandle) -> Key {
    Key::new(handle, "phone")
}

/// How many letters the outbox keeps.
const LETTERS: usize = 20;

pub(super) fn outbox(handle: SessionHandle) -> Key {
    Key::new(handle, "outbox")
}

impl Portal {
    /// Puts a letter where only the session that asked for it finds it.
    pub async fn keep_letter(&self, letter: &Letter) -> Result<(), Fault> {
        let Some(handle) = letter.asked_by else { return Ok(()) };
        let (log, now) = (outbox(handle), self.outside.clock.now());
        let value = self.records.seal(&log, letter)?;
        let entry = LogEntry { log, value, most: LETTERS, ends: Some(now + limits::VISIT_LASTS) };
        Ok(self.outside.store.append(entry, now).await?)
    }

    /// The letters this session asked for, newest first.
    pub async fn letters(&self, visit: &Visit) -> Answer<Vec<Letter>> {
        let log = outbox(visit.session.handle);
        let sealed = self.outside.store.recent(&log, LETTERS, self.outside.clock.now()).await?;
        Ok(sealed.iter().map(|sealed| self.records.open(&log, sealed)).collect::<Result<_, _>>()?)
    }

    /// What the phone shows.
    pub async fn phone_codes(&self, visit: &Visit) -> Answer<Vec<PhoneCode>> {
        let now = self.outside.clock.now();
        let shown = |Entry { factor, state }: Entry| PhoneCode {
            factor,
            code: state.code_at(now),
            period: state.period,
            step_ends: state.step_ends(now),
            account: state.account,
        };
        Ok(self.phone_entries(visit, now).await?.into_iter().map(shown).collect())
    }

    /// "Scans" the QR code that the enrolment page shows.
    pub async fn phone_scan(&self, visit: &Visit) -> Answer<()> {
        let look = self.look(visit).await?;
        let waiting = look.only(&totp::KIND).filter(|factor| factor.confirmed_at.is_none());
        let waiting = waiting.ok_or(Refusal::NotEnrolled)?;
        let mut entries = self.phone_entries(visit, look.now).await?;
        entries.retain(|entry| entry.factor != waiting.id);
        entries.push(Entry { factor: waiting.id, state: State::read(&waiting.state)? });
        self.keep_phone(visit, &entries, look.now).await
    }

    pub async fn phone_forget(&self, visit: &Visit, factor: FactorId) -> Answer<()> {
        let now = self.outside.clock.now();
        let mut entries = self.phone_entries(visit, now).await?;
        entries.retain(|entry| entry.factor != factor);
        self.keep_phone(visit, &entries, now).await
    }

    async fn phone_entries(&self, visit: &Visit, now: Timestamp) -> Answer<Vec<Entry>> {
        let kept = self.records.load(&phone(visit.session.handle), now).await?;
        Ok(kept.map(|(entries, _)| entries).unwrap_or_default())
    }

    /// One person holds one phone: the last write stands.
    async fn keep_phone(&self, visit: &Visit, entries: &[Entry], now: Timestamp) -> Answer<()> {
        let key = phone(visit.session.handle);
        let sealed = self.records.seal(&key, &entries)?;
        self.outside.store.write(Write::new(key, Expect::Anything, sealed, Some(visit.session.ends_at)), now).await?;
        Ok(())
    }
}
