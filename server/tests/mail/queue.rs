//! The worker behind the letter queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use metrics::Counter;
use postern::figures::Letters;
use postern::mail::{Carrier, LetterSource, MailHealth, NoLetter, Pace, Queue};
use postern::store::EmbeddedStore;
use postern_core::model::Letter;
use postern_core::port::{Clock, Lane, LeasedJob, NewJob, Store};
use postern_core::testing::{MemoryStore, StoppedClock};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::smtp::{Mood, SmtpServer};
use crate::wait::{until, within};
use crate::{assert_arrived, carrier, letter};

/// A worker at a test's pace. Its clock stands; retries are due when the test says so.
pub struct Worker {
    pub poke: Arc<Notify>,
    pub health: Arc<MailHealth>,
    stop: oneshot::Sender<()>,
    pub running: JoinHandle<()>,
}

/// Letters as JSON, which is enough where nobody looks into the store.
pub struct PlainLetters;

#[async_trait]
impl LetterSource for PlainLetters {
    async fn open(&self, job: &LeasedJob) -> Result<Option<Letter>, NoLetter> {
        serde_json::from_slice(&job.value).map(Some).map_err(|error| NoLetter::Unreadable(error.to_string()))
    }

    async fn sent(&self, _job: &LeasedJob) {}
}

pub const PACE: Pace = Pace {
    poll: Duration::from_millis(20),
    first_retry: Duration::from_secs(1),
    longest_retry: Duration::from_secs(15),
    longest_retry_in_bulk: Duration::from_mins(10),
    lease: Duration::from_secs(10),
    renew: Duration::from_millis(20),
    at_once: 4,
    bulk_at_once: 2,
    settle: Duration::from_secs(30),
    grace: Duration::from_secs(1),
    probe: Duration::from_millis(100),
};

impl Worker {
    pub fn start<S: Store>(store: &Arc<S>, carrier: impl Carrier, clock: &Arc<StoppedClock>) -> Self {
        Self::counting(store, carrier, clock, Letters::default())
    }

    pub fn counting<S: Store>(
        store: &Arc<S>,
        carrier: impl Carrier,
        clock: &Arc<StoppedClock>,
        letters: Letters,
    ) -> Self {
        let queue = Queue::new(store.clone(), Arc::new(carrier), clock.clone(), PlainLetters).paced(PACE);
        let poke = Arc::new(Notify::new());
        let queue = queue.woken_by(Arc::clone(&poke)).counted_by(letters);
        let health = queue.health();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(queue.run(async move { drop(stopped.await) }));
        Self { poke, health, stop, running }
    }

    pub async fn stop(self) {
        self.stop.send(()).expect("it runs");
        within("a worker that is told to stop", self.running).await.expect("no panic");
    }
}

pub async fn enqueue(store: &dyn Store, letter: &Letter, clock: &StoppedClock) {
    enqueue_in(store, Lane::Urgent, letter, clock).await;
}

pub async fn enqueue_in(store: &dyn Store, lane: Lane, letter: &Letter, clock: &StoppedClock) {
    let value = serde_json::to_vec(letter).expect("plain data");
    let job = NewJob { lane, value, due: clock.now(), ends: letter.ends };
    store.enqueue(job, clock.now()).await.expect("it is up");
}

