//! Who asks, by address: the peer, or the last hop before a proxy that is configured as ours.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use postern_app::model::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose word counts.
#[derive(Clone, Debug)]
pub struct Proxies {
    ours: Arc<[IpNet]>,
    warned: Arc<AtomicBool>,
}

impl Proxies {
    pub fn new(ours: &[IpNet]) -> Self {
        Self { ours: ours.into(), warned: Arc::default() }
    }

    fn are_ours(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ours.iter().any(|net| net.contains(&address))
    }

    /// Walks back from the peer through our proxies to the first address that is not ours.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.are_ours(peer) {
            if headers.contains_key(FORWARDED_FOR) && !self.warned.swap(true, Ordering::Relaxed) {
                tracing::warn!(%peer, "ignored a forwarding header: its sender is not in trusted_proxies (said once)");
            }
            return peer;
        }
        let lines = headers.get_all(FORWARDED_FOR).iter();
        let hops = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect::<Vec<_>>();
        let mut client = peer;
        for hop in hops.iter().rev() {
            // What cannot be read stands in front of our own proxy's word, or ends the walk.
            let Ok(address) = String::from_utf8_lossy(hop).trim().parse::<IpAddr>() else { break };
            client = address;
            if !self.are_ours(address) {
                break;
            }
        }
        client
    }
}

pub async fn layer(
    State(proxies): State<Proxies>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = proxies.client(peer.ip(), request.headers());
    request.extensions_mut().insert(Network::from(client));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(ours: &str, peer: &str, forwarded: &[&'static str]) -> String {
        let ours = ours.split_whitespace().map(|net| net.parse().expect("a network")).collect::<Vec<IpNet>>();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().expect("a header"));
        }
        Proxies::new(&ours).client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn only_our_proxies_are_believed_and_only_their_own_last_word() {
        assert_eq!(client("", "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["203.0.113.9"]), "203.0.113.9");
        // What the client wrote in front of the proxy's word does not count.
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["198.51.100.7, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["198.51.100.7", "203.0.113.9"]), "203.0.113.9");
        // Two proxies of ours in a row.
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &["203.0.113.9, 192.0.2.2"]), "203.0.113.9");
        assert_eq!(client("192.0.2.1/32", "::ffff:192.0.2.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["not an address"]), "192.0.2.1");
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &[]), "192.0.2.1");
    }
}
