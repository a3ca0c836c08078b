//! What the process carries for us and must not read at rest: letters on their way, and session records.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use super::{InternalError, Portal};
use postern_core::model::Letter;
use postern_core::port::{Key, Lane, LeasedJob, NewJob};

/// For so long a letter stays in the queue beyond its end, so that it is seen, counted and dropped there.
const KEPT_BEYOND: Duration = Duration::from_hours(24);

fn queue() -> Key {
    Key::new("letters", "letter")
}

fn session(place: &[u8; 16]) -> Key {
    Key::new(BASE64URL_NOPAD.encode(place), "session")
}

impl Portal {
    /// Queues a letter. Whether mail is away changes nothing here.
    pub(crate) async fn post(&self, lane: Lane, letter: &Letter) -> Result<(), InternalError> {
        let value = self.records.seal(&queue(), letter)?;
        let job = NewJob { lane, value, due: letter.written_at, ends: letter.ends + KEPT_BEYOND };
        self.outside.store.enqueue(job, letter.written_at).await?;
        (self.outside.letter_waits)();
        Ok(())
    }

    /// Seals what a session's record holds, for the one who keeps it at `place`.
    pub fn seal_session(&self, plain: &[u8], place: &[u8; 16]) -> Vec<u8> {
        self.records.sealer.seal(&session(place), plain, &*self.records.entropy)
    }

    /// `None`: not sealed by us, or not there.
    pub fn open_session(&self, sealed: &[u8], place: &[u8; 16]) -> Option<Vec<u8>> {
        self.records.sealer.open(&session(place), sealed).ok().map(|plain| plain.to_vec())
    }

    /// The letter that a job of the queue is, for the one who delivers it; `None` if there is nothing left to say.
    pub async fn open_letter(&self, job: &LeasedJob) -> Result<Option<Letter>, InternalError> {
        match (self.records.open(&queue(), &job.value), job.id.lane) {
            (Err(InternalError::Unreadable { .. }), Lane::Bulk) => self.write_digest(&job.value).await,
            (letter, _) => letter.map(Some),
        }
    }
}