/// Nothing is due, not even after every lease and pause.
pub async fn is_empty(store: &dyn Store, clock: &StoppedClock) -> bool {
    let later = clock.now() + Duration::from_secs(90);
    for lane in Lane::ALL {
        if store.lease(lane, later, later).await.expect("it is up").is_some() {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn a_letter_goes_at_once_and_once_with_two_workers_on_one_queue() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let server = SmtpServer::start().await;
    let workers = [(); 2].map(|()| Worker::start(&store, carrier(&server), &clock));
    for _ in 0..20 {
        enqueue(&*store, &letter(&clock), &clock).await;
        workers[0].poke.notify_one();
    }
    server.wait_for(20).await;
    for worker in workers {
        assert!(worker.health.is_up() && worker.health.state().last_success == Some(clock.now()));
        worker.stop().await;
    }
    assert_eq!(server.received().len(), 20);
    assert!(is_empty(&*store, &clock).await);
}

#[tokio::test]
async fn a_letter_waits_for_a_mail_server_that_is_away_and_arrives_when_it_is_back() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let mut server = SmtpServer::start().await;
    server.stop().await;
    let worker = Worker::start(&store, carrier(&server), &clock);
    enqueue(&*store, &letter(&clock), &clock).await;
    until("mail is known to be down", async || !worker.health.is_up()).await;
    assert!(worker.health.state().last_failure.is_some());

    // Restarted in between: the queue is the store's, not the worker's.
    worker.stop().await;
    server.start_again().await;
    let worker = Worker::start(&store, carrier(&server), &clock);
    assert_eq!(server.visits(), 0, "not before its pause is over");
    clock.advance(Duration::from_secs(1));
    assert_arrived(&server.wait_for(1).await[0]);
    until("mail is known to be up", async || worker.health.is_up()).await;
    worker.stop().await;
    assert!(is_empty(&*store, &clock).await);
}

/// Waits until the worker has asked the store for letters after this moment.
pub async fn look_again(store: &MemoryStore) {
    let before = store.calls();
    until("the worker looks again", async || store.calls() > before + 4).await;
}

#[tokio::test]
async fn pauses_double_up_to_the_longest_and_a_letter_dies_with_its_end() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let server = SmtpServer::start().await;
    server.set_mood(Mood::RefusesSender(451, "4.3.0 in trouble"));
    let worker = Worker::start(&store, carrier(&server), &clock);
    let letter = letter(&clock);
    enqueue(&*store, &letter, &clock).await;
    let tried_now = || worker.health.state().last_failure.is_some_and(|(at, _)| at == clock.now());
    for pause in [1, 2, 4, 8, 15, 15].into_iter().chain([15; 16]).map(Duration::from_secs) {
        until("it is tried when its pause is over", async || tried_now()).await;
        clock.set(clock.now() + pause - Duration::from_millis(1));
        look_again(&store).await;
        assert!(!tried_now(), "not before, after {pause:?}");
        clock.advance(Duration::from_millis(1));
    }
    until("the last try", async || tried_now()).await;
    assert_eq!(clock.now() + Duration::from_secs(15), letter.ends);
    worker.stop().await;
    assert!(is_empty(&*store, &clock).await, "with no try left in its life it is gone");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_letter_whose_time_was_over_while_nobody_worked_is_dropped_unsent() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let server = SmtpServer::start().await;
    let old = letter(&clock);
    // The job outlives its letter here, so that it is the worker who decides.
    let value = serde_json::to_vec(&old).expect("plain data");
    let ends = old.ends + Duration::from_hours(1);
    let job = NewJob { lane: Lane::Urgent, value, due: clock.now(), ends };
    store.enqueue(job, clock.now()).await.expect("it is up");
    clock.set(old.ends);
    let expired = Arc::new(AtomicU64::new(0));
    let letters = Letters { expired: Counter::from_arc(Arc::clone(&expired)), ..Letters::default() };
    let worker = Worker::counting(&store, carrier(&server), &clock, letters);
    look_again(&store).await;
    worker.stop().await;
    assert!(is_empty(&*store, &clock).await);
    assert_eq!((server.visits(), server.received().len()), (0, 0));
    assert_eq!(expired.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_is_refused_for_good_or_cannot_be_opened_is_given_up_at_once() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let server = SmtpServer::start().await;
    server.set_mood(Mood::Answers(550));
    let job = NewJob { lane: Lane::Urgent, value: b"not ours".to_vec(), due: clock.now(), ends: letter(&clock).ends };
    store.enqueue(job, clock.now()).await.expect("it is up");
    enqueue(&*store, &letter(&clock), &clock).await;
    let worker = Worker::start(&store, carrier(&server), &clock);
    server.wait_for_visits(1).await;
    look_again(&store).await;
    assert!(worker.health.is_up(), "a refusal is an answer");
    worker.stop().await;
    assert!(is_empty(&*store, &clock).await);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_stopping_worker_finishes_what_it_has_in_hand_but_does_not_wait_for_ever() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let server = SmtpServer::start().await;
    server.set_mood(Mood::Silent);
    enqueue(&*store, &letter(&clock), &clock).await;
    let worker = Worker::start(&store, carrier(&server), &clock);
    server.wait_for_visits(1).await;
    within("a worker with a letter in hand", worker.stop()).await;

    // The lease runs out, and another worker sends what the first could not.
    server.set_mood(Mood::Takes);
    let worker = Worker::start(&store, carrier(&server), &clock);
    look_again(&store).await;
    assert!(server.received().is_empty(), "leased");
    clock.advance(PACE.lease);
    assert_arrived(&server.wait_for(1).await[0]);
    worker.stop().await;
}

#[tokio::test]
async fn a_letter_outlives_a_store_that_is_away_for_a_while() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let server = SmtpServer::start().await;
    enqueue(&*store, &letter(&clock), &clock).await;
    store.set_down(true);
    let worker = Worker::start(&store, carrier(&server), &clock);
    look_again(&store).await;
    assert_eq!(server.visits(), 0);
    store.set_down(false);
    server.wait_for(1).await;
    worker.stop().await;
    assert!(is_empty(&*store, &clock).await);
}

