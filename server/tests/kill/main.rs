//! `kill -9` at moments that nobody chose, under load: what was acknowledged is there afterwards, and no code opens twice.

#[path = "../support/browser.rs"]
mod browser;
#[path = "../support/described.rs"]
mod described_by;
#[path = "../support/phone.rs"]
mod phone;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/redis.rs"]
mod redis_server;
mod rotation;
#[path = "../support/service.rs"]
mod service;
#[path = "../support/smtp.rs"]
mod smtp;
mod visitor;
#[path = "../support/wait.rs"]
mod wait;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::task::JoinSet;

use browser::Browser;
use process::Process;
use redis_server::RedisServer;
use visitor::{Sums, Visitor};

const KILLS: usize = 20;
/// Visitors at once.
const LANES: usize = 6;
/// How long a load lasts, in milliseconds.
const LOAD: std::ops::Range<u64> = 5..350;

/// Postern, and where it keeps everything.
struct TestApp {
    postern: Process,
    redis: Option<RedisServer>,
    visitors: Arc<AtomicUsize>,
}

impl TestApp {
    fn open(redis: Option<RedisServer>) -> Self {
        let url = redis.as_ref().map(RedisServer::url).unwrap_or_default();
        let settings =
            [("POSTERN_TRUSTED_PROXIES", "127.0.0.1/32"), ("POSTERN_REDIS_URL", &url), ("POSTERN_LOG_FORMAT", "json")];
        Self { postern: Process::start(&settings), redis, visitors: Arc::default() }
    }

    /// Kills what keeps the data, the process in front of it, or both, and starts again what was killed.
    fn kill(&mut self, rng: &mut Rng) {
        let (postern, store) = [(true, false), (false, true), (true, true)][rng.usize(..3)];
        let store = self.redis.as_mut().filter(|_| store);
        if postern || store.is_none() {
            self.postern.kill();
        }
        let starts = postern || store.is_none();
        if let Some(redis) = store {
            redis.stop();
            redis.start_again();
        }
        if starts {
            self.postern.start_again();
        }
    }

    fn browser(&self) -> Browser {
        Browser::new(self.postern.address, &self.postern.origin())
    }

    async fn is_back(&self) {
        let mut browser = self.browser();
        wait::until("it is back", async || browser.get("/readyz").await.status == 200).await;
    }

    /// One visitor after the other, beginning with this one, until nobody answers or it is over. Answers who was here.
    fn lane(&self, first: Visitor, over: Arc<AtomicBool>) -> impl Future<Output = Vec<Visitor>> + Send + use<> {
        let (browser, numbers) = (self.browser(), Arc::clone(&self.visitors));
        async move {
            let mut here = vec![first];
            while let Some(visitor) = here.last_mut() {
                visitor.walk(&over).await;
                if !visitor.is_done() {
                    break;
                }
                here.push(Visitor::new(browser.reconnected(), numbers.fetch_add(1, Ordering::Relaxed)));
            }
            here
        }
    }

    fn newcomer(&self) -> Visitor {
        Visitor::new(self.browser(), self.visitors.fetch_add(1, Ordering::Relaxed))
    }
}

/// Answers what was acknowledged, all of which was there at the end.
async fn kill_and_look(redis: Option<RedisServer>) -> Sums {
    let seed = std::env::var("POSTERN_KILL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    // Shown when the test fails.
    println!("POSTERN_KILL_SEED={seed}");
    let (mut rng, mut sums) = (Rng::with_seed(seed), Sums::default());
    let mut app = TestApp::open(redis);
    let mut walking: Vec<Visitor> = (0..LANES).map(|_| app.newcomer()).collect();
    let mut done = Vec::new();
    for _ in 0..KILLS {
        let over = Arc::new(AtomicBool::new(false));
        let mut lanes: JoinSet<_> = walking.drain(..).map(|visitor| app.lane(visitor, Arc::clone(&over))).collect();
        // Not to wait for anything: the moment of the kill is the question.
        tokio::time::sleep(Duration::from_millis(rng.u64(LOAD))).await;
        app.kill(&mut rng);
        // A store that was away for a moment only may not have been missed.
        over.store(true, Ordering::Relaxed);
        let mut here: Vec<Visitor> = Vec::new();
        while let Some(lane) = lanes.join_next().await {
            here.extend(lane.expect("what was acknowledged is right"));
        }
        app.is_back().await;
        for mut visitor in here {
            if visitor.is_known() {
                visitor.check(&mut sums).await;
            }
            if visitor.is_done() { done.push(visitor) } else { walking.push(visitor) }
        }
        while walking.len() < LANES {
            walking.push(app.newcomer());
        }
    }
    for mut visitor in done.into_iter().chain(walking) {
        if visitor.is_known() {
            visitor.replay_everything(&mut sums).await;
        }
        visitor.add_to(&mut sums);
    }
    println!("{sums:?}");
    sums
}

/// The load was one.
fn assert_was_worth_it(sums: Sums) {
    assert!(sums.accepted > 100 && sums.confirmed > 20 && sums.replayed >= 100, "{sums:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_and_no_code_opens_twice_when_postern_is_killed_twenty_times() {
    assert_was_worth_it(kill_and_look(None).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_and_no_code_opens_twice_when_redis_and_postern_are_killed_twenty_times() {
    assert_was_worth_it(kill_and_look(Some(RedisServer::start_durable())).await);
}
