//! Where letters go in the demo: to the session that asked for them, and nowhere else.

use std::sync::Arc;

use async_trait::async_trait;
use postern_app::portal::Portal;
use postern_core::model::Letter;
use postern_core::port::{Mailer, Undelivered};

use super::Carrier;

/// The demo's mail.
pub struct Outbox {
    portal: Arc<Portal>,
}

impl Outbox {
    pub const fn new(portal: Arc<Portal>) -> Self {
        Self { portal }
    }
}

#[async_trait]
impl Mailer for Outbox {
    async fn deliver(&self, letter: &Letter, _id: &str) -> Result<(), Undelivered> {
        if letter.asked_by.is_none() {
            tracing::info!(to = ?letter.to, "a letter that no session asked for is dropped in the demo");
            return Ok(());
        }
        self.portal.keep_letter(letter).await.map_err(|fault| Undelivered::Transient(fault.to_string()))
    }
}

/// There is nothing on the way that could be away.
#[async_trait]
impl Carrier for Outbox {
    async fn reach(&self) -> Result<(), Undelivered> {
        Ok(())
    }
}
