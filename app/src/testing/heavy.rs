//! Heavy work without further threads.

use async_trait::async_trait;

use crate::port::HeavyWork;

/// Does the work at once, on the thread that asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct AtOnce;

#[async_trait]
impl HeavyWork for AtOnce {
    async fn run(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }
}
