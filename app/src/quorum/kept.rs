//! What is kept of a session: shares that were read, each encrypted to the session's own key, and encrypted ones that wait
//! to be.

use std::str::FromStr;

use age::x25519::{Identity, Recipient};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use super::deal::{self, NotTogether};
use super::share::{Group, Share};
use super::{Answer, No, Refusal, SharedSecret};
use crate::engine::Fault;
use crate::model::typed_text::token_chars;
use crate::model::{Secret, Timestamp};

/// Encrypted shares that one network may have waiting.
const PER_NETWORK: usize = 3;
/// Work that is spent on finding sets without the forged share, where there are more shares than needed: a set of `n`
/// costs its square.
const WORK: usize = 50_000;
/// Reasons that are remembered of shares that did not count.
const DROPPED: usize = 20;

/// A session as it is kept, sealed besides.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub group: Group,
    /// The public half of its key.
    pub tek: String,
    pub why: String,
    pub ends_at: Timestamp,
    pub joined: Vec<Joined>,
    pub waiting: Vec<Waiting>,
    /// Why shares that waited do not count, newest last.
    #[serde(default)]
    pub dropped: Vec<Refusal>,
}

/// A share that was read, and encrypted at once.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Joined {
    index: u8,
    encrypted: ByteBuf,
}

/// A share that nobody here can read yet.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// A keyed hash.
    network: String,
    encrypted: ByteBuf,
}

impl Session {
    /// Takes a share that can be read, of this group and not in yet.
    pub fn take_in(&mut self, share: &Share) -> Answer<()> {
        if share.group != self.group {
            return Err(Refusal::OtherGroup.into());
        }
        if self.joined.iter().any(|joined| joined.index == share.index) {
            return Err(Refusal::Twice(share.index).into());
        }
        let tek = self.tek.parse().map_err(|_| unreadable("its key"))?;
        self.joined.push(joined(&tek, share)?);
        Ok(())
    }

    pub fn let_wait(&mut self, network: &str, file: &str) -> Answer<()> {
        if self.waiting.iter().filter(|waiting| waiting.network == network).count() >= PER_NETWORK {
            return Err(Refusal::FullOfNetwork.into());
        }
        if self.waiting.len() >= usize::from(self.group.size) {
            return Err(Refusal::Full.into());
        }
        let encrypted = ByteBuf::from(file.as_bytes());
        self.waiting.push(Waiting { network: network.to_owned(), encrypted });
        Ok(())
    }

    /// The private half of the session's key, if that is what it is.
    pub fn opened_by(&self, private: &str) -> Option<Identity> {
        let private: Zeroizing<String> = Zeroizing::new(token_chars(private).collect());
        let identity = Identity::from_str(&private).ok()?;
        // The public half says nothing of the private one, so how long this takes says nothing either.
        (identity.to_public().to_string() == self.tek).then_some(identity)
    }

    /// Reads what waits: each share is taken in, or dropped for a reason.
    pub fn read_waiting(&mut self, identity: &Identity) -> Answer<()> {
        for Waiting { encrypted, .. } in std::mem::take(&mut self.waiting) {
            let read = decrypted(identity, &encrypted).ok_or(Refusal::NotEncrypted);
            let share = read.and_then(|text| text.expose().parse::<Share>().map_err(Refusal::from));
            match share.map_err(No::from).and_then(|share| self.take_in(&share)) {
                Ok(()) => {}
                Err(No::Refused(refusal)) => self.dropped.push(refusal),
                Err(fault) => return Err(fault),
            }
        }
        let surplus = self.dropped.len().saturating_sub(DROPPED);
        self.dropped.drain(..surplus);
        Ok(())
    }

    /// The secret, if enough have agreed. Where more have than are needed, a forged share among them does no harm.
    pub fn secret(&self, identity: &Identity) -> Answer<SharedSecret> {
        let (provided, threshold) = (self.joined.len(), self.group.threshold);
        if provided < usize::from(threshold) {
            return Err(Refusal::Incomplete { provided, threshold }.into());
        }
        let mut shares = Vec::with_capacity(provided);
        for Joined { encrypted, .. } in &self.joined {
            let line = decrypted(identity, encrypted).ok_or_else(|| unreadable("a share"))?;
            shares.push(line.expose().parse::<Share>().map_err(|_| unreadable("a share"))?);
        }
        let needed = usize::from(threshold);
        for set in sets(provided, needed).take((WORK / (needed * needed)).max(1)) {
            let some: Vec<Share> = set.iter().map(|at| shares[*at].clone()).collect();
            match deal::combine(&self.group, &some) {
                Ok(secret) => return Ok(secret),
                Err(NotTogether::Forged | NotTogether::TooFew) => {}
            }
        }
        Err(Refusal::Forged.into())
    }
}

/// Every choice of `some` among `all`, in order.
fn sets(all: usize, some: usize) -> impl Iterator<Item = Vec<usize>> {
    let first = (some <= all).then(|| (0..some).collect::<Vec<_>>());
    std::iter::successors(first, move |set| {
        let mut next = set.clone();
        let at = (0..some).rev().find(|at| next[*at] < all - some + at)?;
        next[at] += 1;
        for behind in at + 1..some {
            next[behind] = next[behind - 1] + 1;
        }
        Some(next)
    })
}

/// A share that was read, as it is kept.
pub(super) fn joined(tek: &Recipient, share: &Share) -> Result<Joined, Fault> {
    let encrypted = age::encrypt(tek, share.line().expose().as_bytes()).map_err(|_| unreadable("its key"))?;
    Ok(Joined { index: share.index, encrypted: ByteBuf::from(encrypted) })
}

/// Armored or not.
fn decrypted(identity: &Identity, file: &[u8]) -> Option<Secret<String>> {
    let plain = age::decrypt(identity, file).ok()?;
    String::from_utf8(plain).ok().map(Secret::new)
}

fn unreadable(what: &str) -> Fault {
    Fault::Unreadable { place: "quorum".to_owned(), why: format!("{what} cannot be read") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_comes_once() {
        let all: Vec<Vec<usize>> = sets(4, 2).collect();
        assert_eq!(all, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
        assert_eq!((sets(3, 3).count(), sets(5, 3).count(), sets(2, 3).count()), (1, 10, 0));
    }
}
