//! The store that was chosen, and what else follows from the choice: how sessions are kept, and who removes what has ended.

use std::sync::Arc;
use std::time::Duration;

use postern_app::port::{Clock, Store};

use super::{CannotOpen, EmbeddedStore, RedisStore};
use crate::config::Config;

/// How often the embedded store removes what has ended.
const SWEEP: Duration = Duration::from_mins(1);

/// One of the two, open.
#[derive(Clone)]
pub enum Opened {
    Embedded(Arc<EmbeddedStore>),
    Redis(Arc<RedisStore>),
}

/// Opens the store that the configuration names.
pub async fn open(config: &Config) -> Result<Opened, CannotOpen> {
    Ok(match &config.redis_url {
        Some(url) => Opened::Redis(Arc::new(RedisStore::connect(url.expose()).await?)),
        None => Opened::Embedded(Arc::new(EmbeddedStore::open(&config.data_dir)?)),
    })
}

impl Opened {
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Embedded(store) => Arc::clone(store) as Arc<dyn Store>,
            Self::Redis(store) => Arc::clone(store) as Arc<dyn Store>,
        }
    }

    /// Removes what has ended, until `stop`. Redis does so by itself.
    pub async fn keep_clean(self, clock: Arc<dyn Clock>, stop: impl Future<Output = ()> + Send) {
        let Self::Embedded(store) = self else { return };
        let sweeping = async {
            let mut ticks = tokio::time::interval(SWEEP);
            loop {
                ticks.tick().await;
                match store.sweep(clock.now()).await {
                    Ok(0) => {}
                    Ok(swept) => tracing::debug!(swept, "removed what has ended"),
                    Err(fault) => tracing::warn!(%fault, "what has ended could not be removed"),
                }
            }
        };
        tokio::select! {
            () = sweeping => {}
            () = stop => {}
        }
    }
}
