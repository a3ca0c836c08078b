//! Letters on their way: sealed, queued, and opened again by whoever delivers them.

use super::{Fault, Portal};
use crate::model::Letter;
use crate::port::Key;

fn queue() -> Key {
    Key::new("letters", "letter")
}

impl Portal {
    /// Queues a letter. Whether mail is away changes nothing here.
    pub(super) async fn post(&self, letter: &Letter) -> Result<(), Fault> {
        let sealed = self.records.seal(&queue(), letter)?;
        self.outside.store.enqueue(sealed, letter.ends, letter.written_at).await?;
        (self.outside.letter_waits)();
        Ok(())
    }

    /// Opens a letter that was queued, for the one who delivers it.
    pub fn open_letter(&self, sealed: &[u8]) -> Result<Letter, Fault> {
        self.records.open(&queue(), sealed)
    }
}
