//! Who asks, and from where.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{DeviceId, HolderId, Refusal, SessionHandle, Timestamp};

/// A browser's session as a request comes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub handle: SessionHandle,
    pub holder: HolderId,
    #[serde(default)]
    pub kind: SessionKind,
    pub begun_at: Timestamp,
    /// The session is over then in any case, and with a visitor's all that was enrolled in it is gone.
    pub ends_at: Timestamp,
}

/// Whose session it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionKind {
    /// This browser's alone, with a holder of its own that ends with it.
    #[default]
    Visitor,
    /// Somebody signed in. It lives only while its handle stands in the account's record.
    Account,
}

impl Session {
    /// How far the clocks of several instances may be apart.
    pub const SKEW: Duration = Duration::from_mins(1);

    /// Refuses once the session has ended; and one that is still to begin, which a clock that was ahead left: it would
    /// outlast its own length.
    pub fn check_live(&self, now: Timestamp) -> Result<(), Refusal> {
        let has_begun = self.begun_at <= now + Self::SKEW;
        if has_begun && now < self.ends_at { Ok(()) } else { Err(Refusal::NoSession) }
    }
}

/// A session, and where this request of it comes from.
#[derive(Clone, Debug)]
pub struct Visit {
    pub session: Session,
    pub network: Network,
    pub browser: Browser,
}

impl Visit {
    pub fn is_signed_in(&self) -> bool {
        self.session.kind == SessionKind::Account
    }
}

/// The program at the other end, as far as it tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// `Firefox on Linux`; empty where it says nothing.
    pub name: String,
    /// Values by which accounts know it from earlier sign-ins, at most one for each account.
    pub devices: Vec<DeviceId>,
}

/// An IPv4 address or an IPv6 /64: what one household or one machine has, and what limits count by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(IpAddr::V4(v4)),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

impl Network {
    /// The IPv6 /48 that it is part of, as text: what one organisation or one rented range has (RFC 6177). Whoever has a
    /// whole one has 65,536 networks, so limits count by it, too.
    pub fn site(&self) -> Option<String> {
        let IpAddr::V6(v6) = self.0 else { return None };
        let [a, b, c, ..] = v6.segments();
        Some(format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)))
    }

    pub const LOCAL: Self = Self(IpAddr::V4(Ipv4Addr::LOCALHOST));
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => write!(f, "{v4}"),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_ipv4_address_or_an_ipv6_64() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.7"));
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
        assert_eq!(network("2001:db8:1:2:3::1").to_string(), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:3::1").site().as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(network("192.0.2.7").site(), None);
    }
}
