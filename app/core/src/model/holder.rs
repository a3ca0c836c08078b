//! A holder's factors and sessions: one record with one revision, so that accepting an answer, burning it and
//! noting the proof are one conditional write.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Account, FactorId, Secret, Session, SessionHandle, SessionKind, SubjectId, Timestamp, secret};

/// Which kind of factor. The kinds themselves stand in `factor`, one file each.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactorKind(Cow<'static, str>);

impl FactorKind {
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FactorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What passing a factor of a kind shows, from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// Somebody reads this mailbox.
    Mail,
    /// Somebody holds a shared secret, or what was written on paper.
    Code,
    /// Somebody touched a key that answers to this site only.
    Key,
}

/// What a factor's kind keeps of it, in the kind's own form.
pub type FactorState = Secret<Vec<u8>>;

/// One factor of a holder, enrolled or about to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FactorRecord {
    pub id: FactorId,
    pub kind: FactorKind,
    pub name: String,
    pub added_at: Timestamp,
    /// Nothing counts as enrolled before a right answer.
    pub confirmed_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    #[serde(with = "secret::bytes")]
    pub state: FactorState,
}

/// (factor, when): what levels are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub factor: FactorId,
    pub grade: Grade,
    pub at: Timestamp,
}

/// A session as its holder knows it: by its handle, never by its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionEntry {
    pub handle: SessionHandle,
    pub proofs: Vec<Proof>,
    /// Of an account's sessions.
    #[serde(default)]
    pub opened: Option<SessionOrigin>,
}

/// How an account's session came to be, and whether it is still used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOrigin {
    pub at: Timestamp,
    /// Renewed at most once a minute.
    pub seen_at: Timestamp,
    /// As shown to the owner: `Firefox on Linux`.
    pub browser: String,
    /// The network it was seen from last, as shown to the owner.
    pub network: String,
}

/// Everything that belongs to one holder.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Holder {
    pub factors: Vec<FactorRecord>,
    pub sessions: Vec<SessionEntry>,
    /// A visitor has none.
    #[serde(default)]
    pub account: Option<Account>,
    /// A client's user.
    #[serde(default)]
    pub subject: Option<Subject>,
}

/// What makes a holder a client's user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub id: SubjectId,
    /// Of one whose client changes its secret.
    pub moved: Option<Moved>,
}

/// A record that goes from one place to another, so that it is at no time in neither, nor changed in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moved {
    /// About to be copied: nothing changes here any more.
    Away,
    /// Copied from there. Written by earlier versions; means nothing any more.
    From { slot: String, name: String },
    /// Removed while its client's rotation was under way. Keeps the place taken for a while, so that a slow copy of the
    /// record does not bring the user back.
    Removed,
}

impl Holder {
    /// A new user of a client.
    pub fn of_client(id: SubjectId) -> Self {
        Self { subject: Some(Subject { id, moved: None }), ..Self::default() }
    }

    /// Where a client's user came from, or that it goes.
    pub fn moved(&self) -> Option<&Moved> {
        self.subject.as_ref()?.moved.as_ref()
    }

    pub fn factor(&self, id: FactorId) -> Option<&FactorRecord> {
        self.factors.iter().find(|factor| factor.id == id)
    }

    /// The factor of a kind of which a holder has at most one.
    pub fn only(&self, kind: &FactorKind) -> Option<&FactorRecord> {
        self.factors.iter().find(|factor| factor.kind == *kind)
    }

    pub fn only_mut(&mut self, kind: &FactorKind) -> Option<&mut FactorRecord> {
        self.factors.iter_mut().find(|factor| factor.kind == *kind)
    }

    /// Whether this is the holder of a session. An account's session lives only while its handle stands here, and a
    /// visitor's holder that became an account is the visitor's no more.
    pub fn admits(&self, session: &Session) -> bool {
        match (session.kind, &self.account) {
            (SessionKind::Visitor, None) => true,
            (SessionKind::Account, Some(_)) => self.opened(session.handle).is_some(),
            _ => false,
        }
    }

    pub fn session(&self, handle: SessionHandle) -> Option<&SessionEntry> {
        self.sessions.iter().find(|session| session.handle == handle)
    }

    pub fn opened(&self, handle: SessionHandle) -> Option<&SessionOrigin> {
        self.session(handle)?.opened.as_ref()
    }

    pub fn proofs(&self, handle: SessionHandle) -> &[Proof] {
        self.session(handle).map_or(&[], |session| &session.proofs)
    }

    /// Notes that a session passed a factor. A later proof of the same factor takes the place of the earlier one.
    pub fn prove(&mut self, handle: SessionHandle, proof: Proof) {
        let session = match self.sessions.iter().position(|session| session.handle == handle) {
            Some(at) => &mut self.sessions[at],
            None => self.sessions.push_mut(SessionEntry { handle, proofs: Vec::new(), opened: None }),
        };
        session.proofs.retain(|earlier| earlier.factor != proof.factor);
        session.proofs.push(proof);
    }

    /// Takes a factor out, with every proof made by it, and ends the *other* sessions that it opened.
    pub fn remove(&mut self, id: FactorId, by: SessionHandle) {
        self.factors.retain(|factor| factor.id != id);
        let proved = |session: &SessionEntry| session.proofs.iter().any(|proof| proof.factor == id);
        self.sessions.retain(|session| session.handle == by || !proved(session));
        for session in &mut self.sessions {
            session.proofs.retain(|proof| proof.factor != id);
        }
    }

    /// A session that is opened takes the place of whatever its handle stood for.
    pub fn open(&mut self, entry: SessionEntry) {
        self.sessions.retain(|session| session.handle != entry.handle);
        self.sessions.push(entry);
    }
}
