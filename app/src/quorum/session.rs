//! A session of a quorum: somebody asks, custodians agree, and while it lasts codes are made for the one who asked. Every
//! share is encrypted to the session's own key before it is kept.

use std::time::Duration;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;

use super::kept::Session;
use super::pasted::armored_file;
use super::share::{Group, Share};
use super::{Answer, Quorum, Refusal, limits};
use postern_core::engine::{InternalError, TRIES};
use postern_core::model::typed_text::{NameError, display_name};
use postern_core::model::{Network, Secret, Timestamp};
use postern_core::port::{Expect, Key, Revision, SideEffects, WorkOrder, WorkPriority, Write};

pub use postern_core::model::QuorumId as SessionId;

/// The longest encrypted share, in bytes.
const LONGEST: usize = 4096;
/// How long it is remembered that a session was, after it is over.
const OVER: Duration = Duration::from_hours(24);

/// What somebody asks with.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The own share.
    pub first: &'a str,
    /// Seconds, 60 to 86400.
    pub lasts: u64,
    /// For the custodians, at most 200 characters.
    pub why: &'a str,
    /// Threshold and size, if they are to be checked against the share.
    pub numbers: (Option<u64>, Option<u64>),
}

/// What whoever asks gets. `private` is nowhere else.
#[derive(Debug)]
pub struct Asked {
    pub id: SessionId,
    pub private: Secret<String>,
    pub group: Group,
    /// For custodians who encrypt their share.
    pub tek: String,
    pub ends_at: Timestamp,
}

/// A share as a custodian sends it.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    Plain(&'a str),
    /// An armored age file to the session's key.
    Encrypted(&'a str),
}

/// What became of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    Joined,
    /// It is read when the private key next comes.
    Waits,
}

/// How far a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub prefix: String,
    pub why: String,
    pub provided: usize,
    pub waiting: usize,
    pub threshold: u8,
    pub size: u8,
    /// The session's public key, for custodians who encrypt their share.
    pub tek: String,
    pub ends_at: Timestamp,
    /// Why shares that waited did not count, newest last.
    pub dropped: Vec<Refusal>,
}

impl Progress {
    pub fn is_complete(&self) -> bool {
        self.provided >= usize::from(self.threshold)
    }

    /// As JSON, what whoever watches is told of it.
    pub fn told(&self) -> String {
        let complete = self.is_complete();
        format!("{{\"provided\":{},\"waiting\":{},\"complete\":{complete}}}", self.provided, self.waiting)
    }
}

/// A code.
#[derive(Debug)]
pub struct Code {
    pub digits: Secret<String>,
    /// Seconds.
    pub expires_in: u64,
    /// Seconds that every code of this secret lives.
    pub period: u64,
}

fn place(id: &SessionId) -> Key {
    Key::new(id, "quorum")
}

fn tombstone(id: &SessionId) -> Key {
    Key::new(id, "quorum-over")
}

impl Quorum {
    /// Begins a session.
    pub async fn ask(&self, network: Network, ask: Ask<'_>) -> Answer<Asked> {
        self.within(&limits::SESSIONS, network).await?;
        let Ask { first, lasts, why, numbers } = ask;
        let share: Share = first.parse().map_err(Refusal::from)?;
        let Group { threshold, size, .. } = share.group;
        if size > self.max_shares {
            return Err(Refusal::TooManyShares { most: self.max_shares }.into());
        }
        let differs = |said: Option<u64>, is: u8| said.is_some_and(|said| said != u64::from(is));
        if differs(numbers.0, threshold) || differs(numbers.1, size) {
            return Err(Refusal::OtherNumbers { threshold, size }.into());
        }
        if !(60..=86_400).contains(&lasts) {
            return Err(Refusal::Lasts.into());
        }
        let why = match display_name(why, 200) {
            Ok(why) => why,
            Err(NameError::Empty) => String::new(),
            Err(NameError::TooLong | NameError::Control) => return Err(Refusal::Reason.into()),
        };
        let (now, identity) = (self.now(), Identity::generate());
        let (id, tek): (SessionId, _) = (self.portal.outside.entropy.id(), identity.to_public());
        let ends_at = now + Duration::from_secs(lasts);
        let session = Session::begin(&share, &self.source(&id, network), (&tek, &why), ends_at)?;
        let records = &self.portal.records;
        records.write(&place(&id), Expect::Absent, &session, Some(ends_at), SideEffects::default(), now).await?;
        self.remember(&id, ends_at, now).await?;
        let private = Secret::new(identity.to_string().expose_secret().to_owned());
        Ok(Asked { id, private, group: share.group, tek: session.tek, ends_at })
    }

    /// That there was such a session, a while longer than it lives.
    async fn remember(&self, id: &SessionId, ends_at: Timestamp, now: Timestamp) -> Result<(), InternalError> {
        let write = Write::new(tombstone(id), Expect::Anything, Vec::new(), Some(ends_at + OVER));
        self.portal.outside.store.write(write, now).await?;
        Ok(())
    }

