//! Which letter goes first, and how long one in hand is held.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use postern::mail::{Carrier, Pace};
use postern_core::model::Letter;
use postern_core::port::{Clock, Lane, Mailer, Store, Undelivered};
use postern_core::testing::{MemoryStore, StoppedClock};
use tokio::sync::Semaphore;

use crate::letter;
use crate::queue::{PACE, Worker, enqueue, enqueue_in, is_empty, look_again};
use crate::wait::until;

/// Takes a letter in hand, and keeps it there until it is let go.
#[derive(Clone)]
struct Gate {
    /// The subject and the id of every letter that was taken in hand, in order.
    taken: Arc<Mutex<Vec<(String, String)>>>,
    /// One permit lets one letter go.
    go: Arc<Semaphore>,
}

impl Gate {
    fn shut() -> Self {
        Self { taken: Arc::default(), go: Arc::new(Semaphore::new(0)) }
    }

    fn subjects(&self) -> Vec<String> {
        self.taken.lock().expect("no panic").iter().map(|(subject, _)| subject.clone()).collect()
    }

    async fn until_taken(&self, letters: usize) {
        until("so many letters are in hand", async || self.subjects().len() >= letters).await;
    }
}

#[async_trait]
impl Mailer for Gate {
    async fn deliver(&self, letter: &Letter, id: &str) -> Result<(), Undelivered> {
        self.taken.lock().expect("no panic").push((letter.subject.expose().clone(), id.to_owned()));
        self.go.acquire().await.expect("never closed").forget();
        Ok(())
    }
}

#[async_trait]
impl Carrier for Gate {
    async fn reach(&self) -> Result<(), Undelivered> {
        Ok(())
    }
}

fn about(subject: &str, clock: &StoppedClock) -> Letter {
    Letter { subject: subject.to_owned().into(), ..letter(clock) }
}

#[tokio::test]
async fn code_goes_before_all_news_that_are_not_in_hand_yet() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    for _ in 0..4_800 {
        enqueue_in(&*store, Lane::Bulk, &about("news", &clock), &clock).await;
    }
    let gate = Gate::shut();
    let worker = Worker::start(&store, gate.clone(), &clock);
    gate.until_taken(2).await;
    look_again(&store).await;
    assert_eq!(gate.subjects(), ["news", "news"], "news never take every place");
    // Nothing was delivered yet, and the codes are in hand.
    for _ in 0..2 {
        enqueue(&*store, &about("code", &clock), &clock).await;
    }
    worker.poke.notify_one();
    gate.until_taken(4).await;
    assert_eq!(gate.subjects(), ["news", "news", "code", "code"]);
    // Every place that becomes free goes to a code, as long as one waits.
    for _ in 0..4 {
        enqueue(&*store, &about("code", &clock), &clock).await;
    }
    gate.go.add_permits(4);
    gate.until_taken(8).await;
    assert_eq!(gate.subjects()[4..], ["code"; 4]);
    gate.go.add_permits(4);
    gate.until_taken(10).await;
    assert_eq!(gate.subjects()[8..], ["news"; 2]);
    worker.stop().await;
}

#[tokio::test]
async fn letter_in_hand_stays_leased_and_is_tried_again_ten_seconds_after_a_crash() {
    assert_eq!(Pace::default().lease, Duration::from_secs(10));
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let gate = Gate::shut();
    let worker = Worker::start(&store, gate.clone(), &clock);
    enqueue(&*store, &letter(&clock), &clock).await;
    gate.until_taken(1).await;
    let is_due = async || store.lease(Lane::Urgent, clock.now(), clock.now()).await.expect("it is up").is_some();
    for _ in 0..6 {
        clock.advance(PACE.lease.saturating_sub(Duration::from_secs(1)));
        look_again(&store).await;
        look_again(&store).await;
        assert!(!is_due().await, "it is renewed for as long as it is in hand");
    }
    worker.running.abort();
    let _ = worker.running.await;
    clock.advance(PACE.lease.saturating_sub(Duration::from_millis(1)));
    assert!(!is_due().await);
    clock.advance(Duration::from_millis(1));
    let other = Worker::start(&store, gate.clone(), &clock);
    gate.until_taken(2).await;
    let taken = gate.taken.lock().expect("no panic").clone();
    assert_eq!(taken[0], taken[1], "a letter sent again keeps its id");
    gate.go.add_permits(1);
    other.stop().await;
    assert!(is_empty(&*store, &clock).await);
}
