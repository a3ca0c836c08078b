//! Submissions of forms that must not run twice. The first one runs under a lease and leaves its outcome for a short
//! while; the same one again gets that outcome, and later hears that it was done.
//!
//! A submission is told by whose it is and by a keyed hash of all that was sent, a random token among it. Its outcome is
//! sealed under a key made of what was sent, too: whoever has the store and the master key, but not the request, cannot
//! read it.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Answer, InternalError, Portal};
use postern_core::engine::TRIES;
use postern_core::model::{Network, Secret, SessionHandle, Timestamp};
use postern_core::port::{Count, Expect, Key, Revision, SideEffects, Window, Write};
use postern_core::seal::Sealer;

/// How long a submission's outcome is answered again.
pub const OUTCOME_LASTS: Duration = Duration::from_mins(2);

/// How long it is known that a submission was done, and how old a page's token may be.
pub const TOKEN_LASTS: Duration = Duration::from_hours(1);

/// How long a submission may run before somebody else runs it: whoever ran it may have died.
const LEASE: Duration = Duration::from_secs(30);

/// The largest outcome that is kept, in bytes. A larger one is known to be done, but not answered again.
pub const LARGEST_OUTCOME: usize = 512 * 1024;

/// Submissions of one session, or of one network where there is none, whose outcomes are kept. What is beyond runs
/// without this protection.
const KEPT: Window = Window { limit: 60, span: Duration::from_mins(10) };

/// A page's token: when it was made, and what makes it the only one of its kind.
#[derive(Clone, Debug)]
pub struct SubmissionToken {
    made_at: Timestamp,
    text: String,
}

impl SubmissionToken {
    /// Reads a token; `None`: it is none.
    pub fn read(text: &str) -> Option<Self> {
        let (made_at, random) = text.split_once('-')?;
        let made_at = Timestamp::from_secs(made_at.parse().ok()?);
        let bytes = BASE64URL_NOPAD.decode(random.as_bytes()).ok()?;
        (bytes.len() == 16).then(|| Self { made_at, text: text.to_owned() })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the page it stands on is too old: what was submitted with it may be forgotten by now.
    pub fn is_too_old(&self, now: Timestamp) -> bool {
        now >= self.made_at + TOKEN_LASTS
    }
}

/// Whose a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitter {
    Session(SessionHandle),
    /// Somebody without a session, of whom nothing is known but the network.
    Network(Network),
}

/// A submission, as it is found again.
pub struct Submission {
    marker: Key,
    outcome: Key,
    by: Submitter,
    key: Secret<[u8; 32]>,
}

/// What there is to do about a submission.
#[derive(Debug)]
pub enum Begun {
    /// Run it, then finish it or give it up.
    First(Lease),
    /// Somebody else runs it.
    Running,
    /// It was done: its outcome, unless that was too long ago.
    Done(Option<Vec<u8>>),
    /// Run it without keeping what comes of it.
    Unprotected,
}

/// The right to run a submission.
#[derive(Debug)]
pub struct Lease(Revision);

#[derive(Serialize, Deserialize)]
enum Marker {
    Running { until: Timestamp },
    Done,
}