    /// Brings a share to a session.
    pub async fn join(&self, id: &SessionId, network: Network, given: Given<'_>) -> Answer<Joining> {
        self.within(&limits::JOINS, network).await?;
        let from = self.source(id, network);
        self.within_session(&limits::JOINS_OF_SESSION, &from).await?;
        match given {
            Given::Plain(line) => {
                let share: Share = line.parse().map_err(Refusal::from)?;
                self.change(id, |session| session.take_in(&share, &from)).await?;
                Ok(Joining::Joined)
            }
            Given::Encrypted(file) => {
                let file = armored_file(file.trim());
                if file.len() > LONGEST || !is_age_file(&file) {
                    return Err(Refusal::NotEncrypted.into());
                }
                self.change(id, |session| session.let_wait(&from, &file)).await?;
                Ok(Joining::Waits)
            }
        }
    }

    pub async fn progress(&self, id: &SessionId) -> Answer<Progress> {
        let (session, _) = self.find(id, self.now()).await?;
        let provided = session.provided();
        let Session { group, tek, why, ends_at, waiting, dropped, .. } = session;
        Ok(Progress {
            prefix: group.prefix(),
            why,
            provided,
            waiting: waiting.len(),
            threshold: group.threshold,
            size: group.size,
            tek,
            ends_at,
            dropped,
        })
    }

    /// A network, as this session knows it.
    fn source(&self, id: &SessionId, network: Network) -> String {
        self.portal.lookup.name("quorum network", &format!("{id} {network}"))
    }

    /// The code of now, if enough have agreed. What waited is read first, and what was found out about shares is kept.
    pub async fn code(&self, id: &SessionId, network: Network, private: &str) -> Answer<Code> {
        let now = self.now();
        let mut is_counted = false;
        for _ in 0..TRIES {
            let (mut session, revision) = self.find(id, now).await?;
            let identity = self.opened(id, &session, network, private).await?;
            // Once, and only for the right key: nobody else uses up what the asker may.
            if !std::mem::replace(&mut is_counted, true) {
                self.within(&limits::CODES, network).await?;
                self.within_session(&limits::CODES_OF_SESSION, &id.to_string()).await?;
            }
            if let Some(refusal) = session.known_refusal() {
                return Err(refusal.into());
            }
            let read = move || {
                let before = session.learned();
                let secret = session.read_waiting(&identity).and_then(|()| session.secret(&identity));
                let learned = session.learned() != before;
                (session, secret, learned)
            };
            let order = WorkOrder::new(WorkPriority::Creation, network).of(format!("quorum {id}"));
            let (session, secret, learned) = self.portal.outside.heavy.answer(order, read).await?;
            if !learned || self.write(id, &session, revision, now).await? {
                let secret = secret?;
                let (digits, expires_in) = secret.code(now);
                return Ok(Code { digits, expires_in, period: secret.period() });
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Ends a session at once.
    pub async fn end(&self, id: &SessionId, network: Network, private: &str) -> Answer<()> {
        let now = self.now();
        let (session, _) = self.find(id, now).await?;
        self.opened(id, &session, network, private).await?;
        self.portal.outside.store.delete(&place(id), Expect::Anything, now).await?;
        Ok(())
    }

    /// The private half of a session's key, if that is what it is. Only what is wrong is counted.
    async fn opened(&self, id: &SessionId, session: &Session, network: Network, private: &str) -> Answer<Identity> {
        match session.opened_by(private) {
            Some(identity) => Ok(identity),
            None => self.refuse_private(id, network).await,
        }
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Answer<(Session, Revision)> {
        if let Some(found) = self.portal.records.load::<Session>(&place(id), now).await? {
            return Ok(found);
        }
        let was = self.portal.outside.store.load(&tombstone(id), now).await?.is_some();
        Err(if was { Refusal::Over } else { Refusal::NoSession }.into())
    }

    async fn write(
        &self,
        id: &SessionId,
        session: &Session,
        at: Revision,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
        let (expect, ends) = (Expect::Revision(at), Some(session.ends_at));
        Ok(self.portal.records.write(&place(id), expect, session, ends, SideEffects::default(), now).await?.is_some())
    }

    async fn change(&self, id: &SessionId, change: impl Fn(&mut Session) -> Answer<()>) -> Answer<()> {
        let now = self.now();
        for _ in 0..TRIES {
            let (mut session, revision) = self.find(id, now).await?;
            change(&mut session)?;
            if self.write(id, &session, revision, now).await? {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }
}

/// Whether a text looks like an armored age file, as far as anybody without the key can tell.
fn is_age_file(text: &str) -> bool {
    let reader = age::armor::ArmoredReader::new(text.as_bytes());
    text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") && age::Decryptor::new(reader).is_ok()
}
