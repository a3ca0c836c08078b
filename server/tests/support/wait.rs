//! Waiting for what has to come, however busy the machine is.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::time::Duration;

/// Nobody waits longer: what has not come by then does not come.
const STUCK: Duration = Duration::from_mins(2);

/// Between two looks, so that who waits leaves the cores to whom it waits for.
const PAUSE: Duration = Duration::from_millis(5);

/// Asks again and again until the answer is yes.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let asked = async {
        while !holds().await {
            tokio::time::sleep(PAUSE).await;
        }
    };
    within(what, asked).await;
}

/// What `work` comes to, which a fault in what is tested would let hang.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(STUCK, work).await.unwrap_or_else(|_| panic!("stuck: {what}"))
}
