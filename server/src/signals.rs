//! What the process does when it gets a signal.
//!
//! | signal | what happens |
//! |---|---|
//! | `SIGTERM`, `SIGINT` | drains if that is asked for, then stops; a second one ends the draining |
//! | `SIGHUP` | reads the configuration again: the log filter and the mail server hold from then on, its certificates too |
//! | `SIGUSR1`, `SIGUSR2` | a line in the log; by default they would end the process |

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::config::{Config, ConfigSources, Mail};
use crate::mail::{NoSmtp, ReplaceableCarrier, Smtp};
use crate::telemetry::Telemetry;

/// Whether the process is about to stop and serves only those who have not turned to another yet.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The signals, from now on: none of them ends the process by itself any more.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    user: [Signal; 2],
}

impl Signals {
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            user: [signal(SignalKind::user_defined1())?, signal(SignalKind::user_defined2())?],
        })
    }

    /// Waits until the process is to stop, before there is anything to act on.
    pub async fn stop_requested(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Acts on signals until the process is to stop, and says so to `stop`.
    pub async fn act(mut self, reload: Reload, draining: Draining, drain: Duration, stop: watch::Sender<bool>) {
        self.until_told_to_stop(&reload).await;
        if !drain.is_zero() {
            tracing::info!(drain_seconds = drain.as_secs(), "draining: /readyz says 503");
            draining.begin();
            tokio::select! {
                () = tokio::time::sleep(drain) => {}
                () = self.until_told_to_stop(&reload) => {}
            }
        }
        tracing::info!("stopping");
        let _ = stop.send(true);
        // Others stay without effect while requests come to an end.
        self.until_told_to_stop(&reload).await;
    }

    async fn until_told_to_stop(&mut self, reload: &Reload) {
        let [first, second] = &mut self.user;
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hang_up.recv() => reload.reload(),
                _ = first.recv() => tracing::info!("SIGUSR1: nothing to do"),
                _ = second.recv() => tracing::info!("SIGUSR2: nothing to do"),
            }
        }
    }
}

/// Waits until the process is to stop.
pub async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means stop, too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What is needed to read the configuration again.
pub struct Reload {
    pub given: ConfigSources,
    /// As it was at the start.
    pub config: Config,
    pub telemetry: Telemetry,
    pub mail: Arc<ReplaceableCarrier>,
}

impl Reload {
    /// Takes what can be changed while the process runs from the configuration as it is now. What else has changed is
    /// named; it needs a restart.
    fn reload(&self) {
        let config = match Config::load(&self.given) {
            Ok(config) => config,
            Err(mistakes) => {
                tracing::error!(%mistakes, "SIGHUP: the configuration has mistakes; nothing has changed");
                return;
            }
        };
        let has_mail = match self.reload_mail(&config) {
            Ok(has_mail) => has_mail,
            Err(error) => {
                tracing::error!(%error, "SIGHUP: the mail server's settings cannot be used; nothing has changed");
                return;
            }
        };
        if let Err(error) = self.telemetry.set_filter(&config.log) {
            tracing::error!(%error, "SIGHUP: the log filter has not changed");
        }
        let holds = |name: &str| name == "log" || (has_mail && (name.starts_with("smtp.") || name == "mail.from"));
        let restart_for: Vec<_> = self.config.differences(&config).into_iter().filter(|name| !holds(name)).collect();
        let restart_for = restart_for.join(", ");
        tracing::warn!(log = %config.log, restart_for, "SIGHUP: configuration read again");
    }

    /// Whether there is a mail server, before and after: the demo's outbox is decided at the start.
    fn reload_mail(&self, config: &Config) -> Result<bool, NoSmtp> {
        let (Mail::Smtp(_), Mail::Smtp(settings)) = (&self.config.mail, &config.mail) else { return Ok(false) };
        self.mail.replace(Arc::new(Smtp::new(settings)?));
        Ok(true)
    }
}
