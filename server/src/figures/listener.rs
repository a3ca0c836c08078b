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
use crate::mail::MailHealth;

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

#[derive(Clone)]
struct Shown {
    figures: Figures,
    mail: Arc<MailHealth>,
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
    pub async fn serve(self, figures: Figures, mail: Arc<MailHealth>, stop: impl Future<Output = ()> + Send) {
        let router = Router::new().route("/metrics", get(show)).with_state(Shown { figures: figures.clone(), mail });
        let serving = async {
            if let Err(error) = axum::serve(self.socket, router).await {
                tracing::error!(%error, "metrics are not served any more");
            }
        };
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

async fn show(State(Shown { figures, mail }): State<Shown>) -> Response {
    figures.mail_is(mail.is_up());
    let headers = [
        (CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, figures.text()).into_response()
}
