//! Where the figures can be read: a listener of their own, without a password, a session or a cookie.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use tokio::net::TcpListener;

use super::Figures;
use crate::connections::{self, Bounds, Peers, Timeouts};
use crate::http::network::Proxies;
use crate::mail::MailHealth;
use crate::telemetry::Telemetry;

/// Prometheus needs one; this is room for a few more.
const CONNECTIONS: usize = 32;

/// How often single times are summed up while nobody asks.
const SUM_UP: Duration = Duration::from_secs(5);

/// A socket that is ours already; nobody is answered yet.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("metrics.address {address}: {error}")]
pub struct NoListener {
    address: SocketAddr,
    error: std::io::Error,
}

/// What is looked up when somebody asks.
#[derive(Clone)]
pub struct Watched {
    pub mail: Arc<MailHealth>,
    /// `None`: the logs are somebody else's.
    pub telemetry: Option<Telemetry>,
}

#[derive(Clone)]
struct Shown {
    figures: Figures,
    watched: Watched,
}

impl Listener {
    pub async fn bind(address: SocketAddr) -> Result<Self, NoListener> {
        let no = |error| NoListener { address, error };
        let socket = TcpListener::bind(address).await.map_err(no)?;
        let address = socket.local_addr().map_err(no)?;
        Ok(Self { socket, address })
    }

    /// With the port that was free, where none was named.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop`; whoever is still reading then is cut off.
    pub async fn serve(self, figures: Figures, watched: Watched, stop: impl Future<Output = ()> + Send) {
        let router = Router::new().route("/metrics", get(show)).with_state(Shown { figures: figures.clone(), watched });
        let peers =
            Peers { bounds: Bounds { total: CONNECTIONS, per_network: CONNECTIONS }, proxies: Proxies::new(&[]) };
        let listener = connections::Listener::new(self.socket, peers, Timeouts::default());
        let serving = listener.serve(router, std::future::pending());
        let summing = async {
            let mut ticks = tokio::time::interval(SUM_UP);
            loop {
                ticks.tick().await;
                figures.sum_up();
            }
        };
        tokio::select! {
            () = serving => {}
            () = summing => {}
            () = stop => {}
        }
    }
}

async fn show(State(Shown { figures, watched }): State<Shown>) -> Response {
    let lost_lines = watched.telemetry.map_or(0, |telemetry| telemetry.lost_lines());
    figures.record(watched.mail.is_up(), lost_lines);
    let headers = [
        (CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, figures.text()).into_response()
}
