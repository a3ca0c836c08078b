//! Notes left for a session's next page: put once, taken once, bound to the handle.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Fault, Portal};
use crate::model::{SessionHandle, Visit};
use crate::port::{Expect, Key, Write};

/// A note nobody fetched is stale by then.
const LASTS: Duration = Duration::from_mins(10);

pub(super) fn place(handle: SessionHandle) -> Key {
    Key::new(handle, "note")
}

impl Portal {
    pub async fn leave_note<T: Serialize>(&self, visit: &Visit, note: &T) -> Result<(), Fault> {
        let now = self.outside.clock.now();
        let key = place(visit.session.handle);
        let sealed = self.records.seal(&key, note)?;
        self.outside.store.write(Write::new(key, Expect::Anything, sealed, Some(now + LASTS)), now).await?;
        Ok(())
    }

    pub async fn take_note<T: DeserializeOwned>(&self, visit: &Visit) -> Result<Option<T>, Fault> {
        self.records.take(&place(visit.session.handle), self.outside.clock.now()).await
    }
}
