//! Who is let in to the routes for operators.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use postern_app::portal::operator::{Admin, Admission, Login};
use postern_app::portal::{Outside, Portal, Settings};
use postern_core::model::{Network, Refusal, Secret};
use postern_core::port::{BlockingPool, Clock as _, Work, WorkError, WorkOrder, WorkSlot};
use postern_core::seal::PasswordHash;
use postern_core::testing::{MemoryStore, SeededEntropy, StoppedClock};

use crate::app::refusal;

const PASSWORD: &str = "correct horse battery";
const HERE: &str = "192.0.2.7";
const ELSEWHERE: &str = "198.51.100.7";

/// Counts what it does.
#[derive(Default)]
struct Counting(Arc<AtomicU32>);

impl BlockingPool for Counting {
    fn reserve(&self, _: WorkOrder) -> Result<Box<dyn WorkSlot>, WorkError> {
        Ok(Box::new(Self(Arc::clone(&self.0))))
    }
}

#[async_trait]
impl WorkSlot for Counting {
    async fn run(self: Box<Self>, work: Work) {
        self.0.fetch_add(1, Ordering::Relaxed);
        work();
    }
}

struct Gate {
    admission: Admission,
    store: Arc<MemoryStore>,
    clock: Arc<StoppedClock>,
    heavy: Arc<Counting>,
}

impl Gate {
    async fn open() -> Self {
        let (store, clock, heavy) = (Arc::<MemoryStore>::default(), Arc::<StoppedClock>::default(), Arc::default());
        let outside = Outside {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            heavy: Arc::<Counting>::clone(&heavy),
            letter_waits: Arc::new(|| {}),
        };
        let portal = Portal::open(outside, &[Secret::new([1; 32])], Settings::default()).await.expect("it opens");
        let hash = PasswordHash::make(PASSWORD.as_bytes(), [7; 16]).expect("a hash");
        let admin = Admin { user: "root".to_owned(), password: PasswordHash::parse(&hash).expect("a hash") };
        Self { admission: Admission::new(Arc::new(portal), admin), store, clock, heavy }
    }

    async fn tries(&self, from: &str, user: &str, password: &str) -> Result<bool, Refusal> {
        let network = Network::from(from.parse::<IpAddr>().expect("an address"));
        let login = Login { user: user.to_owned().into(), password: password.to_owned().into() };
        match self.admission.admits(network, login).await {
            Ok(admitted) => Ok(admitted),
            no => Err(refusal(no)),
        }
    }

    async fn is_right(&self, from: &str) -> Result<bool, Refusal> {
        self.tries(from, "root", PASSWORD).await
    }

    async fn is_wrong(&self, from: &str) -> Result<bool, Refusal> {
        self.tries(from, "root", "correct horse batterie").await
    }

    fn stretched(&self) -> u32 {
        self.heavy.0.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn name_and_password_let_in_together_and_every_wrong_pair_costs_the_same() {
    let gate = Gate::open().await;
    for (user, password) in [("root", ""), ("ROOT", PASSWORD), ("", PASSWORD), ("nobody", "nothing"), ("root", "root")]
    {
        let before = gate.stretched();
        // Each from a network of its own, so that none waits.
        let from = format!("192.0.2.{}", before + 1);
        assert_eq!(gate.tries(&from, user, password).await, Ok(false), "{user} {password}");
        assert_eq!(gate.stretched(), before + 1, "{user} {password}");
    }
    assert_eq!(gate.is_right(HERE).await, Ok(true));
}

#[tokio::test]
async fn after_five_wrong_ones_a_network_waits_and_the_right_password_with_it() {
    let gate = Gate::open().await;
    for _ in 0..5 {
        assert_eq!(gate.is_wrong(HERE).await, Ok(false));
    }
    let until = gate.clock.now() + Duration::from_secs(30);
    let stretched = gate.stretched();
    assert_eq!(gate.is_right(HERE).await, Err(Refusal::Throttled { until }));
    assert_eq!(gate.is_wrong(HERE).await, Err(Refusal::Throttled { until }));
    assert_eq!(gate.stretched(), stretched, "what waits is not looked at");
    assert_eq!(gate.is_right(ELSEWHERE).await, Ok(true), "nobody else waits");
    assert_eq!(gate.is_right(HERE).await, Err(Refusal::Throttled { until }), "nor is it known here for that");

    gate.clock.advance(Duration::from_secs(30));
    assert_eq!(gate.is_wrong(HERE).await, Ok(false));
    let until = gate.clock.now() + Duration::from_mins(1);
    assert_eq!(gate.is_wrong(HERE).await, Err(Refusal::Throttled { until }), "twice as long");
    gate.clock.advance(Duration::from_mins(1));
    assert_eq!(gate.is_right(HERE).await, Ok(true));
    for _ in 0..5 {
        assert_eq!(gate.is_wrong(HERE).await, Ok(false), "a right one forgives");
    }
}

#[tokio::test]
async fn it_never_shuts_for_good() {
    let gate = Gate::open().await;
    for _ in 0..60 {
        gate.clock.advance(Duration::from_mins(15));
        assert_eq!(gate.is_wrong(HERE).await, Ok(false));
    }
    gate.clock.advance(Duration::from_mins(15));
    assert_eq!(gate.is_right(HERE).await, Ok(true));
}

#[tokio::test]
async fn whoever_was_right_is_known_for_a_minute_without_stretching_and_nobody_else_is() {
    let gate = Gate::open().await;
    assert_eq!(gate.is_right(HERE).await, Ok(true));
    for _ in 0..20 {
        assert_eq!(gate.is_right(ELSEWHERE).await, Ok(true), "a right one is no failure");
    }
    assert_eq!(gate.stretched(), 1);
    assert_eq!(gate.is_wrong(HERE).await, Ok(false));
    assert_eq!(gate.tries(HERE, "rootcorrect", " horse battery").await, Ok(false));
    assert_eq!(gate.stretched(), 3);
    gate.clock.advance(Duration::from_mins(1));
    assert_eq!(gate.is_right(HERE).await, Ok(true));
    assert_eq!(gate.stretched(), 4, "and then stretched again");
}

#[tokio::test]
async fn while_the_store_is_away_the_right_password_lets_in_and_all_wrong_ones_have_one_count() {
    let gate = Gate::open().await;
    gate.store.set_down(true);
    assert_eq!(gate.is_right(HERE).await, Ok(true));
    for n in 1..=5 {
        assert_eq!(gate.is_wrong(&format!("192.0.2.{n}")).await, Ok(false));
    }
    let until = gate.clock.now() + Duration::from_secs(30);
    assert_eq!(gate.is_wrong(ELSEWHERE).await, Err(Refusal::Throttled { until }));
    gate.clock.advance(Duration::from_secs(30));
    assert_eq!(gate.is_right(HERE).await, Ok(true));
}

#[tokio::test]
async fn wrong_passwords_of_one_site_are_counted_together() {
    let gate = Gate::open().await;
    let network = |number: u32| format!("2001:db8:7:{number:x}::1");
    for number in 0..200 {
        assert_eq!(gate.is_wrong(&network(number)).await, Ok(false), "{number}");
    }
    let until = gate.clock.now() + Duration::from_mins(10);
    let stretched = gate.stretched();
    assert_eq!(gate.is_wrong(&network(200)).await, Err(Refusal::Throttled { until }));
    assert_eq!(gate.stretched(), stretched, "what waits is not looked at");
    assert_eq!(gate.is_right("2001:db8:8::1").await, Ok(true), "no other site waits");
}
