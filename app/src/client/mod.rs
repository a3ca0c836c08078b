//! Clients: services that have their own users' second factors checked here. A client's records are sealed with a key
//! that only its API secret makes, and found by a keyed hash under another: who has the store and our master key, but no
//! secret of a client, reads nothing of its users.

mod api_key;
mod caller;
mod credential;
mod keys;
mod manage;
mod rotation;
mod subject;
mod totp;
mod u2f;

use std::sync::Arc;
use std::time::Duration;

use subtle::ConstantTimeEq as _;

use crate::portal::Portal;
use postern_core::engine::{Answer, InternalError, TRIES};
use postern_core::figures;
use postern_core::model::{Client, Network, Refusal, Secret, Timestamp, Usage};
use postern_core::port::{Count, Expect, Key, Revision, SideEffects, Tally, Window};
use postern_core::rules::limits;

pub use caller::Caller;
pub use keys::{KeyPassed, RelyingUser, ResidentKey};
pub use manage::{ClientLine, OwnClient};
pub use rotation::{Pair, Rotation};
pub use totp::ClientTotp;
pub use u2f::{U2fChallenge, U2fSignChallenge};

/// How often one network may be refused; beyond that nothing is judged for it that is wrong.
const REFUSALS: Window = Window { limit: 200, span: Duration::from_mins(10) };

/// How often one key may be refused from one network.
const REFUSALS_OF_KEY: Window = Window { limit: 20, span: Duration::from_mins(10) };

/// What records of clients are called.
pub(super) const CLIENT: &str = "client";

/// The use cases of clients, over the house that keeps them.
#[derive(Clone)]
pub struct Clients {
    portal: Arc<Portal>,
    /// What a request for a key must carry, where an operator has put a gateway in front.
    gateway: Option<Arc<Secret<String>>>,
}

impl Clients {
    pub const fn new(portal: Arc<Portal>) -> Self {
        Self { portal, gateway: None }
    }

    /// Keys are asked for through a gateway, which has this secret; nobody else may ask.
    #[must_use]
    pub fn behind(self, gateway: Option<Secret<String>>) -> Self {
        Self { gateway: gateway.map(Arc::new), ..self }
    }

    pub const fn are_behind_a_gateway(&self) -> bool {
        self.gateway.is_some()
    }

    /// Whether a key may be asked for with what somebody has of the gateway's secret. Compared in constant time.
    pub fn may_ask(&self, with: &str) -> Result<(), Refusal> {
        let is_it = |gateway: &Arc<Secret<String>>| gateway.expose().as_bytes().ct_eq(with.as_bytes()).into();
        if self.gateway.as_ref().is_none_or(is_it) { Ok(()) } else { Err(Refusal::NotTheGateway) }
    }

    fn now(&self) -> Timestamp {
        self.portal.outside.clock.now()
    }

    /// Where the client of a key stands, whatever was sent as one.
    fn place(&self, key: &str) -> Key {
        Key::new(self.portal.lookup.name("api key", key), CLIENT)
    }

    async fn load(&self, place: &Key, now: Timestamp) -> Result<Option<(Client, Revision)>, InternalError> {
        self.portal.records.load(place, now).await
    }

