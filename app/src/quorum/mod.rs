//! Quorum: one TOTP secret, several custodians. It is split once and kept nowhere; later, enough of its custodians together
//! make codes of it, for one who asks. What waits in the store in between is encrypted to a key whose private half only
//! the one who asked has, so that neither the store nor any single person ever has the secret.

mod deal;
mod session;
mod share;
mod shared_secret;

use std::sync::Arc;

use age::x25519::Recipient;

use crate::engine::Fault;
use crate::model::{Secret, Timestamp};
use crate::port::StoreFault;
use crate::portal::Portal;

pub use deal::NotTogether;
pub use session::{Asked, Code, Given, Joining, Progress, SessionId};
pub use share::{Group, Share, ShareFlaw};
pub use shared_secret::{NotASecret, SharedSecret};

/// The use cases of quorums.
#[derive(Clone)]
pub struct Quorum {
    portal: Arc<Portal>,
}

/// Why a use case did not do it.
#[derive(Debug)]
pub enum No {
    Refused(Refusal),
    Fault(Fault),
}

/// A no that a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    NotASecret(#[from] NotASecret),
    #[error("there are 2 to 255 shares, and 2 to all of them are needed")]
    Numbers,
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
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for No {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreFault> for No {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

pub type Answer<T> = Result<T, No>;

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
        Self { portal }
    }

    fn now(&self) -> Timestamp {
        self.portal.outside.clock.now()
    }

    /// Splits a secret among `size` custodians, of whom `threshold` have to agree. Nothing is kept.
    pub fn deal(&self, secret: &str, (threshold, size): (u64, u64), recipients: &[String]) -> Result<Dealt, Refusal> {
        let secret: SharedSecret = secret.parse()?;
        let size = u8::try_from(size).ok().filter(|size| *size >= 2).ok_or(Refusal::Numbers)?;
        let threshold =
            u8::try_from(threshold).ok().filter(|needed| (2..=size).contains(needed)).ok_or(Refusal::Numbers)?;
        let recipients = read_recipients(recipients, size)?;
        let (mut id, mut salt) = ([0; 16], [0; 16]);
        self.portal.outside.entropy.fill(&mut id);
        self.portal.outside.entropy.fill(&mut salt);
        let shares = deal::deal(&secret, (threshold, size), id, &salt);
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
    let read = |(at, text): (usize, &String)| text.trim().parse().map_err(|_| Refusal::Recipient(at + 1));
    recipients.iter().enumerate().map(read).collect()
}

fn armored(recipient: &Recipient, share: &Share) -> Option<Secret<String>> {
    age::encrypt_and_armor(recipient, share.line().expose().as_bytes()).ok().map(Secret::new)
}
