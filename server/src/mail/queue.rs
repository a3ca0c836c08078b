//! The worker behind the letter queue: leases, delivers, finishes or tries again until the letter's end.
//!
//! Delivery is *at least once*: a process that dies between the mail server's answer and [`Store::finish`] leaves a
//! lease that runs out, and the letter goes again. A letter twice is a nuisance, a letter lost locks somebody out.
//!
//! Letters that somebody waits for go first: as long as one of them is due, no other is taken, and some places in hand
//! are never given to others.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use postern_core::model::{Letter, Timestamp};
use postern_core::port::{Clock, JobId, Lane, LeasedJob, Store, StoreFault, Undelivered};
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::health::Returns;
use super::source::NoLetter;
use super::{Carrier, LetterSource, MailHealth};
use crate::figures::Letters;

/// How fast the worker goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The store is asked this often for what nobody told us of: other instances' letters, retries that are due.
    pub poll: Duration,
    /// The wait after the first failure; it doubles with each further one …
    pub first_retry: Duration,
    /// … up to this for letters that somebody waits for. Short, since most of them live 5 minutes …
    pub longest_retry: Duration,
    /// … and up to this for the others.
    pub longest_retry_in_bulk: Duration,
    /// For so long a letter is ours alone. It is renewed while the letter is in hand, so this is how long a letter
    /// waits that a process had in hand when it died.
    pub lease: Duration,
    /// How often a lease is renewed.
    pub renew: Duration,
    /// Letters in hand at once …
    pub at_once: usize,
    /// … of which so many may be letters that nobody waits for.
    pub bulk_at_once: usize,
    /// How long the store is told again and again what became of a letter.
    pub settle: Duration,
    /// How long a stopping worker waits for what it has in hand.
    pub grace: Duration,
    /// How often a mail server that was away is asked while no letter tries it.
    pub probe: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(15),
            longest_retry_in_bulk: Duration::from_mins(10),
            lease: Duration::from_secs(10),
            renew: Duration::from_secs(3),
            at_once: 4,
            bulk_at_once: 2,
            settle: Duration::from_secs(30),
            grace: Duration::from_secs(10),
            probe: Duration::from_secs(15),
        }
    }
}

impl Pace {
    /// The wait after a failed try.
    fn retry_after(&self, job: &LeasedJob) -> Duration {
        let longest = match job.id.lane {
            Lane::Urgent => self.longest_retry,
            Lane::Bulk => self.longest_retry_in_bulk,
        };
        let times = 1_u32.checked_shl(job.lease.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first_retry.saturating_mul(times).min(longest)
    }
}

/// Everything the worker works with. Cheap to clone, so that each letter has its own.
#[derive(Clone)]
pub struct Queue {
    store: Arc<dyn Store>,
    carrier: Arc<dyn Carrier>,
    clock: Arc<dyn Clock>,
    source: Arc<dyn LetterSource>,
    poke: Arc<Notify>,
    health: Arc<MailHealth>,
    letters: Letters,
    pace: Pace,
    /// A permit for each letter in hand that nobody waits for.
    bulk: Arc<Semaphore>,
}

impl Queue {
    pub fn new(
        store: Arc<dyn Store>,
        carrier: Arc<dyn Carrier>,
        clock: Arc<dyn Clock>,
        source: impl LetterSource,
    ) -> Self {
        let (poke, health, letters, pace) = (Arc::default(), Arc::default(), Letters::default(), Pace::default());
        let bulk = Arc::new(Semaphore::new(pace.bulk_at_once));
        Self { store, carrier, clock, source: Arc::new(source), poke, health, letters, pace, bulk }
    }

    #[must_use]
    pub fn paced(mut self, pace: Pace) -> Self {
        self.bulk = Arc::new(Semaphore::new(pace.bulk_at_once));
        self.pace = pace;
        self
    }

    /// Notified after an enqueue, so that the letter goes at once rather than with the next poll.
    #[must_use]
    pub fn woken_by(mut self, poke: Arc<Notify>) -> Self {
        self.poke = poke;
        self
    }

