//! Limits letters with news: the first few of a kind go at once, what follows within ten minutes is counted and told in
//! one letter when they are over. However busy somebody is with an account, its owner's mailbox stays readable.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::{InternalError, Portal};
use crate::letter::{self, Notification, Repeated};
use postern_core::engine::TRIES;
use postern_core::model::{EventKind, Letter, MailAddress, SessionHandle, Timestamp};
use postern_core::port::{Count, Expect, Key, Lane, NewJob, SideEffects, Window};
use postern_core::rules::limits::NEWS_LASTS;

/// Letters of one kind that go to one address at once.
const PER_KIND: Window = Window { limit: 3, span: PERIOD };

/// One letter tells of everything that was held back in a period. It begins with the first piece.
const PERIODS: Window = Window { limit: 1, span: PERIOD };

const PERIOD: Duration = Duration::from_mins(10);

/// Networks that a digest names; of the others it says that there were others.
const NETWORKS: usize = 5;

/// What was held back for one address in one period. Its size is bounded: there are some twenty kinds of news.
#[derive(Serialize, Deserialize)]
struct Digest {
    to: MailAddress,
    since: Timestamp,
    until: Timestamp,
    counts: Vec<(EventKind, u32)>,
    networks: Vec<String>,
    has_more_networks: bool,
    /// "This was not me", of the newest piece.
    link: Option<String>,
    /// Whoever caused the newest piece.
    asked_by: Option<SessionHandle>,
}

impl Digest {
    const fn new(to: MailAddress, now: Timestamp) -> Self {
        Self {
            to,
            since: now,
            until: now,
            counts: Vec::new(),
            networks: Vec::new(),
            has_more_networks: false,
            link: None,
            asked_by: None,
        }
    }

    fn add(&mut self, piece: &Notification, now: Timestamp) {
        (self.since, self.until) = (self.since.min(now), self.until.max(now));
        match self.counts.iter_mut().find(|(what, _)| *what == piece.what) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.counts.push((piece.what, 1)),
        }
        if !self.networks.contains(&piece.network) {
            if self.networks.len() < NETWORKS {
                self.networks.push(piece.network.clone());
            } else {
                self.has_more_networks = true;
            }
        }
        self.link.clone_from(&piece.link);
        self.asked_by = piece.letter.asked_by;
    }

    fn from(&self) -> String {
        let others = if self.has_more_networks { ", and others" } else { "" };
        format!("{}{others}", self.networks.join(", "))
    }
}

/// In the queue: which digest is due.
#[derive(Serialize, Deserialize)]
struct DigestJob {
    slot: String,
    period_ends: Timestamp,
}

fn queue() -> Key {
    Key::new("letters", "digest")
}

fn place(slot: &str, period_ends: Timestamp) -> Key {
    Key::new(slot, format_args!("digest/{}", period_ends.as_millis()))
}

/// What happens at most as often as somebody reads a code that was mailed, and is told to whoever it concerns last:
/// these are never held back.
const fn is_told_at_once(what: EventKind) -> bool {
    matches!(
        what,
        EventKind::AccountMade
            | EventKind::AddressChanged
            | EventKind::AddressReplaced
            | EventKind::AddressRestored
            | EventKind::Deleted
    )
}

impl Portal {
    /// Queues a letter with news, or counts it for the digest.
    pub(super) async fn queue_notification(&self, piece: &Notification, now: Timestamp) -> Result<(), InternalError> {
        let slot = self.lookup.name("address", &piece.letter.to.lookup_form());
        if !is_told_at_once(piece.what) {
            let kind = Key::new(&slot, format_args!("news/{:?}", piece.what));
            if let Count::Over(_) = self.outside.store.count(&kind, &PER_KIND, now).await? {
                return self.hold_back(slot, piece, now).await;
            }
        }
        self.post(Lane::Bulk, &piece.letter).await
    }

    async fn hold_back(&self, slot: String, piece: &Notification, now: Timestamp) -> Result<(), InternalError> {
        let periods = Key::new(&slot, "digests");
        // The window's own end names the period, so that every process means the same one.
        let period_ends = match self.outside.store.count(&periods, &PERIODS, now).await? {
            Count::Within(_) => now + PERIOD,
            Count::Over(until) => until,
        };
        let key = place(&slot, period_ends);
        let ends = period_ends + NEWS_LASTS;
        for _ in 0..TRIES {
            let (mut digest, expect) = if let Some((digest, revision)) = self.records.load::<Digest>(&key, now).await? {
                (digest, Expect::Revision(revision))
            } else {
                // Before the record: should the store fail in between, the next piece of the period queues again.
                // Two at once both do, and the letter may go twice.
                self.queue_digest(slot.clone(), period_ends, ends, now).await?;
                (Digest::new(piece.letter.to.clone(), now), Expect::Absent)
            };
            digest.add(piece, now);
            if self.records.write(&key, expect, &digest, Some(ends), SideEffects::default(), now).await?.is_some() {
                return Ok(());
            }
        }
        Err(InternalError::Contended)
    }

    async fn queue_digest(
        &self,
        slot: String,
        period_ends: Timestamp,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let value = self.records.seal(&queue(), &DigestJob { slot, period_ends })?;
        Ok(self.outside.store.enqueue(NewJob { lane: Lane::Bulk, value, due: period_ends, ends }, now).await?)
    }

    /// The digest that is due; `None` if it is gone. The same at every try, so that a letter sent again is the same one.
    pub(in crate::portal) async fn write_digest(&self, sealed: &[u8]) -> Result<Option<Letter>, InternalError> {
        let DigestJob { slot, period_ends } = self.records.open(&queue(), sealed)?;
        let now = self.outside.clock.now();
        let Some((digest, _)) = self.records.load::<Digest>(&place(&slot, period_ends), now).await? else {
            return Ok(None);
        };
        let from = digest.from();
        let repeated = Repeated {
            counts: &digest.counts,
            since: digest.since,
            until: digest.until,
            written_at: period_ends,
            from: &from,
            link: digest.link.as_deref(),
        };
        Ok(Some(letter::digest(self.from(), digest.to.clone(), &repeated, digest.asked_by)))
    }
}
