//! Whether somebody may use the routes for operators: a name and a password, counted before they are judged.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::super::{Answer, Portal};
use postern_core::figures;
use postern_core::model::{FactorKind, Network, Refusal, Secret, Timestamp};
use postern_core::port::{Key, Window, WorkOrder, WorkPriority, WorkSlot};
use postern_core::rules::limits;
use postern_core::rules::throttle::{Attempt, ThrottleState};
use postern_core::seal::{LookupKey, PasswordHash};

/// Where wrong passwords are counted by network and site.
const WRONG: &str = "wrong/admin";

/// How it stands in logs and figures.
const KIND: FactorKind = FactorKind::new("admin");

/// So long the name and password that were right last are known again without stretching. Whoever asks every few seconds
/// costs us a stretched secret a minute.
const KNOWN: Duration = Duration::from_mins(1);

/// Wrong passwords of one site prefix of IPv6 addresses: it has 65,536 networks, each with tries of its own.
const WRONG_OF_NETWORK: Window = Window { limit: 20, span: Duration::from_mins(10) };

/// The one who may.
#[derive(Clone, Debug)]
pub struct Admin {
    pub user: String,
    pub password: PasswordHash,
}

/// What somebody says to be that one.
pub struct Login {
    pub user: Secret<String>,
    pub password: Secret<String>,
}

/// Where a try was counted.
enum Counted {
    /// As this attempt since the last right one.
    InStore(u32),
    Here,
}

/// Lets operators in.
pub struct Admission {
    portal: Arc<Portal>,
    admin: Admin,
    /// Of this process alone. What is compared is compared under it, so that time tells nothing of it.
    key: LookupKey,
    known: Mutex<Option<([u8; 32], Timestamp)>>,
    /// What everybody's tries come to while the store cannot count them by network.
    uncounted: Mutex<ThrottleState>,
}

impl Admission {
    pub fn new(portal: Arc<Portal>, admin: Admin) -> Self {
        let mut key = [0; 32];
        portal.outside.entropy.fill(&mut key);
        let (known, uncounted) = (Mutex::new(None), Mutex::new(ThrottleState::NONE));
        Self { portal, admin, key: LookupKey::new(Secret::new(key)), known, uncounted }
    }

    /// Whether name and password are right. After too many that were not, a network waits: [`Refusal::Throttled`].
    pub async fn admits(&self, network: Network, login: Login) -> Answer<bool> {
        let now = self.portal.now();
        let count = Key::new(self.portal.lookup.name("network", &network.to_string()), "tries/admin");
        let said = self.key.hash("login", &[login.user.expose().as_bytes(), login.password.expose().as_bytes()]);
        self.check_not_full(network, now).await?;
        // Before the attempt is counted: a full queue is no failure of whoever sent the password.
        let order = WorkOrder::new(WorkPriority::Verification, network);
        let slot = if self.knows(&said, now) { None } else { Some(self.portal.outside.heavy.reserve(order)?) };
        let counted = match self.count_try(&count, now).await {
            Ok(counted) => counted,
            Err(refusal) => {
                log(network, figures::of_refusal(&refusal));
                return Err(refusal.into());
            }
        };
        if let Some(slot) = slot {
            let is_right = self.is_right(login, slot).await;
            if is_right.is_err() {
                self.take_back(&counted, &count, now).await;
            }
            if !is_right? {
                self.count_wrong(network, now).await;
                log(network, "wrong");
                return Ok(false);
            }
            log(network, figures::PASSED);
            *locked(&self.known) = Some((said, now + KNOWN));
        }
        match counted {
            // If the store is away by now the count stands until the next right one.
            Counted::InStore(_) => drop(self.portal.outside.store.reset_attempts(&count).await),
            Counted::Here => *locked(&self.uncounted) = ThrottleState::NONE,
        }
        Ok(true)
    }

    /// Whether the network, or its site, gave too many wrong passwords. A store that is away refuses nobody here.
    async fn check_not_full(&self, network: Network, now: Timestamp) -> Answer<()> {
        let full = self.portal.network_full_until(network, WRONG, &WRONG_OF_NETWORK, now).await;
        match full.ok().flatten() {
            Some(until) => {
                log(network, figures::of_refusal(&Refusal::Throttled { until }));
                Err(Refusal::Throttled { until }.into())
            }
            None => Ok(()),
        }
    }

    async fn count_wrong(&self, network: Network, now: Timestamp) {
        if let Err(fault) = self.portal.count_by_network(network, WRONG, &WRONG_OF_NETWORK, now).await {
            tracing::warn!(%fault, "a wrong password was not counted by its site");
        }
    }

    /// A store that is away is what an operator may have come to see, so that keeps nobody out; but then all networks
    /// have one count, and only this process has it.
    async fn count_try(&self, count: &Key, now: Timestamp) -> Result<Counted, Refusal> {
        let stored = self.portal.outside.store.attempt(count, &limits::ADMIN, count, now).await;
        let (attempt, is_stored) =
            stored.map_or_else(|_| (self.count_here(now), false), |(attempt, _)| (attempt, true));
        match attempt {
            Attempt::Go(attempt) if is_stored => Ok(Counted::InStore(attempt)),
            Attempt::Go(_) => Ok(Counted::Here),
            Attempt::Wait(until) => Err(Refusal::Throttled { until }),
            Attempt::Blocked => Err(Refusal::Blocked),
        }
    }

    /// A fault of ours kept a try from being judged.
    async fn take_back(&self, counted: &Counted, count: &Key, now: Timestamp) {
        match counted {
            // If the store is away by now the try stays counted until the next right one.
            Counted::InStore(attempt) => drop(self.portal.outside.store.take_back(count, *attempt, now).await),
            Counted::Here => {
                let mut uncounted = locked(&self.uncounted);
                *uncounted = uncounted.without(uncounted.failures);
            }
        }
    }

    fn count_here(&self, now: Timestamp) -> Attempt {
        let mut uncounted = locked(&self.uncounted);
        let (after, attempt) = limits::ADMIN.attempt(*uncounted, now);
        *uncounted = after;
        attempt
    }

    /// By a hash under our key: how far two of them agree tells nobody anything.
    fn knows(&self, said: &[u8; 32], now: Timestamp) -> bool {
        locked(&self.known).is_some_and(|(known, until)| known == *said && now < until)
    }

    /// The password is stretched whatever the name is.
    async fn is_right(&self, login: Login, slot: Box<dyn WorkSlot>) -> Answer<bool> {
        let hash = |name: &str| self.key.hash("user", &[name.as_bytes()]);
        let same_user = hash(login.user.expose()) == hash(&self.admin.user);
        let (expected, typed) = (self.admin.password.clone(), login.password);
        let work = move || expected.is_of(typed.expose().as_bytes());
        let same_password = slot.answer(work).await?;
        Ok(same_user & same_password)
    }
}

/// Not the name that was given: people type passwords there, too.
fn log(network: Network, result: &'static str) {
    tracing::info!(target: "postern::auth", factor = %KIND, result, %network);
    figures::attempted(&KIND, result);
}

fn locked<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admission")
    }
}
