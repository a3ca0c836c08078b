//! A carrier that can be exchanged while letters go out, as when its settings or its certificates were read again.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use postern_core::model::Letter;
use postern_core::port::{Mailer, Undelivered};

use super::Carrier;

/// Hands each letter to the carrier of the moment.
pub struct ReplaceableCarrier(RwLock<Arc<dyn Carrier>>);

impl ReplaceableCarrier {
    pub fn new(carrier: Arc<dyn Carrier>) -> Self {
        Self(RwLock::new(carrier))
    }

    /// From the next letter on. Those under way go by the one before.
    pub fn replace(&self, carrier: Arc<dyn Carrier>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = carrier;
    }

    fn current(&self) -> Arc<dyn Carrier> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Mailer for ReplaceableCarrier {
    async fn deliver(&self, letter: &Letter, id: &str) -> Result<(), Undelivered> {
        self.current().deliver(letter, id).await
    }
}

#[async_trait]
impl Carrier for ReplaceableCarrier {
    async fn reach(&self) -> Result<(), Undelivered> {
        self.current().reach().await
    }
}
