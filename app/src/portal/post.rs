//! What the process carries for us and must not read at rest: letters on their way, and session records.

use data_encoding::BASE64URL_NOPAD;

use super::{Fault, Portal};
use crate::model::Letter;
use crate::port::Key;

fn queue() -> Key {
    Key::new("letters", "letter")
}

fn session(place: &[u8; 16]) -> Key {
    Key::new(BASE64URL_NOPAD.encode(place), "session")
}

impl Portal {
    /// Queues a letter. Whether mail is away changes nothing here.
    pub(crate) async fn post(&self, letter: &Letter) -> Result<(), Fault> {
        let sealed = self.records.seal(&queue(), letter)?;
        self.outside.store.enqueue(sealed, letter.ends, letter.written_at).await?;
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

    /// Opens a letter that was queued, for the one who delivers it.
    pub fn open_letter(&self, sealed: &[u8]) -> Result<Letter, Fault> {
        self.records.open(&queue(), sealed)
    }
}
