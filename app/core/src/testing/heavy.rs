//! Heavy work without further threads.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;

use crate::port::{BlockingPool, Work, WorkError, WorkOrder, WorkSlot};

/// Does the work at once, on the thread that asks, however much there is.
#[derive(Clone, Copy, Debug, Default)]
pub struct AtOnce;

impl BlockingPool for AtOnce {
    fn reserve(&self, _: WorkOrder) -> Result<Box<dyn WorkSlot>, WorkError> {
        Ok(Box::new(Self))
    }
}

#[async_trait]
impl WorkSlot for AtOnce {
    async fn run(self: Box<Self>, work: Work) {
        work();
    }
}

/// Refuses all work, and counts how often it did.
#[derive(Debug)]
pub struct BusyQueue {
    error: WorkError,
    refused: AtomicU32,
}

impl BusyQueue {
    pub const fn new(error: WorkError) -> Self {
        Self { error, refused: AtomicU32::new(0) }
    }

    pub fn refused(&self) -> u32 {
        self.refused.load(Ordering::SeqCst)
    }
}

impl BlockingPool for BusyQueue {
    fn reserve(&self, _: WorkOrder) -> Result<Box<dyn WorkSlot>, WorkError> {
        self.refused.fetch_add(1, Ordering::SeqCst);
        Err(self.error)
    }
}
