//! What is kept of a session: shares that were read, each encrypted to the session's own key, and encrypted ones that wait
//! to be.
//!
//! A share that can be read may still be forged: by a custodian, who knows what all shares of the group have in common. So
//! several shares of one index are kept beside each other as candidates, until the commitment tells which is true.

use std::str::FromStr;

use age::x25519::{Identity, Recipient};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::deal;
use super::search::{self, Candidate};
use super::share::{Group, Share};
use super::{Answer, Refusal, SharedSecret, UseCaseError};
use postern_core::engine::InternalError;
use postern_core::model::typed_text::token_chars;
use postern_core::model::{Secret, Timestamp};

/// Encrypted shares that one network may have waiting.
const PER_NETWORK: usize = 3;
/// Candidates that are kept for one index.
const PER_INDEX: usize = 4;
/// Reasons that are remembered of shares that did not count.
const DROPPED: usize = 20;
/// Forged shares that are known again when they come again.
const FORGED: usize = 64;

/// A session as it is kept, sealed besides. With 32 custodians it stays below 256 KiB: 32 shares of 4 KiB that wait, and
/// 4 candidates for each index of some 0.6 KiB.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub group: Group,
    /// The public half of its key.
    pub tek: String,
    pub why: String,
    pub ends_at: Timestamp,
    /// The asker's own share first, then in the order in which they came.
    joined: Vec<Joined>,
    pub waiting: Vec<Waiting>,
    /// Why shares do not count, newest last.
    #[serde(default)]
    pub dropped: Vec<Refusal>,
    /// Shares that were found to be forged, newest last.
    #[serde(default)]
    forged: Vec<Fingerprint>,
    /// No set of these candidates makes the secret, as far as was looked.
    #[serde(default)]
    fruitless: bool,
}

/// Names a share's line without telling it: its bytes are random, so that nobody can guess them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Fingerprint(ByteArray<16>);

impl Fingerprint {
    fn of(share: &Share) -> Self {
        let digest = Sha256::new().chain_update(b"postern quorum share").chain_update(share.line().expose()).finalize();
        let mut name = [0; 16];
        name.copy_from_slice(&digest[..16]);
        Self(name.into())
    }
}

/// A share that was read, and encrypted at once.
#[derive(Clone, Serialize, Deserialize)]
struct Joined {
    index: u8,
    encrypted: ByteBuf,
    #[serde(default)]
    fingerprint: Fingerprint,
    /// A keyed hash of the network that it came from.
    #[serde(default)]
    network: String,
    /// The commitment says that it is true.
    #[serde(default)]
    proved: bool,
}

/// A share that nobody here can read yet.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// A keyed hash.
    network: String,
    encrypted: ByteBuf,
}

impl Session {
    /// A session with the share of the one who asks.
    pub fn begin(share: &Share, network: &str, (tek, why): (&Recipient, &str), ends_at: Timestamp) -> Answer<Self> {
        Ok(Self {
            group: share.group.clone(),
            tek: tek.to_string(),
            why: why.to_owned(),
            ends_at,
            joined: vec![joined(tek, share, network)?],
            waiting: Vec::new(),
            dropped: Vec::new(),
            forged: Vec::new(),
            fruitless: false,
        })
    }

    /// How many custodians have agreed: indexes of which there is a share.
    pub fn provided(&self) -> usize {
        let mut indexes: Vec<u8> = self.joined.iter().map(|joined| joined.index).collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes.len()
    }

    /// Takes a share that can be read. A forged one of the same index keeps no true one out.
    pub fn take_in(&mut self, share: &Share, network: &str) -> Answer<()> {
        if share.group != self.group {
            return Err(Refusal::OtherGroup.into());
        }
        let fingerprint = Fingerprint::of(share);
        if self.forged.contains(&fingerprint) {
            return Err(Refusal::ForgedShare(share.index).into());
        }
        let is_settled = |(at, joined): (usize, &Joined)| {
            joined.index == share.index && (at == 0 || joined.proved || joined.fingerprint == fingerprint)
        };
        if self.joined.iter().enumerate().any(is_settled) {
            return Err(Refusal::Twice(share.index).into());
        }
        let tek = self.tek.parse().map_err(|_| unreadable("its key"))?;
        let candidate = joined(&tek, share, network)?;
        self.make_room(share.index);
        self.joined.push(candidate);
        self.fruitless = false;
        Ok(())
    }

