//! Heavy work: what keeps a core busy for milliseconds (Argon2id, Shamir's sharing, age files). It runs beside the threads
//! that answer requests, in a bounded queue of which every caller has a share.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::model::Network;

/// How urgent heavy work is. Ordered: what compares less is served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkPriority {
    /// Somebody waits to be let in: a recovery code, an operator's password.
    Verification,
    /// Something is made that can wait: recovery codes, shares, the codes of a quorum.
    Creation,
}

/// On whose behalf heavy work is done. Shares of the queue are counted by network and by subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkOrder {
    pub priority: WorkPriority,
    pub network: Network,
    /// The account or the quorum session, by any name that tells it from all others; `None`: only the network counts.
    pub subject: Option<String>,
}

impl WorkOrder {
    pub const fn new(priority: WorkPriority, network: Network) -> Self {
        Self { priority, network, subject: None }
    }

    #[must_use]
    pub fn of(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }
}

/// Why heavy work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// The caller's network, account or quorum session has as much work in the queue as its share allows.
    #[error("the caller's share of the work queue is used up")]
    ShareExceeded,
    /// The queue has no room for anybody.
    #[error("the work queue is full")]
    QueueFull,
    /// The work panicked, or the process is stopping.
    #[error("heavy work was cancelled")]
    Cancelled,
}

impl WorkError {
    /// Seconds after which a refused caller may try again; the whole queue takes about as long.
    pub const RETRY_AFTER: u64 = 5;
}

pub type Work = Box<dyn FnOnce() + Send>;

/// Runs heavy work.
pub trait BlockingPool: Send + Sync + 'static {
    /// Takes a place in the queue at once, or refuses. A caller that counts an attempt reserves its place first, so that a
    /// full queue costs nobody an attempt.
    fn reserve(&self, order: WorkOrder) -> Result<Box<dyn WorkSlot>, WorkError>;
}

/// A place in the queue. Dropping it gives the place back.
#[async_trait]
pub trait WorkSlot: Send {
    /// Ends when the work has. The work may never have been done: if it panicked, or if the process is stopping.
    async fn run(self: Box<Self>, work: Work);
}

impl dyn BlockingPool {
    /// Reserves a place, runs the work there and returns its result.
    pub async fn answer<T: Send + 'static>(
        &self,
        order: WorkOrder,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        self.reserve(order)?.answer(work).await
    }
}

impl dyn WorkSlot {
    /// Runs the work and returns its result.
    pub async fn answer<T: Send + 'static>(
        self: Box<Self>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let answer = Arc::new(Mutex::new(None));
        let here = Arc::clone(&answer);
        let put = move || *here.lock().unwrap_or_else(PoisonError::into_inner) = Some(work());
        self.run(Box::new(put)).await;
        answer.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(WorkError::Cancelled)
    }
}
