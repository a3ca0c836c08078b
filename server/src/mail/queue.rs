//! The worker behind the letter queue: leases, delivers, finishes or tries again until the letter's end.
//!
//! Delivery is *at least once*: a process that dies between the mail server's answer and [`Store::finish`] leaves a
//! lease that runs out, and the letter goes again. A letter twice is a nuisance, a letter lost locks somebody out.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use postern_app::model::{Letter, Timestamp};
use postern_app::port::{Clock, LeasedJob, Store, StoreFault, Undelivered};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::{Carrier, MailHealth, smtp};
use crate::figures::Letters;

/// How fast the worker goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The store is asked this often for what nobody told us of: other instances' letters, retries that are due.
    pub poll: Duration,
    /// The wait after the first failure; it doubles with each further one …
    pub first_retry: Duration,
    /// … up to this. Short, since most letters live 5 minutes.
    pub longest_retry: Duration,
    /// For so long a letter is ours alone; longer than a delivery can take.
    pub lease: Duration,
    pub at_once: usize,
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
            lease: LEASE,
            at_once: 4,
            grace: Duration::from_secs(10),
            probe: Duration::from_secs(15),
        }
    }
}

const LEASE: Duration = Duration::from_mins(1);
const _: () = assert!(LEASE.as_secs() >= 2 * smtp::PATIENCE.as_secs());

impl Pace {
    /// The wait after lease number `lease`.
    fn retry_after(&self, lease: u32) -> Duration {
        let times = 1_u32.checked_shl(lease.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first_retry.saturating_mul(times).min(self.longest_retry)
    }
}

type Open = Box<dyn Fn(&[u8]) -> Option<Letter> + Send + Sync>;

/// Everything the worker works with. Cheap to clone, so that each letter has its own.
#[derive(Clone)]
pub struct Queue {
    store: Arc<dyn Store>,
    carrier: Arc<dyn Carrier>,
    clock: Arc<dyn Clock>,
    open: Arc<Open>,
    poke: Arc<Notify>,
    health: Arc<MailHealth>,
    letters: Letters,
    pace: Pace,
}

impl Queue {
    /// `open` unseals a job's value; `None` if it is not one of ours.
    pub fn new(
        store: Arc<dyn Store>,
        carrier: Arc<dyn Carrier>,
        clock: Arc<dyn Clock>,
        open: impl Fn(&[u8]) -> Option<Letter> + Send + Sync + 'static,
    ) -> Self {
        let (poke, health, letters) = (Arc::default(), Arc::default(), Letters::default());
        Self { store, carrier, clock, open: Arc::new(Box::new(open)), poke, health, letters, pace: Pace::default() }
    }

    #[must_use]
    pub const fn paced(mut self, pace: Pace) -> Self {
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
            } else if !self.health.is_up() && tried.elapsed() >= self.pace.probe {
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
            let now = self.clock.now();
            let Some(job) = self.store.lease(now + self.pace.lease, now).await? else { break };
            in_hand.spawn(self.clone().carry(job));
        }
        Ok(())
    }

    async fn carry(self, job: LeasedJob) {
        let now = self.clock.now();
        let Some(letter) = (self.open)(&job.value) else {
            tracing::error!(job = job.id, "a letter in the queue cannot be opened and is dropped");
            self.letters.unreadable.increment(1);
            return self.finish(job.id).await;
        };
        let ends = letter.ends.min(job.ends);
        if ends <= now {
            tracing::warn!(to = ?letter.to, "a letter's time is over; it is dropped unsent");
            self.letters.expired.increment(1);
            return self.finish(job.id).await;
        }
        match self.carrier.deliver(&letter, now).await {
            Ok(()) => {
                self.health.succeeded(self.clock.now());
                self.letters.delivered.increment(1);
                tracing::info!(to = ?letter.to, tries = job.lease, "letter delivered");
                self.finish(job.id).await;
            }
            Err(Undelivered::Permanent(why)) => {
                self.letters.refused.increment(1);
                tracing::warn!(to = ?letter.to, %why, "letter refused for good");
                self.finish(job.id).await;
            }
            Err(Undelivered::Transient(why)) => self.try_later(&job, &letter, ends, why).await,
        }
    }

    async fn try_later(&self, job: &LeasedJob, letter: &Letter, ends: Timestamp, why: String) {
        let now = self.clock.now();
        tracing::debug!(to = ?letter.to, %why, tries = job.lease, "letter not delivered yet");
        self.health.failed(now, why);
        let due = now + self.pace.retry_after(job.lease);
        if due < ends {
            self.letters.deferred.increment(1);
            self.settle(|| self.store.postpone(job.id, due)).await;
        } else {
            self.letters.expired.increment(1);
            tracing::warn!(to = ?letter.to, tries = job.lease, "a letter's time is over before its next try; dropped");
            self.finish(job.id).await;
        }
    }

    async fn finish(&self, job: u64) {
        self.settle(|| self.store.finish(job)).await;
    }

    /// What became of a letter must reach the store while the lease is ours, or it goes again.
    async fn settle<F: Future<Output = Result<(), StoreFault>>>(&self, say: impl Fn() -> F) {
        let until_told = async {
            while say().await.is_err() {
                sleep(self.pace.poll).await;
            }
        };
        if timeout(self.pace.lease / 2, until_told).await.is_err() {
            tracing::warn!("the store was away too long: a letter may arrive twice");
        }
    }

    async fn probe(self) {
        match self.carrier.reach().await {
            Ok(()) => self.health.succeeded(self.clock.now()),
            Err(Undelivered::Transient(why) | Undelivered::Permanent(why)) => {
                self.health.failed(self.clock.now(), why);
            }
        }
    }
}
