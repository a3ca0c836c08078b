//! What names one request in the log and on its answer, so that a line and an answer can be brought together. Made here:
//! what a client sends under the same name is not looked at. It opens nothing, so it needs no randomness.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderName, HeaderValue};

/// On every answer.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

static PROCESS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// 64 bits, different for every request of every process but by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u64);

impl RequestId {
    pub fn next() -> Self {
        Self(PROCESS.hash_one(COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    pub fn header(self) -> HeaderValue {
        HeaderValue::from_str(&self.to_string()).unwrap_or_else(|_| unreachable!("hexadecimal digits"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_differ_and_stand_in_a_header() {
        let ids = [RequestId::next(), RequestId::next(), RequestId::next()];
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        assert!(ids.iter().all(|id| id.header().to_str().is_ok_and(|text| text.len() == 16)));
    }
}
