//! The machine's clock, randomness and spare threads.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use postern_app::model::Timestamp;
use postern_app::port::{Clock, Entropy, HeavyWork};
use tokio::sync::Semaphore;

/// The clock that everybody else is to ask for the time.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the adapter")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Nothing that we do without randomness is safe.
            tracing::error!(%error, "the operating system gives no randomness");
            std::process::abort();
        }
    }
}

/// Threads beside those that answer requests. No more at once than there are cores: each works with 19 MiB, and more
/// would only make all of them slower.
#[derive(Clone, Debug)]
pub struct Workers(Arc<Semaphore>);

impl Workers {
    pub fn new(at_once: NonZero<usize>) -> Self {
        Self(Arc::new(Semaphore::new(at_once.get())))
    }
}

impl Default for Workers {
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN))
    }
}

#[async_trait]
impl HeavyWork for Workers {
    async fn run(&self, work: Box<dyn FnOnce() + Send>) {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&self.0).acquire_owned().await else { return };
        // The permit goes along: whoever hangs up must not make room while his work goes on.
        let done = tokio::task::spawn_blocking(move || {
            work();
            drop(permit);
        });
        if let Err(error) = done.await {
            tracing::error!(%error, "heavy work broke off");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures::poll;

    use super::*;

    fn one_at_once() -> Arc<dyn HeavyWork> {
        Arc::new(Workers::new(NonZero::<usize>::MIN))
    }

    #[tokio::test]
    async fn work_runs_beside_the_thread_that_answers_and_no_more_at_once_than_there_is_room_for() {
        let workers = one_at_once();
        let (release, released) = mpsc::channel();
        let mut first = std::pin::pin!(workers.answer(move || released.recv().is_ok()));
        let mut second = std::pin::pin!(workers.answer(|| 2));
        // This thread goes on although the first waits for what only this thread will do.
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());
        release.send(()).expect("it waits");
        assert!(first.await.expect("an answer"));
        assert_eq!(second.await.expect("an answer"), 2);
    }

    #[tokio::test]
    async fn whoever_hangs_up_does_not_make_room_while_his_work_goes_on() {
        let workers = Workers::new(NonZero::<usize>::MIN);
        let (release, released) = mpsc::channel::<()>();
        {
            let mut hung_up = workers.run(Box::new(move || assert!(released.recv().is_err())));
            assert!(poll!(&mut hung_up).is_pending());
        }
        assert_eq!(workers.0.available_permits(), 0);
        drop(release);
        workers.run(Box::new(|| ())).await;
    }

    #[tokio::test]
    async fn work_that_panics_is_given_up_and_makes_room() {
        let workers = one_at_once();
        let broken: Result<(), _> = workers.answer(|| panic!("on purpose")).await;
        assert!(broken.is_err());
        assert_eq!(workers.answer(|| 7).await.expect("an answer"), 7);
    }
}