    /// Drops one candidate of an index that has as many as it may: the oldest of the network that sent most shares to
    /// this session, since whoever forges for others sends more than whoever has one share to give.
    fn make_room(&mut self, index: u8) {
        let of_index: Vec<usize> = (0..self.joined.len()).filter(|at| self.joined[*at].index == index).collect();
        if of_index.len() < PER_INDEX {
            return;
        }
        let sent = |at: usize| self.joined.iter().filter(|other| other.network == self.joined[at].network).count();
        // Of equal ones the last is taken.
        if let Some(at) = of_index.into_iter().rev().max_by_key(|at| sent(*at)) {
            self.joined.remove(at);
        }
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

    /// Why there is no code, where that can be told without opening a share.
    pub fn known_refusal(&self) -> Option<Refusal> {
        let (provided, threshold) = (self.provided(), self.group.threshold);
        if !self.waiting.is_empty() {
            None
        } else if provided < usize::from(threshold) {
            Some(Refusal::Incomplete { provided, threshold })
        } else {
            self.fruitless.then_some(Refusal::Forged)
        }
    }

    /// How much is known of the shares. It differs whenever something has to be kept.
    pub fn learned(&self) -> (usize, usize, usize, bool) {
        let proved = self.joined.iter().filter(|joined| joined.proved).count();
        (self.waiting.len(), self.joined.len(), proved, self.fruitless)
    }

    /// Reads what waits, each share once: it is taken in, or dropped for a reason.
    pub fn read_waiting(&mut self, identity: &Identity) -> Answer<()> {
        for Waiting { encrypted, network } in std::mem::take(&mut self.waiting) {
            let read = decrypted(identity, &encrypted).ok_or(Refusal::NotEncrypted);
            let share = read.and_then(|text| text.expose().parse::<Share>().map_err(Refusal::from));
            match share.map_err(UseCaseError::from).and_then(|share| self.take_in(&share, &network)) {
                Ok(()) => {}
                Err(UseCaseError::Refused(refusal)) => self.drop_for(refusal),
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    fn drop_for(&mut self, refusal: Refusal) {
        self.dropped.push(refusal);
        keep_newest(&mut self.dropped, DROPPED);
    }

    /// The secret, if enough have agreed. Forged shares among them are found and dropped, and are not opened again; where
    /// there is no secret, none is looked for again before another share comes.
    pub fn secret(&mut self, identity: &Identity) -> Answer<SharedSecret> {
        if let Some(refusal) = self.known_refusal() {
            return Err(refusal.into());
        }
        let needed = usize::from(self.group.threshold);
        let proved: Vec<&Joined> = self.joined.iter().filter(|joined| joined.proved).take(needed).collect();
        if proved.len() == needed {
            let shares = proved.into_iter().map(|joined| joined.open(identity)).collect::<Result<Vec<_>, _>>()?;
            return deal::combine(&self.group, &shares).map_err(|_| unreadable("a share").into());
        }
        let read = |joined: &'_ Joined| joined.open(identity);
        let shares = self.joined.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let candidate = |(share, joined): (Share, &'_ Joined)| (share, joined.network.clone());
        let sourced: Vec<(Share, String)> = shares.into_iter().zip(&self.joined).map(candidate).collect();
        let candidates: Vec<Candidate<'_>> =
            sourced.iter().map(|(share, source)| Candidate { share: share.clone(), source }).collect();
        let Some(found) = search::find(&self.group, &candidates) else {
            self.fruitless = true;
            return Err(Refusal::Forged.into());
        };
        self.settle(&found.verdicts);
        Ok(found.secret)
    }

    /// Notes what was found out about each share.
    fn settle(&mut self, verdicts: &[Option<bool>]) {
        let (mut left, mut forged) = (Vec::with_capacity(self.joined.len()), Vec::new());
        for (mut joined, verdict) in std::mem::take(&mut self.joined).into_iter().zip(verdicts) {
            if *verdict == Some(false) {
                forged.push(joined);
            } else {
                joined.proved |= *verdict == Some(true);
                left.push(joined);
            }
        }
        self.joined = left;
        for Joined { index, fingerprint, .. } in forged {
            self.forged.push(fingerprint);
            self.drop_for(Refusal::ForgedShare(index));
        }
        keep_newest(&mut self.forged, FORGED);
    }
}

impl Joined {
    fn open(&self, identity: &Identity) -> Result<Share, InternalError> {
        let line = decrypted(identity, &self.encrypted).ok_or_else(|| unreadable("a share"))?;
        line.expose().parse().map_err(|_| unreadable("a share"))
    }
}

/// A share that was read, as it is kept.
fn joined(tek: &Recipient, share: &Share, network: &str) -> Result<Joined, InternalError> {
    let encrypted = age::encrypt(tek, share.line().expose().as_bytes()).map_err(|_| unreadable("its key"))?;
    Ok(Joined {
        index: share.index,
        encrypted: ByteBuf::from(encrypted),
        fingerprint: Fingerprint::of(share),
        network: network.to_owned(),
        proved: false,
    })
}

fn keep_newest<T>(list: &mut Vec<T>, most: usize) {
    let surplus = list.len().saturating_sub(most);
    list.drain(..surplus);
}

/// Armored or not.
fn decrypted(identity: &Identity, file: &[u8]) -> Option<Secret<String>> {
    let plain = age::decrypt(identity, file).ok()?;
    String::from_utf8(plain).ok().map(Secret::new)
}

fn unreadable(what: &str) -> InternalError {
    InternalError::Unreadable { place: "quorum".to_owned(), why: format!("{what} cannot be read") }
}
