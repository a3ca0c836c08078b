//! The demo's helpers, each for one session alone: a pocket authenticator that keeps what it "scanned" and shows its
//! codes, and an outbox with the letters that the session asked for.

use serde::{Deserialize, Serialize};

use super::{Answer, InternalError, Portal};
use postern_core::factor::{Unreadable, hotp, totp};
use postern_core::model::{FactorId, FactorRecord, Letter, Refusal, Secret, SessionHandle, Timestamp, Visit};
use postern_core::port::{Expect, Key, LogEntry, Write};
use postern_core::rules::limits;

#[derive(Serialize, Deserialize)]
struct Entry {
    factor: FactorId,
    state: Scanned,
}

/// What a QR code gave the phone. Its counter is the phone's own: it knows nothing of the portal's.
#[derive(Serialize, Deserialize)]
enum Scanned {
    Totp(totp::State),
    Hotp(hotp::State),
}

impl Scanned {
    /// Nothing, if this kind has no QR code.
    fn of(record: &FactorRecord) -> Result<Option<Self>, Unreadable> {
        if record.kind == totp::KIND {
            return Ok(Some(Self::Totp(totp::State::read(&record.state)?)));
        }
        if record.kind == hotp::KIND {
            return Ok(Some(Self::Hotp(hotp::State::read(&record.state)?)));
        }
        Ok(None)
    }
}

/// A code on the phone's screen.
#[derive(Debug)]
pub struct PhoneCode {
    pub factor: FactorId,
    pub account: String,
    pub code: Secret<String>,
    pub moves: Moves,
}

/// What makes the next code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    Time { period: u64, step_ends: Timestamp },
    Press { counter: u64 },
}

impl PhoneCode {
    fn shown(Entry { factor, state }: Entry, now: Timestamp) -> Self {
        match state {
            Scanned::Totp(state) => {
                let moves = Moves::Time { period: state.period, step_ends: state.step_ends(now) };
                Self { factor, code: state.code_at(now), moves, account: state.account }
            }
            Scanned::Hotp(state) => {
                let moves = Moves::Press { counter: state.counter };
                Self { factor, code: state.code(), moves, account: state.account }
            }
        }
    }
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
    pub async fn keep_letter(&self, letter: &Letter) -> Result<(), InternalError> {
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
        Ok(self.phone_entries(visit, now).await?.into_iter().map(|entry| PhoneCode::shown(entry, now)).collect())
    }

    /// "Scans" every QR code that an enrolment page shows.
    pub async fn phone_scan(&self, visit: &Visit) -> Answer<()> {
        let look = self.load_visit_state(visit).await?;
        let mut entries = self.phone_entries(visit, look.now).await?;
        let mut scanned = false;
        for waiting in look.factors().filter(|factor| factor.confirmed_at.is_none()) {
            let Some(state) = Scanned::of(waiting)? else { continue };
            scanned = true;
            if entries.iter().all(|entry| entry.factor != waiting.id) {
                entries.push(Entry { factor: waiting.id, state });
            }
        }
        if !scanned {
            return Err(Refusal::NotEnrolled.into());
        }
        self.keep_phone(visit, &entries, look.now).await
    }

    /// The press of a counter entry's button: its next code.
    pub async fn phone_press(&self, visit: &Visit, factor: FactorId) -> Answer<()> {
        let now = self.outside.clock.now();
        let mut entries = self.phone_entries(visit, now).await?;
        for entry in entries.iter_mut().filter(|entry| entry.factor == factor) {
            if let Scanned::Hotp(state) = &mut entry.state {
                state.counter = state.counter.saturating_add(1);
            }
        }
        self.keep_phone(visit, &entries, now).await
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
