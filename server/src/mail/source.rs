//! From a job of the queue to the letter that it is.

use std::sync::Arc;

use async_trait::async_trait;
use postern_app::portal::{InternalError, Portal};
use postern_core::model::{Letter, Timestamp};
use postern_core::port::{Lane, LeasedJob};

/// Opens what was queued.
#[async_trait]
pub trait LetterSource: Send + Sync + 'static {
    /// `None`: there is nothing left to say.
    async fn open(&self, job: &LeasedJob) -> Result<Option<Letter>, NoLetter>;

    /// Told of every letter that went out.
    async fn sent(&self, job: &LeasedJob);
}

/// Why a job gives no letter.
#[derive(Debug, thiserror::Error)]
pub enum NoLetter {
    /// Another try may.
    #[error("{0}")]
    NotNow(String),
    /// So many letters went out that this one has to wait until then.
    #[error("the portal's ceiling for letters is reached")]
    NotBefore(Timestamp),
    /// It is none of ours, or damaged.
    #[error("{0}")]
    Unreadable(String),
}

impl From<InternalError> for NoLetter {
    fn from(fault: InternalError) -> Self {
        match fault {
            InternalError::Unreadable { .. } => Self::Unreadable(fault.to_string()),
            fault => Self::NotNow(fault.to_string()),
        }
    }
}

/// The portal's own letters.
pub struct PortalLetters(pub Arc<Portal>);

#[async_trait]
impl LetterSource for PortalLetters {
    async fn open(&self, job: &LeasedJob) -> Result<Option<Letter>, NoLetter> {
        if job.id.lane == Lane::Bulk
            && let Some(until) = self.0.bulk_waits_until().await?
        {
            return Err(NoLetter::NotBefore(until));
        }
        Ok(self.0.open_letter(job).await?)
    }

    async fn sent(&self, job: &LeasedJob) {
        if job.id.lane == Lane::Bulk
            && let Err(fault) = self.0.count_bulk().await
        {
            tracing::warn!(%fault, "a letter that went out could not be counted");
        }
    }
}
