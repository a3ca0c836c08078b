//! Notes left for a page of a session: put once, taken once, bound to the handle.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{InternalError, Portal};
use postern_core::model::{SessionHandle, Visit};
use postern_core::port::{Expect, Key, Write};

/// A note nobody fetched is stale by then.
const LASTS: Duration = Duration::from_mins(10);

fn place(handle: SessionHandle, page: impl fmt::Display) -> Key {
    Key::new(handle, format_args!("note/{page}"))
}

impl Portal {
    /// Leaves a note for a page; one that was there and not fetched gives way.
    pub async fn leave_note<T: Serialize>(
        &self,
        visit: &Visit,
        page: impl fmt::Display,
        note: &T,
    ) -> Result<(), InternalError> {
        let now = self.outside.clock.now();
        let key = place(visit.session.handle, page);
        let sealed = self.records.seal(&key, note)?;
        self.outside.store.write(Write::new(key, Expect::Anything, sealed, Some(now + LASTS)), now).await?;
        Ok(())
    }

    /// A note that stays where it is.
    pub async fn read_note<T: DeserializeOwned>(
        &self,
        visit: &Visit,
        page: impl fmt::Display,
    ) -> Result<Option<T>, InternalError> {
        let key = place(visit.session.handle, page);
        Ok(self.records.load(&key, self.outside.clock.now()).await?.map(|(note, _)| note))
    }

    pub async fn take_note<T: DeserializeOwned>(
        &self,
        visit: &Visit,
        page: impl fmt::Display,
    ) -> Result<Option<T>, InternalError> {
        self.records.take(&place(visit.session.handle, page), self.outside.clock.now()).await
    }
}
