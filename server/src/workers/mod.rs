//! Worker threads for heavy work. No more than there are cores: each keeps 19 MiB to stretch secrets in, and more would only
//! make all of them slower.

mod fair_queue;

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{fmt, io, thread};

use async_trait::async_trait;
use metrics::counter;
use postern_core::port::{BlockingPool, Work, WorkError, WorkOrder, WorkSlot};
use tokio::sync::oneshot;

use crate::figures::WORK_REFUSED;

use fair_queue::{Bounds, FairQueue, Ticket};

/// The bounds of a queue for so many workers. A core verifies some 20 secrets a second, and makes two sets of recovery codes:
/// whoever comes last waits 16 seconds. No network fills the half that is for creation, however few workers there are.
const fn bounds(workers: usize) -> Bounds {
    let per_network = if workers == 1 { 16 } else { 32 };
    Bounds { total: 64 * workers, creation: 32 * workers, per_network, per_subject: 4 }
}

/// The threads and their queue. They end when it is dropped.
pub struct Workers(Arc<Pool>);

struct Pool {
    state: Mutex<State>,
    work_waits: Condvar,
}

struct State {
    queue: FairQueue<Job>,
    stopping: bool,
}

struct Job {
    work: Work,
    /// Dropped when the work is done, or when it never will be.
    done: oneshot::Sender<()>,
}