#[tokio::test]
async fn mail_that_was_away_is_known_to_be_back_without_a_letter() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let mut server = SmtpServer::start().await;
    server.stop().await;
    let worker = Worker::start(&store, carrier(&server), &clock);
    enqueue(&*store, &letter(&clock), &clock).await;
    until("mail is known to be down", async || !worker.health.is_up()).await;
    clock.set(letter(&clock).ends);
    server.start_again().await;
    until("mail is known to be up", async || worker.health.is_up()).await;
    worker.stop().await;
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_letter_in_the_embedded_store_outlives_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(StoppedClock::default());
    let mut server = SmtpServer::start().await;
    server.stop().await;
    let store = Arc::new(EmbeddedStore::open(folder.path()).expect("a new store"));
    enqueue(&*store, &letter(&clock), &clock).await;
    let worker = Worker::start(&store, carrier(&server), &clock);
    until("mail is known to be down", async || !worker.health.is_up()).await;
    worker.stop().await;
    drop(store);

    server.start_again().await;
    clock.advance(PACE.lease);
    let store = Arc::new(EmbeddedStore::open(folder.path()).expect("the same store"));
    let worker = Worker::start(&store, carrier(&server), &clock);
    assert_arrived(&server.wait_for(1).await[0]);
    worker.stop().await;
    assert!(is_empty(&*store, &clock).await);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn refused_sender_turns_health_until_a_letter_goes_and_loses_none() {
    for mood in [
        Mood::RefusesSender(550, "5.7.60 Client does not have permissions to send as this sender"),
        Mood::RefusesContent(554, "Message rejected: Email address is not verified."),
    ] {
        let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
        let server = SmtpServer::start().await;
        server.set_mood(mood);
        let worker = Worker::start(&store, carrier(&server), &clock);
        enqueue(&*store, &letter(&clock), &clock).await;
        until("mail is known to be down", async || !worker.health.is_up()).await;
        let visits = server.visits();
        // No probe may say that mail goes out: there are enough looks for several.
        for _ in 0..10 {
            look_again(&store).await;
        }
        assert_eq!((worker.health.is_up(), server.visits()), (false, visits), "{mood:?}");
        server.set_mood(Mood::Takes);
        clock.advance(PACE.first_retry);
        assert_arrived(&server.wait_for(1).await[0]);
        until("mail is known to be up", async || worker.health.is_up()).await;
        worker.stop().await;
        assert!(is_empty(&*store, &clock).await);
    }
}

#[tokio::test]
async fn reader_whose_server_says_450_is_tried_again_and_turns_no_health() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let server = SmtpServer::start().await;
    server.set_mood(Mood::Answers(450));
    let worker = Worker::start(&store, carrier(&server), &clock);
    enqueue(&*store, &letter(&clock), &clock).await;
    server.wait_for_visits(1).await;
    look_again(&store).await;
    assert!(worker.health.is_up() && worker.health.state().last_failure.is_none());
    server.set_mood(Mood::Takes);
    clock.advance(PACE.first_retry);
    assert_arrived(&server.wait_for(1).await[0]);
    worker.stop().await;
}