    /// Changes a client as it stands; `change` may refuse.
    async fn change<T>(
        &self,
        place: &Key,
        mut change: impl FnMut(&mut Client) -> Result<T, Refusal>,
        now: Timestamp,
    ) -> Answer<T> {
        for _ in 0..TRIES {
            let (mut client, revision) = self.load(place, now).await?.ok_or(Refusal::NoApiKey)?;
            let done = change(&mut client)?;
            if self.write(place, &client, Expect::Revision(revision), now).await? {
                return Ok(done);
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Whether it was written; what was expected may be gone.
    async fn write(&self, place: &Key, client: &Client, expect: Expect, now: Timestamp) -> Result<bool, InternalError> {
        let written =
            self.portal.records.write(place, expect, client, expires_at(client), SideEffects::default(), now).await?;
        Ok(written.is_some())
    }

    /// Refuses whoever came with what is wrong, and counts it. A right secret is never counted and never made to wait:
    /// it has 256 random bits, so what is limited here is work and noise, not guessing; and nobody can shut a client out
    /// by calling in its name.
    async fn refuse<T>(&self, network: Network, key: &str, refusal: Refusal) -> Answer<T> {
        let (now, lookup) = (self.now(), &self.portal.lookup);
        let of_key = lookup.name("api key and network", &format!("{key} {network}"));
        // The wider one first: who makes keys up leaves no more behind than it lets through.
        let mut counted = self.portal.count_by_network(network, "client-refusals", &REFUSALS, now).await?;
        if let Count::Within(_) = counted {
            let count = Key::new(of_key, "client-refusals");
            counted = self.portal.outside.store.count(&count, &REFUSALS_OF_KEY, now).await?;
        }
        if let Count::Over(until) = counted {
            return Err(Refusal::TooManyRefusals { until }.into());
        }
        tracing::info!(target: "postern::auth", result = "refused", problem = refusal.code(), %network, "client");
        Err(refusal.into())
    }

    /// What the client at `place` did so far.
    async fn usage(&self, place: &Key, now: Timestamp) -> Result<Usage, InternalError> {
        // Earlier versions kept all of it in one record, which is counted over once.
        if let Some(earlier) = self.portal.records.take::<Usage>(&Key::new(place.slot(), "usage"), now).await? {
            for (counter, sum) in Counter::ALL.into_iter().zip([earlier.totp, earlier.keys, earlier.failures]) {
                self.count_usage(place, counter, i64::try_from(sum).unwrap_or(i64::MAX)).await?;
            }
        }
        let [totp, keys, failures] = Counter::ALL.map(|counter| self.count_usage(place, counter, 0));
        Ok(Usage { totp: totp.await?, keys: keys.await?, failures: failures.await? })
    }

    /// Adds to one of a client's counters, in one step of the store however many do so at once. Answers its sum.
    async fn count_usage(&self, client: &Key, counter: Counter, by: i64) -> Result<u64, InternalError> {
        let tally = Tally { key: counter.of(client), by, most: u64::MAX };
        Ok(self.portal.outside.store.tally(&tally).await?.unwrap_or_default())
    }

    /// As [`count_usage`](Self::count_usage), of what is done already: that stands, and is answered, whether or not it
    /// can be counted.
    async fn note_usage(&self, client: &Key, counter: Counter, by: i64) {
        figures::follow_up(counter.name(), self.count_usage(client, counter, by).await);
    }

    /// Sets all of a client's counters back to nothing.
    async fn forget_usage(&self, client: &Key, now: Timestamp) -> Result<(), InternalError> {
        self.portal.outside.store.delete(&Key::new(client.slot(), "usage"), Expect::Anything, now).await?;
        for counter in Counter::ALL {
            self.count_usage(client, counter, i64::MIN).await?;
        }
        Ok(())
    }
}

/// What is counted of a client.
#[derive(Clone, Copy)]
enum Counter {
    /// Users with a confirmed TOTP secret.
    Totp,
    /// Users with a security key.
    Keys,
    /// Answers that were refused.
    Failures,
}

impl Counter {
    const ALL: [Self; 3] = [Self::Totp, Self::Keys, Self::Failures];

    /// Where it stands in a client's slot, and in the log.
    const fn name(self) -> &'static str {
        match self {
            Self::Totp => "usage/totp",
            Self::Keys => "usage/keys",
            Self::Failures => "usage/failures",
        }
    }

    fn of(self, client: &Key) -> Key {
        Key::new(client.slot(), self.name())
    }
}

/// When the record of a client is dropped: an unactivated key after a day, a pair whose records all moved after a month.
fn expires_at(client: &Client) -> Option<Timestamp> {
    match (&client.activated, client.rotated.as_ref().and_then(|rotated| rotated.done_at)) {
        (None, _) => Some(client.asked_at + limits::API_KEY_WAITS),
        (Some(_), Some(done_at)) => Some(done_at + limits::ROTATED_SHOWN),
        (Some(_), None) => None,
    }
}
