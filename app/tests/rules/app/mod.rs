//! A house with a stopped clock, its letters, and visitors who walk through it.

mod answer;
mod interleaved;
mod phone;
mod together;
mod token;
mod visitor;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postern_app::portal::{OpenError, Outside, Portal, Settings};
use postern_core::model::{Letter, Secret, Timestamp};
use postern_core::port::{Clock, Lane, Store};
use postern_core::seal::MasterBytes;
use postern_core::testing::{AtOnce, MemoryStore, SeededEntropy, StoppedClock};

pub use answer::Told;
pub use interleaved::Interleaved;
pub use phone::Phone;
pub use together::{after, at_once};
pub use token::Token;
pub use visitor::{ADA, Visitor, code};

/// How browsers reach the house.
pub const ORIGIN: &str = "https://door.example.org";

/// One process over a store. Clones are the same process.
#[derive(Clone)]
pub struct TestApp {
    pub store: Arc<MemoryStore>,
    pub clock: Arc<StoppedClock>,
    pub portal: Arc<Portal>,
    settings: Settings,
    entropy: Arc<SeededEntropy>,
    letters: Arc<Mutex<Vec<Letter>>>,
    networks: Arc<AtomicU32>,
}

/// Master keys of one byte each, newest first.
pub fn masters(keys: &[u8]) -> Vec<MasterBytes> {
    keys.iter().map(|byte| Secret::new([*byte; 32])).collect()
}

impl TestApp {
    pub async fn open() -> Self {
        Self::with_skew(1).await
    }

    pub async fn with_skew(skew: u64) -> Self {
        Self::with(Settings { totp_skew: skew, ..Settings::default() }).await
    }

    /// As an operator chose, but for the origin.
    pub async fn with(settings: Settings) -> Self {
        Self::as_chosen(Arc::default(), Arc::default(), &[1], 1, settings).await.expect("a house that opens")
    }

    /// Opens over a store that others may be at work on.
    pub async fn over(
        store: Arc<MemoryStore>,
        clock: Arc<StoppedClock>,
        keys: &[u8],
        seed: u64,
        totp_skew: u64,
    ) -> Result<Self, OpenError> {
        Self::as_chosen(store, clock, keys, seed, Settings { totp_skew, ..Settings::default() }).await
    }

    /// A start over a store by an operator's settings, which may be refused.
    pub async fn with_expectations(store: Arc<MemoryStore>, settings: Settings) -> Result<Self, OpenError> {
        Self::as_chosen(store, Arc::default(), &[1], 3, settings).await
    }

    async fn as_chosen(
        store: Arc<MemoryStore>,
        clock: Arc<StoppedClock>,
        keys: &[u8],
        seed: u64,
        settings: Settings,
    ) -> Result<Self, OpenError> {
        let entropy = Arc::new(SeededEntropy::new(seed));
        let outside = Outside {
            store: Arc::new(Interleaved::new(store.clone(), seed)),
            clock: clock.clone(),
            entropy: entropy.clone(),
            heavy: Arc::new(AtOnce),
            letter_waits: Arc::new(|| {}),
        };
        let settings = Settings { origin: ORIGIN.to_owned(), ..settings };
        let portal = Arc::new(Portal::open(outside, &masters(keys), settings.clone()).await?);
        Ok(Self { store, clock, portal, settings, entropy, letters: Arc::default(), networks: Arc::default() })
    }

    /// A second process over the same store.
    pub async fn another_process(&self) -> Self {
        self.restarted(self.settings.clone()).await
    }

    /// The next process over the same store, as an operator chose anew.
    pub async fn restarted(&self, settings: Settings) -> Self {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let other = Self::as_chosen(store, clock, &[1], 2, settings).await.expect("a house that opens");
        Self { letters: self.letters.clone(), networks: self.networks.clone(), ..other }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Somebody new, from a network of their own.
    pub async fn visitor(&self) -> Visitor {
        let number = self.networks.fetch_add(1, Ordering::Relaxed);
        self.visitor_from(IpAddr::V4(Ipv4Addr::from(0xc633_6401 + number))).await
    }

    pub async fn visitor_from(&self, address: IpAddr) -> Visitor {
        let network = address.into();
        let session = self.portal.begin_visit(network).await.expect("a session");
        Visitor::new(self.clone(), session, network)
    }

    /// Somebody whose session outlasts every wait: a visitor's 60 minutes are too few for 50 wrong codes.
    pub async fn patient_visitor(&self) -> Visitor {
        let mut visitor = self.visitor().await;
        visitor.visit.session.ends_at = self.now() + Duration::from_hours(30 * 24);
        visitor
    }

    /// All letters so far, oldest first. Those still queued are delivered now.
    pub async fn letters(&self) -> Vec<Letter> {
        let (until, now) = (self.now() + Duration::from_mins(1), self.now());
        for lane in Lane::ALL {
            while let Some(job) = self.store.lease(lane, until, now).await.expect("a store") {
                let letter = self.portal.open_letter(&job).await.expect("a letter of this house");
                // As the worker does: what is late is dropped.
                self.letters.lock().expect("no panic").extend(letter.filter(|letter| letter.ends > now));
                self.store.finish(job.id).await.expect("a store");
            }
        }
        self.letters.lock().expect("no panic").clone()
    }

    pub fn random_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        postern_core::port::Entropy::fill(&*self.entropy, &mut bytes);
        bytes
    }
}
