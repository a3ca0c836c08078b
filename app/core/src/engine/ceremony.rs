//! Ceremonies under way: an exchange with a security key, from its challenge to its answer. One is kept in the slot of
//! whoever began it under the hash of its challenge, so that two tabs do not disturb each other, and is taken before its
//! answer is looked at, so that it answers once.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Answer, InternalError, Records};
use crate::model::{Refusal, Timestamp};
use crate::port::{Count, Expect, Key, Window, Write};
use crate::rules::limits;

/// Challenges that may be asked for in one slot.
const CHALLENGES: Window = Window { limit: 60, span: Duration::from_mins(5) };

/// What a ceremony is for. One kind's answer finds no ceremony of another.
#[derive(Clone, Copy, Debug)]
pub enum For {
    Registration,
    Authentication,
    U2fRegistration,
    U2fAuthentication,
}

impl For {
    const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
            Self::U2fRegistration => "u2f-registration",
            Self::U2fAuthentication => "u2f-authentication",
        }
    }

    fn place(self, slot: &str, challenge_hash: &str) -> Key {
        Key::new(slot, format_args!("{}/{challenge_hash}", self.name()))
    }
}

/// Keeps a ceremony until its answer comes, or until it is too late for one.
pub async fn keep<T: Serialize>(
    records: &Records,
    (slot, what): (&str, For),
    challenge_hash: &str,
    ceremony: &T,
    now: Timestamp,
) -> Answer<()> {
    if let Count::Over(until) = records.store.count(&Key::new(slot, "challenges"), &CHALLENGES, now).await? {
        return Err(Refusal::TooManyChallenges { until }.into());
    }
    let place = what.place(slot, challenge_hash);
    let sealed = records.seal(&place, ceremony)?;
    records.store.write(Write::new(place, Expect::Anything, sealed, Some(now + limits::CEREMONY_LASTS)), now).await?;
    Ok(())
}

/// At most one caller ever gets a ceremony.
pub async fn take<T: DeserializeOwned>(
    records: &Records,
    (slot, what): (&str, For),
    challenge_hash: &str,
    now: Timestamp,
) -> Result<Option<T>, InternalError> {
    records.take(&what.place(slot, challenge_hash), now).await
}
