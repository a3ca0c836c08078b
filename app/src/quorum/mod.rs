//! Quorum: one TOTP secret, several custodians. It is split once and kept nowhere; later, enough of its custodians together
//! make codes of it, for one who asks. What waits in the store in between is encrypted to a key whose private half only
//! the one who asked has, so that neither the store nor any single person ever has the secret.

mod deal;
mod kept;
mod limits;
mod pasted;
mod search;
mod session;
mod share;
mod shared_secret;

use std::sync::Arc;

use age::x25519::Recipient;
use serde::{Deserialize, Serialize};

use crate::portal::Portal;
use postern_core::engine;
use postern_core::model::typed_text::token_chars;
use postern_core::model::{Network, Secret, Timestamp};
use postern_core::port::{WorkOrder, WorkPriority};

pub use deal::NotTogether;
pub use pasted::is_armored;
pub use session::{Ask, Asked, Code, Given, Joining, Progress, SessionId};
pub use share::{Group, Share, ShareFlaw};
pub use shared_secret::{NotASecret, SharedSecret};

/// Shares that a group may have unless an operator says otherwise. The format has room for 255, but finding forged ones
/// among so many takes long.
pub const MAX_SHARES: u8 = 32;

/// The use cases of quorums.
#[derive(Clone)]
pub struct Quorum {
    portal: Arc<Portal>,
    max_shares: u8,
}

/// Why a use case did not do it.
pub type UseCaseError = engine::UseCaseError<Refusal>;

/// A no that a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    NotASecret(#[from] NotASecret),
    #[error("there are 2 to 255 shares, and 2 to all of them are needed")]
    Numbers,
    #[error("a group has at most {most} shares here (quorum.max_shares)")]
    TooManyShares { most: u8 },
    #[error("recipient {0} is no age X25519 public key (age1…)")]
    Recipient(usize),
    #[error("there are as many recipients as shares, or none")]
    Recipients,
    #[error(transparent)]
    Share(#[from] ShareFlaw),
    #[error("the share says {threshold} of {size}")]
    OtherNumbers { threshold: u8, size: u8 },
    #[error("a session lasts 60 to 86400 seconds")]
    Lasts,
    #[error("a reason has at most 200 characters")]
    Reason,
    #[error("a note has 1 to 200 characters, none of them a control character")]
    Note,
    #[error("there is no such session")]
    NoSession,
    #[error("this session is over")]
    Over,
    #[error("this share is of another group than the first one")]
    OtherGroup,
    #[error("share {0} is in already")]
    Twice(u8),
    #[error("that is no armored age file of at most 4 KiB")]
    NotEncrypted,
    #[error("as many shares wait as may")]
    Full,
    #[error("this network has as many shares waiting as it may")]
    FullOfNetwork,
    #[error("that is not the private key of this session")]
    OtherPrivate,
    #[error("{provided} of {threshold} have agreed")]
    Incomplete { provided: usize, threshold: u8 },
    #[error("the shares do not make the secret that was dealt: one of them is forged")]
    Forged,
    #[error("share {0} is forged: it is not what was dealt")]
    ForgedShare(u8),
    #[error("there were too many requests")]
    TooMany { until: Timestamp },
    #[error("too many private keys were wrong")]
    TooManyWrong { until: Timestamp },
}

impl From<Refusal> for UseCaseError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

pub type Answer<T> = engine::Answer<T, Refusal>;

/// What is to be dealt, and to whom.
#[derive(Clone, Debug)]
pub struct Deal {
    /// A key in base32, or an `otpauth://totp/` URI.
    pub secret: Secret<String>,
    /// How many custodians there are, 2 to 255.
    pub size: u64,
    /// How many of them have to agree, 2 to all.
    pub threshold: u64,
    /// An age X25519 public key for each, or none at all.
    pub recipients: Vec<String>,
}

/// A deal: the shares, each as its custodian gets it.
#[derive(Debug)]
pub struct Dealt {
    pub prefix: String,
    pub threshold: u8,
    /// In the order of their indexes: a line each, or an armored age file for its recipient.
    pub shares: Vec<Secret<String>>,
}

impl Quorum {
    pub const fn new(portal: Arc<Portal>) -> Self {
        Self { portal, max_shares: MAX_SHARES }
    }

    /// Groups have at most so many shares.
    #[must_use]
    pub fn with_max_shares(self, max_shares: u8) -> Self {
        Self { max_shares, ..self }
    }

    pub const fn max_shares(&self) -> u8 {
        self.max_shares
    }

    fn now(&self) -> Timestamp {
        self.portal.outside.clock.now()
    }

    /// The code of now, to compare with what the service expects, and for how many seconds it lives.
    pub fn check(&self, secret: &str) -> Result<(Secret<String>, u64), Refusal> {
        Ok(secret.parse::<SharedSecret>()?.code(self.now()))
    }

    /// Splits a secret among custodians. Nothing is kept.
    pub async fn deal(&self, network: Network, asked: Deal) -> Answer<Dealt> {
        self.within(&limits::DEALS, network).await?;
        if asked.size > u64::from(self.max_shares) && u8::try_from(asked.size).is_ok() {
            return Err(Refusal::TooManyShares { most: self.max_shares }.into());
        }
        let (mut id, mut salt) = ([0; 16], [0; 16]);
        self.portal.outside.entropy.fill(&mut id);
        self.portal.outside.entropy.fill(&mut salt);
        let order = WorkOrder::new(WorkPriority::Creation, network);
        Ok(self.portal.outside.heavy.answer(order, move || asked.split(id, &salt)).await??)
    }
}

impl Deal {
    fn split(&self, id: [u8; 16], salt: &[u8; 16]) -> Result<Dealt, Refusal> {
        let secret: SharedSecret = self.secret.expose().parse()?;
        let size = u8::try_from(self.size).ok().filter(|size| *size >= 2).ok_or(Refusal::Numbers)?;
        let needed = u8::try_from(self.threshold).ok().filter(|needed| (2..=size).contains(needed));
        let threshold = needed.ok_or(Refusal::Numbers)?;
        let recipients = read_recipients(&self.recipients, size)?;
        let shares = deal::deal(&secret, (threshold, size), id, salt);
        let prefix = shares.first().map(|share| share.group.prefix()).unwrap_or_default();
        let shares = shares.iter().enumerate().map(|(at, share)| match recipients.get(at) {
            None => Ok(share.line()),
            Some(recipient) => armored(recipient, share).ok_or(Refusal::Recipient(at + 1)),
        });
        Ok(Dealt { prefix, threshold, shares: shares.collect::<Result<_, _>>()? })
    }
}

fn read_recipients(recipients: &[String], size: u8) -> Result<Vec<Recipient>, Refusal> {
    if !recipients.is_empty() && recipients.len() != usize::from(size) {
        return Err(Refusal::Recipients);
    }
    let read = |(at, text): (usize, &String)| {
        let key: String = token_chars(text).collect();
        key.parse().map_err(|_| Refusal::Recipient(at + 1))
    };
    recipients.iter().enumerate().map(read).collect()
}

fn armored(recipient: &Recipient, share: &Share) -> Option<Secret<String>> {
    age::encrypt_and_armor(recipient, share.line().expose().as_bytes()).ok().map(Secret::new)
}
