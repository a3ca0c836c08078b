//! Ends vaults that nobody opens any more, where an operator wants that.

use std::time::Duration;

use postern_app::vault::Vaults;

/// How often vaults are looked through for those that nobody opens: it walks the whole store.
const VAULT_SWEEP: Duration = Duration::from_hours(24);
const VAULT_SWEEP_RETRY: Duration = Duration::from_mins(10);

/// Deletes vaults that nobody opens, at start and once a day, until `stop`.
pub async fn end_unused_vaults(vaults: Vaults, stop: impl Future<Output = ()>) {
    let sweeping = async {
        loop {
            let wait = match vaults.end_unused().await {
                Ok(_) => VAULT_SWEEP,
                Err(fault) => {
                    tracing::warn!(%fault, retry_minutes = VAULT_SWEEP_RETRY.as_secs() / 60, "vault sweep failed");
                    VAULT_SWEEP_RETRY
                }
            };
            tokio::time::sleep(wait).await;
        }
    };
    tokio::select! {
        () = sweeping => {}
        () = stop => {}
    }
}
