//! Random names for things: 128 bits that say nothing about what they name.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// A text that is no id of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl From<[u8; 16]> for $name {
            fn from(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NotAnId)?;
                Ok(Self(bytes.try_into().map_err(|_| NotAnId)?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&BASE64URL_NOPAD.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

id! {
    /// Whoever factors belong to: a visitor, an account or a subject. The id does not tell which, so that
    /// a new account can adopt a visitor's holder as it stands.
    HolderId
}
id! {
    /// Names a session for as long as it lives, while the id in its cookie rotates. Opens nothing.
    SessionHandle
}
id! {
    /// One enrolled factor of a holder.
    FactorId
}

id! {
    /// A service that calls. Its key and its secret change by rotation, and then so does this.
    ClientId
}

id! {
    /// A session of a quorum. Whoever is told it may bring a share.
    QuorumId
}

id! {
    /// A browser that one account recognises when it comes again. Opens nothing.
    DeviceId
}

impl DeviceId {
    /// Whether both are of the same account: their first four bytes say which.
    pub fn is_of_same_account(&self, other: &Self) -> bool {
        self.0.first_chunk::<4>() == other.0.first_chunk::<4>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes_and_nothing_else() {
        let id = HolderId::from([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "AA", "!!!!!!!!!!!!!!!!!!!!!!", "BwcHBwcHBwcHBwcHBwcHBw=="] {
            assert_eq!(bad.parse::<HolderId>(), Err(NotAnId), "{bad}");
        }
    }
}
