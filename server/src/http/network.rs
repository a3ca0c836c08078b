//! Who asks, by address: the peer, or the last hop before a proxy that is configured as ours.
//!
//! Only `X-Forwarded-For` is read, as the proxies of ours write it: from its end, one entry for each of them. Where that
//! names nobody, because an entry cannot be read or because the proxy sends none, the request counts for the nearest proxy
//! of ours. All clients behind it then share one budget, so this is logged once a minute and counted.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use metrics::counter;
use postern_core::model::Network;

use crate::figures::UNKNOWN_CLIENTS;
use crate::health;
use crate::telemetry::RateLimit;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// The proxies whose word counts.
#[derive(Clone, Debug)]
pub struct Proxies {
    ours: Arc<[IpNet]>,
    logs: Arc<Logs>,
}

#[derive(Debug, Default)]
struct Logs {
    untrusted: RateLimit,
    unknown: RateLimit,
}

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Client {
    address: IpAddr,
    /// Why the address is our proxy's and not the client's.
    unknown: Option<Unknown>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unknown {
    /// There is no `X-Forwarded-For`.
    Missing,
    /// The entry that counts is no address.
    Unreadable,
}

impl Unknown {
    const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Proxies {
    pub fn new(ours: &[IpNet]) -> Self {
        Self { ours: ours.into(), logs: Arc::default() }
    }

    pub fn are_ours(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ours.iter().any(|net| net.contains(&address))
    }

    /// Walks back from the peer through our proxies to the first address that is not ours.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let known = |address| Client { address, unknown: None };
        if !self.are_ours(peer) {
            return known(peer);
        }
        let lines = headers.get_all(FORWARDED_FOR).iter();
        let hops = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect::<Vec<_>>();
        if hops.is_empty() {
            return Client { address: peer, unknown: Some(Unknown::Missing) };
        }
        let mut proxy = peer;
        for hop in hops.iter().rev() {
            let Some(address) = read_hop(hop) else {
                return Client { address: proxy, unknown: Some(Unknown::Unreadable) };
            };
            proxy = address;
            if !self.are_ours(address) {
                break;
            }
        }
        known(proxy)
    }

    /// Logs and counts what an operator has to know about how requests arrive.
    fn report(&self, peer: IpAddr, client: Client, request: &Request) {
        let headers = request.headers();
        if !self.are_ours(peer)
            && headers.contains_key(FORWARDED_FOR)
            && let Some(suppressed) = self.logs.untrusted.permit()
        {
            tracing::warn!(%peer, suppressed, "ignored X-Forwarded-For: its sender is not in trusted_proxies");
        }
        // Balancers ask for themselves whether we are well.
        let Some(unknown) = client.unknown.filter(|_| !health::PATHS.contains(&request.uri().path())) else { return };
        counter!(UNKNOWN_CLIENTS, "reason" => unknown.name()).increment(1);
        if let Some(suppressed) = self.logs.unknown.permit() {
            let reason = unknown.name();
            let (real_ip, forwarded) = (headers.contains_key(REAL_IP), headers.contains_key(header::FORWARDED));
            tracing::warn!(
                proxy = %client.address, reason, has_x_real_ip = real_ip, has_forwarded = forwarded, suppressed,
                "a trusted proxy does not name its client in X-Forwarded-For: its clients share one budget"
            );
        }
    }
}

/// An entry of `X-Forwarded-For`: an address, alone, in brackets or quotes, with a port or a zone.
fn read_hop(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim().trim_matches('"');
    if let Ok(address) = hop.parse::<IpAddr>() {
        return Some(address);
    }
    let (address, port) = match hop.strip_prefix('[') {
        Some(bracketed) => {
            let (address, rest) = bracketed.split_once(']')?;
            (address, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        // Without brackets only an IPv4 address can have a port.
        None if hop.matches(':').count() == 1 => hop.split_once(':').map(|(address, port)| (address, Some(port)))?,
        None => (hop, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    // A zone (RFC 4007 11) names an interface of the proxy's.
    let (address, _zone) = address.split_once('%').unwrap_or((address, ""));
    address.parse().ok()
}

pub async fn layer(
    State(proxies): State<Proxies>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = proxies.client(peer.ip(), request.headers());
    proxies.report(peer.ip(), client, &request);
    request.extensions_mut().insert(Network::from(client.address));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(ours: &str, peer: &str, forwarded: &[&'static str]) -> (String, Option<Unknown>) {
        let ours = ours.split_whitespace().map(|net| net.parse().expect("a network")).collect::<Vec<IpNet>>();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().expect("a header"));
        }
        let Client { address, unknown } = Proxies::new(&ours).client(peer.parse().expect("an address"), &headers);
        (address.to_string(), unknown)
    }

    fn known(address: &str) -> (String, Option<Unknown>) {
        (address.to_owned(), None)
    }

    #[test]
    fn only_our_proxies_are_believed_and_only_their_own_last_word() {
        assert_eq!(client("", "192.0.2.1", &["203.0.113.9"]), known("192.0.2.1"));
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["203.0.113.9"]), known("203.0.113.9"));
        // What the client wrote in front of the proxy's word does not count.
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["198.51.100.7, 203.0.113.9"]), known("203.0.113.9"));
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["198.51.100.7", "203.0.113.9"]), known("203.0.113.9"));
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &["not an address, 203.0.113.9"]), known("203.0.113.9"));
        // Two proxies of ours in a row.
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &["203.0.113.9, 192.0.2.2"]), known("203.0.113.9"));
        assert_eq!(client("192.0.2.1/32", "::ffff:192.0.2.1", &["2001:db8::1"]), known("2001:db8::1"));
    }

    #[test]
    fn entries_with_ports_brackets_quotes_and_zones_are_read() {
        for (entry, address) in [
            ("203.0.113.9:5000", "203.0.113.9"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("[203.0.113.9]:80", "203.0.113.9"),
            ("fe80::1%eth0", "fe80::1"),
            ("  203.0.113.9\t", "203.0.113.9"),
            ("::ffff:203.0.113.9", "::ffff:203.0.113.9"),
            ("198.51.100.7:1, 203.0.113.9:5000", "203.0.113.9"),
            ("203.0.113.9:5000, 192.0.2.2:4000", "203.0.113.9"),
        ] {
            assert_eq!(client("192.0.2.0/24", "192.0.2.1", &[entry]), known(address), "{entry}");
        }
    }

    #[test]
    fn client_that_is_not_named_counts_for_the_nearest_proxy_and_says_why() {
        let unreadable = |address: &str| (address.to_owned(), Some(Unknown::Unreadable));
        for entry in
            ["not an address", "", "unknown", "_hidden", "203.0.113.9:", "203.0.113.9:99999", "[2001:db8::1", "a:1"]
        {
            assert_eq!(client("192.0.2.1/32", "192.0.2.1", &[entry]), unreadable("192.0.2.1"), "{entry:?}");
        }
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &["unknown, 192.0.2.2"]), unreadable("192.0.2.2"));
        assert_eq!(client("192.0.2.1/32", "192.0.2.1", &[]), ("192.0.2.1".to_owned(), Some(Unknown::Missing)));
    }
}
