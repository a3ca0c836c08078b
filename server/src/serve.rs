//! The process that serves: signals, limits, the listener, and the portal behind it.

use postern_core::factor::security_key;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, Platform, ServeError};
use crate::config::{Config, ConfigSources};
use crate::process;
use crate::signals::{Reload, Signals};
use crate::telemetry::Telemetry;

/// Runs the portal until the process is told to stop. `given`: what SIGHUP reads again.
pub async fn serve(config: &Config, given: ConfigSources, telemetry: Telemetry) -> Result<(), ServeError> {
    security_key::self_test()?;
    // Before anything is opened, so that none of these ends the process in its middle.
    let mut signals = Signals::listen()?;
    if let Err(error) = process::raise_descriptor_limit() {
        tracing::warn!(%error, "the descriptor limit cannot be raised");
    }
    let address = config.address;
    let machine = Platform { telemetry: Some(telemetry.clone()), ..Platform::default() };
    let app = tokio::select! {
        app = App::open(config, machine) => app?,
        () = signals.stop_requested() => {
            tracing::info!("stopping before the start was complete");
            return Ok(());
        }
    };
    let listener = TcpListener::bind(address).await.map_err(|error| ServeError::Listen { address, error })?;
    let (stop, stopping) = watch::channel(false);
    let reload = Reload { given, config: config.clone(), telemetry: telemetry.clone(), mail: app.mail() };
    tokio::spawn(signals.act(reload, app.draining(), config.drain, stop));
    tokio::spawn(process::watch_descriptors());
    tokio::spawn(telemetry.report_lost_lines());
    let address = listener.local_addr()?;
    if let Some(address) = app.metrics_address() {
        tracing::info!(%address, "metrics can be read");
    }
    tracing::info!(%address, origin = config.public_origin.as_str(), demo = config.is_demo(), "ready");
    app.run(listener, stopping).await
}