impl Workers {
    pub fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Self::bounded(workers, bounds(workers.get()))
    }

    /// As many as there are cores.
    pub fn of_machine() -> io::Result<Self> {
        Self::start(thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN))
    }

    fn bounded(workers: NonZero<usize>, bounds: Bounds) -> io::Result<Self> {
        let state = State { queue: FairQueue::new(bounds), stopping: false };
        let pool = Self(Arc::new(Pool { state: Mutex::new(state), work_waits: Condvar::new() }));
        for _ in 0..workers.get() {
            let pool = Arc::clone(&pool.0);
            thread::Builder::new().name("heavy-work".to_owned()).spawn(move || pool.work())?;
        }
        Ok(pool)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.lock().stopping = true;
        self.0.work_waits.notify_all();
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workers")
    }
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What each thread does until the pool stops.
    fn work(&self) {
        while let Some((order, Job { work, done })) = self.next() {
            if catch_unwind(AssertUnwindSafe(work)).is_err() {
                // Where it panicked is in the panic's own line.
                tracing::error!("heavy work panicked");
            }
            self.lock().queue.release(&order);
            drop(done);
        }
    }

    /// The next piece of work; `None` when the pool stops, and with it all work that waits.
    fn next(&self) -> Option<(WorkOrder, Job)> {
        let mut state = self.lock();
        loop {
            if state.stopping {
                while state.queue.pop().is_some() {}
                return None;
            }
            if let Some(next) = state.queue.pop() {
                return Some(next);
            }
            state = self.work_waits.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl BlockingPool for Workers {
    fn reserve(&self, order: WorkOrder) -> Result<Box<dyn WorkSlot>, WorkError> {
        let reserved = self.0.lock().queue.reserve(&order);
        if let Err(error) = reserved {
            let reason = if error == WorkError::ShareExceeded { "share" } else { "queue" };
            counter!(WORK_REFUSED, "reason" => reason).increment(1);
            return Err(error);
        }
        Ok(Box::new(Slot { pool: Arc::clone(&self.0), order: Some(order) }))
    }
}

/// A place that was reserved. Its order is taken out when it is handed over with the work.
struct Slot {
    pool: Arc<Pool>,
    order: Option<WorkOrder>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(order) = &self.order {
            self.pool.lock().queue.release(order);
        }
    }
}

#[async_trait]
impl WorkSlot for Slot {
    async fn run(mut self: Box<Self>, work: Work) {
        let Some(order) = self.order.take() else { return };
        let (done, is_done) = oneshot::channel();
        let ticket = {
            let mut state = self.pool.lock();
            if state.stopping {
                state.queue.release(&order);
                return;
            }
            state.queue.push(order, Job { work, done })
        };
        self.pool.work_waits.notify_one();
        // A caller that goes away takes its work with it, unless that has begun.
        let _cancelled = CancelOnDrop { pool: &self.pool, ticket };
        // An error means that the sender was dropped, which is how the end is told.
        let _ = is_done.await;
    }
}

struct CancelOnDrop<'p> {
    pool: &'p Pool,
    ticket: Ticket,
}

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        drop(self.pool.lock().queue.cancel(self.ticket));
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::mpsc;

    use futures::poll;
    use postern_core::model::Network;
    use postern_core::port::WorkPriority;

    use super::*;

    const TIGHT: Bounds = Bounds { total: 3, creation: 3, per_network: 2, per_subject: 2 };

    fn one_worker() -> Arc<dyn BlockingPool> {
        Arc::new(Workers::bounded(NonZero::<usize>::MIN, TIGHT).expect("threads"))
    }

    fn order(network: u8) -> WorkOrder {
        WorkOrder::new(WorkPriority::Creation, Network::from(IpAddr::from([192, 0, 2, network])))
    }

    #[test]
    fn forty_renewals_fit_on_two_cores_and_no_network_takes_all_room_for_creation() {
        let mut queue = FairQueue::<()>::new(bounds(2));
        for network in 0..40 {
            queue.reserve(&order(network)).expect("a place");
        }
        for workers in 1..=64 {
            let mut queue = FairQueue::<()>::new(bounds(workers));
            while queue.reserve(&order(1)).is_ok() {}
            assert_eq!(queue.reserve(&order(2)), Ok(()), "{workers}");
        }
    }

    #[tokio::test]
    async fn work_runs_beside_the_thread_that_answers_and_one_at_a_time_per_worker() {
        let workers = one_worker();
        let (release, released) = mpsc::channel();
        let mut first = std::pin::pin!(workers.answer(order(1), move || released.recv().is_ok()));
        let mut second = std::pin::pin!(workers.answer(order(2), || 2));
        // This thread goes on although the first waits for what only this thread will do.
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());
        release.send(()).expect("it waits");
        assert!(first.await.expect("an answer"));
        assert_eq!(second.await.expect("an answer"), 2);
    }

    #[tokio::test]
    async fn share_and_queue_overflow_are_refused_at_once_and_work_done_makes_room() {
        let workers = one_worker();
        let (release, released) = mpsc::channel();
        let mut running = std::pin::pin!(workers.answer(order(1), move || released.recv().is_ok()));
        assert!(poll!(&mut running).is_pending());
        let mut waiting = std::pin::pin!(workers.answer(order(1), || ()));
        assert!(poll!(&mut waiting).is_pending());
        assert_eq!(workers.answer(order(1), || ()).await, Err(WorkError::ShareExceeded));
        let reserved = workers.reserve(order(2)).expect("the last place");
        assert_eq!(workers.answer(order(3), || ()).await, Err(WorkError::QueueFull));
        drop(reserved);
        release.send(()).expect("it waits");
        assert_eq!((running.await, waiting.await), (Ok(true), Ok(())));
        assert_eq!(workers.answer(order(1), || 1).await, Ok(1));
    }

    #[tokio::test]
    async fn work_of_a_caller_that_went_away_is_not_done_unless_it_had_begun() {
        let workers = one_worker();
        let (began, has_begun) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let (told, log) = mpsc::channel();
        {
            let (first, second) = (told.clone(), told.clone());
            let mut running = std::pin::pin!(workers.answer(order(1), move || {
                began.send(()).expect("somebody listens");
                let _ = released.recv();
                first.send("running").expect("somebody listens");
            }));
            assert!(poll!(&mut running).is_pending());
            let mut waiting = std::pin::pin!(workers.answer(order(1), move || second.send("waiting")));
            assert!(poll!(&mut waiting).is_pending());
            has_begun.recv().expect("it begins");
        }
        // The one that waited made room; the one that runs did not.
        drop(workers.reserve(order(1)).expect("room for one"));
        let _one = workers.reserve(order(1)).expect("room for one");
        assert_eq!(workers.reserve(order(1)).err(), Some(WorkError::ShareExceeded));
        drop(release);
        workers.answer(order(2), move || told.send("last")).await.expect("an answer").expect("somebody listens");
        assert_eq!(log.iter().collect::<Vec<_>>(), ["running", "last"]);
    }

    #[tokio::test]
    async fn work_that_panics_is_cancelled_and_makes_room() {
        let workers = one_worker();
        for _ in 0..3 {
            let broken: Result<(), _> = workers.answer(order(1), || panic!("on purpose")).await;
            assert_eq!(broken, Err(WorkError::Cancelled));
        }
        assert_eq!(workers.answer(order(1), || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn stopped_pool_cancels_work_that_waits() {
        let workers = one_worker();
        let slot = workers.reserve(order(1)).expect("a place");
        drop(workers);
        assert_eq!(slot.answer(|| 1).await, Err(WorkError::Cancelled));
    }
}