#[derive(Serialize, Deserialize)]
struct Outcome(#[serde(with = "serde_bytes")] Vec<u8>);

impl Portal {
    /// A new token, for a page.
    pub fn submission_token(&self) -> SubmissionToken {
        let now = self.outside.clock.now();
        let mut random = [0; 16];
        self.outside.entropy.fill(&mut random);
        let text = format!("{}-{}", now.unix_secs(), BASE64URL_NOPAD.encode(&random));
        SubmissionToken { made_at: now, text }
    }

    /// What was sent to `path` by somebody. `body` holds a token.
    pub fn submission(&self, by: Submitter, path: &str, body: &[u8]) -> Submission {
        let name = BASE64URL_NOPAD.encode(&self.lookup.hash("submission", &[path.as_bytes(), body]));
        let slot = match by {
            Submitter::Session(handle) => handle.to_string(),
            Submitter::Network(_) => name.clone(),
        };
        let mut digest = Sha256::new_with_prefix(b"postern submission v1");
        digest.update((path.len() as u64).to_be_bytes());
        digest.update(path);
        digest.update(body);
        Submission {
            marker: Key::new(&slot, format_args!("submission/{name}")),
            outcome: Key::new(&slot, format_args!("outcome/{name}")),
            by,
            key: Secret::new(digest.finalize().into()),
        }
    }

    /// Notes whose a session id is, so that what was submitted under it is found when another has taken its place.
    pub async fn remember_submitter(&self, session_id: &str, handle: SessionHandle) -> Result<(), InternalError> {
        let (key, now) = (self.submitter(session_id), self.outside.clock.now());
        let sealed = self.records.seal(&key, &handle)?;
        self.outside.store.write(Write::new(key, Expect::Anything, sealed, Some(now + TOKEN_LASTS)), now).await?;
        Ok(())
    }

    /// Whose a session id was that is not good any more.
    pub async fn recall_submitter(&self, session_id: &str) -> Result<Option<SessionHandle>, InternalError> {
        let now = self.outside.clock.now();
        Ok(self.records.load(&self.submitter(session_id), now).await?.map(|(handle, _)| handle))
    }

    fn submitter(&self, session_id: &str) -> Key {
        Key::new(self.lookup.name("submitter", session_id), "submitter")
    }

    /// Takes the lease of a submission, or tells what became of it.
    pub async fn begin_submission(&self, submission: &Submission) -> Answer<Begun> {
        let now = self.outside.clock.now();
        let Submission { marker, by, .. } = submission;
        for _ in 0..TRIES {
            let expect = match self.records.load::<Marker>(marker, now).await? {
                None => match self.count_submission(*by, now).await? {
                    Count::Within(_) => Expect::Absent,
                    Count::Over(_) => return Ok(Begun::Unprotected),
                },
                Some((Marker::Done, _)) => return self.outcome(submission, now).await.map(Begun::Done),
                // A lease that is longer than leases are was taken by a clock that was ahead.
                Some((Marker::Running { until }, _)) if now < until && until <= now + LEASE => {
                    return Ok(Begun::Running);
                }
                Some((Marker::Running { .. }, revision)) => Expect::Revision(revision),
            };
            let running = Marker::Running { until: now + LEASE };
            let ends = Some(now + TOKEN_LASTS);
            if let Some(taken) = self.records.write(marker, expect, &running, ends, SideEffects::default(), now).await?
            {
                return Ok(Begun::First(Lease(taken)));
            }
        }
        Err(InternalError::Contended.into())
    }

    async fn count_submission(&self, by: Submitter, now: Timestamp) -> Result<Count, InternalError> {
        match by {
            Submitter::Session(handle) => {
                Ok(self.outside.store.count(&Key::new(handle, "submissions"), &KEPT, now).await?)
            }
            Submitter::Network(network) => self.count_by_network(network, "submissions", &KEPT, now).await,
        }
    }

    async fn outcome(&self, submission: &Submission, now: Timestamp) -> Answer<Option<Vec<u8>>> {
        let Some((Outcome(sealed), _)) = self.records.load::<Outcome>(&submission.outcome, now).await? else {
            return Ok(None);
        };
        // Sealed by another version, at worst: then it was done, which is what there is to say.
        let opened = Sealer::of(&submission.key).open(&submission.outcome, &sealed).ok();
        Ok(opened.map(|outcome| outcome.to_vec()))
    }

    /// Keeps what came of a submission; `None`: it is too large to be answered again.
    pub async fn finish_submission(
        &self,
        submission: &Submission,
        lease: Lease,
        outcome: Option<&[u8]>,
    ) -> Result<(), InternalError> {
        let now = self.outside.clock.now();
        let Submission { marker, outcome: place, key, .. } = submission;
        if let Some(outcome) = outcome.filter(|outcome| outcome.len() <= LARGEST_OUTCOME) {
            let sealed = Outcome(Sealer::of(key).seal(place, outcome, &*self.outside.entropy));
            let ends = Some(now + OUTCOME_LASTS);
            self.records.write(place, Expect::Anything, &sealed, ends, SideEffects::default(), now).await?;
        }
        let ends = Some(now + TOKEN_LASTS);
        // On a conflict the lease had run out, and somebody else runs it.
        self.records.write(marker, Expect::Revision(lease.0), &Marker::Done, ends, SideEffects::default(), now).await?;
        Ok(())
    }

    /// Lets a submission be made again: nothing came of it.
    pub async fn give_up_submission(&self, submission: &Submission, lease: Lease) -> Result<(), InternalError> {
        let now = self.outside.clock.now();
        self.outside.store.delete(&submission.marker, Expect::Revision(lease.0), now).await?;
        Ok(())
    }
}
