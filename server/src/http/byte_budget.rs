//! How many bytes may be held for others at a time: in all, and for one network, so that one network cannot hold all of
//! them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use postern_core::model::Network;

/// A number of bytes that is shared out.
#[derive(Clone, Debug)]
pub struct ByteBudget {
    total: usize,
    per_network: usize,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    total: usize,
    by_network: HashMap<Network, usize>,
}

/// What one request holds of it. Given back when this is dropped.
#[derive(Debug)]
pub struct Share {
    budget: ByteBudget,
    network: Network,
    bytes: usize,
}

impl ByteBudget {
    pub fn new(total: usize, per_network: usize) -> Self {
        Self { total, per_network, held: Arc::default() }
    }

    /// Of nothing yet.
    pub fn share(&self, network: Network) -> Share {
        Share { budget: self.clone(), network, bytes: 0 }
    }
}

impl Share {
    /// Holds so many bytes from now on. `false`: they are not there, and nothing has changed. Fewer always are.
    pub fn hold(&mut self, bytes: usize) -> bool {
        let Self { budget, network, .. } = self;
        let mut held = budget.held.lock().unwrap_or_else(PoisonError::into_inner);
        let total = held.total - self.bytes + bytes;
        let of_network = held.by_network.get(network).copied().unwrap_or_default() - self.bytes + bytes;
        if bytes > self.bytes && (total > budget.total || of_network > budget.per_network) {
            return false;
        }
        held.total = total;
        if of_network == 0 {
            held.by_network.remove(network);
        } else {
            held.by_network.insert(*network, of_network);
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.hold(0);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn network(last: u8) -> Network {
        Network::from(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn one_network_cannot_hold_all_of_it_and_all_together_no_more_than_there_is() {
        let budget = ByteBudget::new(10, 6);
        let (mut first, mut second, mut other) =
            (budget.share(network(1)), budget.share(network(1)), budget.share(network(2)));
        assert!(first.hold(4) && !second.hold(3) && second.hold(2));
        assert!(other.hold(4) && !other.hold(5));
        assert!(first.hold(1), "less is always there");
        assert!(other.hold(6) && !other.hold(7));
        drop((first, second, other));
        assert_eq!(budget.held.lock().expect("one thread").by_network.len(), 0);
        assert!(budget.share(network(3)).hold(6));
    }
}
