//! How often one network may ask for what costs work or room, and how often anybody may come with a private key. Right ones
//! are counted apart from wrong ones, so that nobody else can shut out the one who asked.

use std::time::Duration;

use super::{Answer, Quorum, Refusal};
use postern_core::model::{Network, QuorumId};
use postern_core::port::{Count, Key, Window};

/// What is limited by network.
pub(super) struct Limit {
    /// Of its count in the store.
    name: &'static str,
    window: Window,
}

pub(super) const DEALS: Limit =
    Limit { name: "quorum-deals", window: Window { limit: 60, span: Duration::from_mins(10) } };

pub(super) const SESSIONS: Limit =
    Limit { name: "quorum-sessions", window: Window { limit: 60, span: Duration::from_hours(1) } };

pub(super) const JOINS: Limit =
    Limit { name: "quorum-joins", window: Window { limit: 120, span: Duration::from_mins(10) } };

/// Of one network, in one session.
pub(super) const JOINS_OF_SESSION: Limit =
    Limit { name: "quorum-session-joins", window: Window { limit: 60, span: Duration::from_mins(10) } };

/// Codes made for right private keys.
pub(super) const CODES: Limit =
    Limit { name: "quorum-codes", window: Window { limit: 300, span: Duration::from_mins(10) } };

/// The same, in one session: one every five seconds, where a code lives 15 or more.
pub(super) const CODES_OF_SESSION: Limit =
    Limit { name: "quorum-session-codes", window: Window { limit: 120, span: Duration::from_mins(10) } };

/// Wrong private keys of one network.
const WRONG: Window = Window { limit: 120, span: Duration::from_mins(10) };

/// The same, for one session.
const WRONG_OF_SESSION: Window = Window { limit: 20, span: Duration::from_mins(10) };

impl Quorum {
    /// Counts, unless there were too many.
    pub(super) async fn within(&self, limit: &Limit, network: Network) -> Answer<()> {
        let count = self.portal.count_by_network(network, limit.name, &limit.window, self.now()).await?;
        unless_over(count)
    }

    /// The same for a session, or for a network in a session.
    pub(super) async fn within_session(&self, limit: &Limit, name: &str) -> Answer<()> {
        let key = Key::new(name, limit.name);
        unless_over(self.portal.outside.store.count(&key, &limit.window, self.now()).await?)
    }

    /// Refuses whoever came with a wrong private key, and counts it. A key has 256 random bits: what is limited is noise,
    /// not guessing.
    pub(super) async fn refuse_private<T>(&self, id: &QuorumId, network: Network) -> Answer<T> {
        let of_session = self.portal.lookup.name("quorum network", &format!("{id} {network}"));
        // The wider one first: who goes from session to session leaves no more behind than it lets through.
        let mut counted = self.portal.count_by_network(network, "quorum-wrong", &WRONG, self.now()).await?;
        if let Count::Within(_) = counted {
            let count = Key::new(of_session, "quorum-wrong");
            counted = self.portal.outside.store.count(&count, &WRONG_OF_SESSION, self.now()).await?;
        }
        if let Count::Over(until) = counted {
            return Err(Refusal::TooManyWrong { until }.into());
        }
        tracing::info!(target: "postern::auth", result = "wrong private key", %network, "quorum");
        Err(Refusal::OtherPrivate.into())
    }
}

fn unless_over(count: Count) -> Answer<()> {
    match count {
        Count::Within(_) => Ok(()),
        Count::Over(until) => Err(Refusal::TooMany { until }.into()),
    }
}