    /// What becomes of letters is counted there.
    #[must_use]
    pub fn counted_by(mut self, letters: Letters) -> Self {
        self.letters = letters;
        self
    }

    pub fn health(&self) -> Arc<MailHealth> {
        self.health.clone()
    }

    /// Works until `stop`, then takes no more and waits for what is in hand, within bounds. What it has to leave
    /// goes when the lease is over.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut in_hand = JoinSet::new();
        let mut store_is_up = true;
        let mut tried = Instant::now();
        loop {
            match self.fill(&mut in_hand).await {
                Ok(()) => store_is_up = true,
                // The store's adapter tells of its state; here one line says what that means for letters.
                Err(fault) if std::mem::replace(&mut store_is_up, false) => {
                    tracing::warn!(%fault, "letters wait for the store");
                }
                Err(_) => {}
            }
            if !in_hand.is_empty() {
                tried = Instant::now();
            } else if self.health.returns_when_reached() && tried.elapsed() >= self.pace.probe {
                in_hand.spawn(self.clone().probe());
            }
            tokio::select! {
                () = &mut stop => break,
                Some(_) = in_hand.join_next() => {}
                () = self.poke.notified() => {}
                () = sleep(self.pace.poll) => {}
            }
        }
        let rest = async { while in_hand.join_next().await.is_some() {} };
        if timeout(self.pace.grace, rest).await.is_err() {
            tracing::warn!("stopping with letters in hand; they go again when their leases are over");
        }
    }

    /// Takes letters that are due, up to what may be in hand.
    async fn fill(&self, in_hand: &mut JoinSet<()>) -> Result<(), StoreFault> {
        while in_hand.len() < self.pace.at_once {
            let Some((job, place)) = self.next().await? else { break };
            let worker = self.clone();
            in_hand.spawn(async move {
                worker.carry(job).await;
                drop(place);
            });
        }
        Ok(())
    }

    /// The letter that goes next, with its place if it is one that nobody waits for.
    async fn next(&self) -> Result<Option<(LeasedJob, Option<OwnedSemaphorePermit>)>, StoreFault> {
        if let Some(job) = self.lease(Lane::Urgent).await? {
            return Ok(Some((job, None)));
        }
        let Ok(place) = Arc::clone(&self.bulk).try_acquire_owned() else { return Ok(None) };
        Ok(self.lease(Lane::Bulk).await?.map(|job| (job, Some(place))))
    }

    async fn lease(&self, lane: Lane) -> Result<Option<LeasedJob>, StoreFault> {
        let now = self.clock.now();
        self.store.lease(lane, now + self.pace.lease, now).await
    }

    async fn carry(&self, job: LeasedJob) {
        let letter = match self.source.open(&job).await {
            Ok(Some(letter)) => letter,
            Ok(None) => return self.finish(job.id).await,
            Err(NoLetter::NotNow(why)) => {
                tracing::warn!(%why, "a letter in the queue cannot be opened now");
                let due = self.clock.now() + self.pace.retry_after(&job);
                return self.settle(|| self.store.postpone(job.id, due)).await;
            }
            Err(NoLetter::NotBefore(until)) => {
                tracing::debug!(job = job.id.number, "a letter waits, since the portal's ceiling is reached");
                return self.settle(|| self.store.postpone(job.id, until)).await;
            }
            Err(NoLetter::Unreadable(why)) => {
                tracing::error!(job = job.id.number, %why, "a letter in the queue cannot be opened and is dropped");
                self.letters.unreadable.increment(1);
                return self.finish(job.id).await;
            }
        };
        let ends = letter.ends.min(job.ends);
        if ends <= self.clock.now() {
            tracing::warn!(to = ?letter.to, "a letter's time is over; it is dropped unsent");
            self.letters.expired.increment(1);
            return self.finish(job.id).await;
        }
        let delivered = self.while_leased(&job, self.carrier.deliver(&letter, &message_id(&job))).await;
        // Read once: what is told of a failure and when the next try is due are of one moment.
        let now = self.clock.now();
        match delivered {
            Ok(()) => {
                self.health.succeeded(now);
                self.letters.delivered.increment(1);
                self.source.sent(&job).await;
                tracing::info!(to = ?letter.to, tries = job.lease, "letter delivered");
                self.finish(job.id).await;
            }
            Err(Undelivered::Permanent(why)) => {
                self.letters.refused.increment(1);
                tracing::warn!(to = ?letter.to, %why, "letter refused for good");
                self.finish(job.id).await;
            }
            Err(Undelivered::ReaderDeferred(why)) => self.try_later(&job, &letter, ends, &why, now).await,
            Err(Undelivered::Transient(why)) => {
                self.health.failed(now, why.clone(), Returns::Reached);
                self.try_later(&job, &letter, ends, &why, now).await;
            }
            Err(Undelivered::SenderRefused(why)) => {
                self.health.failed(now, why.clone(), Returns::Delivered);
                self.try_later(&job, &letter, ends, &why, now).await;
            }
        }
    }

