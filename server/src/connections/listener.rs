//! Accepts connections and serves them until it is told to stop.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use http::Request;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use postern_core::model::Network;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::Timeouts;
use super::activity::Activity;
use super::registry::{Admission, Bounds, Place, Registry};
use super::stream::GuardedStream;
use crate::figures::ConnectionCounters;
use crate::http::network::Proxies;
use crate::telemetry::RateLimit;

/// The longest header of a request, in bytes, its first line included.
const LONGEST_HEADER: usize = 32 * 1024;

/// How long nothing is accepted after the operating system gave no connection, as when there are no more descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// What somebody hears for whom there is no connection, in one write and without waiting.
const REFUSED: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\n\
    cache-control: no-store\r\nx-content-type-options: nosniff\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 60\r\n\r\nToo many connections are open. Try again in a few seconds.\r\n";

/// Who may connect, and for whom.
#[derive(Clone, Debug)]
pub struct Peers {
    pub bounds: Bounds,
    /// They speak for many, so that no network's share binds them.
    pub proxies: Proxies,
}

/// A socket that accepts connections, and the rules for them.
pub struct Listener {
    socket: TcpListener,
    registry: Registry,
    proxies: Proxies,
    timeouts: Timeouts,
    counters: ConnectionCounters,
    https: bool,
    near_bound: RateLimit,
    refused: RateLimit,
    failed: RateLimit,
}

/// What one connection's stream has to know.
#[derive(Clone)]
pub(super) struct Exchange {
    pub timeouts: Timeouts,
    pub counters: ConnectionCounters,
    pub network: Network,
    /// Whether browsers reach us by https.
    pub https: bool,
}

impl Listener {
    pub fn new(socket: TcpListener, peers: Peers, timeouts: Timeouts) -> Self {
        let Peers { bounds, proxies } = peers;
        Self {
            socket,
            registry: Registry::new(bounds),
            proxies,
            timeouts,
            counters: ConnectionCounters::default(),
            https: false,
            near_bound: RateLimit::default(),
            refused: RateLimit::default(),
            failed: RateLimit::default(),
        }
    }

    /// Answers carry HSTS.
    #[must_use]
    pub fn behind_https(self, https: bool) -> Self {
        Self { https, ..self }
    }

    #[must_use]
    pub fn counted_by(self, counters: ConnectionCounters) -> Self {
        Self { counters, ..self }
    }

    /// Serves until `stop`, then lets requests under way come to an end.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let (stopping, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next() => self.count_open(),
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, peer)) => {
                        if let Some(connection) = self.admit(stream, peer, &router, &stopped) {
                            connections.spawn(connection);
                            self.count_open();
                        }
                    }
                    Err(error) if is_of_the_peer(&error) => {}
                    Err(error) => {
                        if let Some(suppressed) = self.failed.permit() {
                            tracing::error!(%error, suppressed, "no connection can be accepted");
                        }
                        tokio::select! {
                            () = &mut stop => break,
                            () = tokio::time::sleep(PAUSE) => {}
                        }
                    }
                },
            }
        }
        drop(self.socket);
        // Nobody listening means that no connection is left.
        let _ = stopping.send(true);
        while connections.join_next().await.is_some() {}
    }

    fn count_open(&self) {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        self.counters.open.set(self.registry.count() as f64);
    }

    /// The work of a new connection, if there is room for it.
    fn admit(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        router: &Router,
        stopped: &watch::Receiver<bool>,
    ) -> Option<impl Future<Output = ()> + Send + use<>> {
        let network = Network::from(peer.ip());
        let activity = Arc::new(Activity::new());
        let share_of = (!self.proxies.are_ours(peer.ip())).then_some(network);
        let place = match self.registry.admit(share_of, &activity) {
            Admission::Admitted(place) => place,
            Admission::Replaced(place) => {
                self.counters.replaced.increment(1);
                place
            }
            Admission::Refused => {
                self.refuse(&stream, network);
                return None;
            }
        };
        if self.registry.is_near_bound()
            && let Some(suppressed) = self.near_bound.permit()
        {
            let (open, limit) = (self.registry.count(), self.registry.bounds().total);
            tracing::warn!(open, limit, suppressed, "connections are near their limit (limits.connections)");
        }
        let exchange =
            Exchange { timeouts: self.timeouts, counters: self.counters.clone(), network, https: self.https };
        Some(serve(stream, peer, activity, exchange, router.clone(), stopped.clone(), place))
    }

    fn refuse(&self, stream: &TcpStream, network: Network) {
        self.counters.refused.increment(1);
        // Who does not take it at once hears nothing: nobody waits for the refused.
        let _ = stream.try_write(REFUSED);
        if let Some(suppressed) = self.refused.permit() {
            let open = self.registry.count();
            let Bounds { total, per_network } = self.registry.bounds();
            tracing::warn!(%network, open, limit = total, per_network, suppressed, "connection refused: too many are open");
        }
    }
}

/// Whether only the one who wanted to connect has lost something.
fn is_of_the_peer(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    activity: Arc<Activity>,
    exchange: Exchange,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    place: Place,
) {
    // An answer that is not sent at once waits for the peer's acknowledgement otherwise; the events of a stream are small.
    let _ = stream.set_nodelay(true);
    let timeouts = exchange.timeouts;
    let stream = GuardedStream::new(stream, Arc::clone(&activity), exchange);
    let answering = Arc::clone(&activity);
    let service = service_fn(move |request: Request<Incoming>| {
        answering.begin_answer();
        let activity = Arc::clone(&answering);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(timeouts);
        request.extensions_mut().insert(Arc::clone(&activity));
        let answer = router.clone().oneshot(request);
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Answer { body, activity })) }
    });
    let mut http = http1::Builder::new();
    // A client that hangs up, or that only ended its own side, had sent its request: it is worked on and answered.
    http.half_close(true);
    // The stream has the time limits: the library has one for headers and pauses alike.
    http.max_header_size(LONGEST_HEADER).max_buf_size(2 * LONGEST_HEADER).header_read_timeout(None);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            // What ends a connection in its middle is the peer's own doing, or was counted by the stream.
            _ = connection.as_mut() => break,
            () = activity.closed(), if !is_ending => {
                connection.as_mut().graceful_shutdown();
                is_ending = true;
            }
            _ = stopped.wait_for(|stopped| *stopped), if !is_ending => {
                connection.as_mut().graceful_shutdown();
                is_ending = true;
            }
        }
    }
    drop(place);
}

/// An answer's body, which tells when it has been handed over.
struct Answer {
    body: Body,
    activity: Arc<Activity>,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.activity.end_answer();
    }
}