    /// Renews the lease until the work is done, so that it may be short. Where the store is away the lease runs out, and
    /// another process may do the same work.
    async fn while_leased<T>(&self, job: &LeasedJob, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = sleep(self.pace.renew) => {}
            }
            if let Err(fault) = self.store.postpone(job.id, self.clock.now() + self.pace.lease).await {
                tracing::debug!(%fault, "a letter's lease was not renewed");
            }
        }
    }

    async fn try_later(&self, job: &LeasedJob, letter: &Letter, ends: Timestamp, why: &str, now: Timestamp) {
        tracing::debug!(to = ?letter.to, %why, tries = job.lease, "letter not delivered yet");
        let due = now + self.pace.retry_after(job);
        if due < ends {
            self.letters.deferred.increment(1);
            self.settle(|| self.store.postpone(job.id, due)).await;
        } else {
            self.letters.expired.increment(1);
            tracing::warn!(to = ?letter.to, tries = job.lease, "a letter's time is over before its next try; dropped");
            self.finish(job.id).await;
        }
    }

    async fn finish(&self, job: JobId) {
        self.settle(|| self.store.finish(job)).await;
    }

    /// What became of a letter must reach the store, or it goes again.
    async fn settle<F: Future<Output = Result<(), StoreFault>>>(&self, say: impl Fn() -> F) {
        let until_told = async {
            while say().await.is_err() {
                sleep(self.pace.poll).await;
            }
        };
        if timeout(self.pace.settle, until_told).await.is_err() {
            tracing::warn!("the store was away too long: a letter may arrive twice");
        }
    }

    async fn probe(self) {
        match self.carrier.reach().await {
            Ok(()) => self.health.succeeded(self.clock.now()),
            Err(fault) => self.health.failed(self.clock.now(), fault.to_string(), Returns::Reached),
        }
    }
}

/// The left side of a Message-ID (RFC 5322 3.6.4). A sealed value begins with a random nonce and stays the same for as
/// long as the job lives: so does this, and it tells nothing of what the letter says.
fn message_id(job: &LeasedJob) -> String {
    let hash = Sha256::digest(&job.value);
    HEXLOWER.encode(hash.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_of_their_lane() {
        let pace = Pace::default();
        let pause = |lane, lease| {
            let id = JobId { lane, number: 1 };
            pace.retry_after(&LeasedJob { id, value: Vec::new(), lease, ends: Timestamp::from_secs(0) }).as_secs()
        };
        assert_eq!([1, 2, 3, 4, 5, 40].map(|lease| pause(Lane::Urgent, lease)), [1, 2, 4, 8, 15, 15]);
        assert_eq!([1, 5, 10, 11, 40].map(|lease| pause(Lane::Bulk, lease)), [1, 16, 512, 600, 600]);
    }
}
