//! How many connections there are: in all, and for each network, so that one network cannot take all of them. Where the
//! bound is reached, the connection that has been idle longest is closed for the next one; where none is idle, the next one
//! is refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postern_core::model::Network;

use super::Activity;
use crate::process;

/// A network gets this share of all connections…
const SHARE: usize = 8;

/// … but as many as a few browsers need.
const SMALLEST_SHARE: usize = 16;

/// From so many hundredths of the bound on, it is near.
const NEAR: usize = 90;

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub total: usize,
    /// For one network; trusted proxies are not bound by it.
    pub per_network: usize,
}

impl Bounds {
    /// So many in all, and a share of them for each network.
    pub fn of(total: usize) -> Self {
        Self { total, per_network: (total / SHARE).max(SMALLEST_SHARE).min(total) }
    }

    /// So many in all, or as many as there are descriptors for.
    pub fn within_descriptors(wanted: usize) -> Self {
        let descriptors = process::descriptor_limit().unwrap_or(usize::MAX);
        let possible = descriptors.saturating_sub(process::RESERVED).max(1);
        if possible < wanted {
            tracing::warn!(
                descriptors,
                wanted,
                possible,
                "fewer connections than limits.connections: descriptors are few"
            );
        }
        Self::of(wanted.min(possible))
    }
}

/// All connections of one listener.
#[derive(Clone, Debug)]
pub(super) struct Registry {
    bounds: Bounds,
    table: Arc<Mutex<Table>>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    open: HashMap<u64, Entry>,
    by_network: HashMap<Network, usize>,
}

#[derive(Debug)]
struct Entry {
    network: Option<Network>,
    activity: Arc<Activity>,
}

/// A connection's place. It is free when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
    table: Arc<Mutex<Table>>,
}

/// What became of a newcomer.
#[derive(Debug)]
pub(super) enum Admission {
    Admitted(Place),
    /// In place of an idle connection, which was asked to end.
    Replaced(Place),
    Refused,
}

impl Registry {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, table: Arc::default() }
    }

    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub fn count(&self) -> usize {
        self.lock().open.len()
    }

    pub fn is_near_bound(&self) -> bool {
        self.count() * 100 >= self.bounds.total * NEAR
    }

    /// `network`: whose share it takes; `None` for a proxy that speaks for many.
    pub fn admit(&self, network: Option<Network>, activity: &Arc<Activity>) -> Admission {
        let mut table = self.lock();
        let of_network = network.and_then(|network| table.by_network.get(&network).copied()).unwrap_or_default();
        let share_is_used = network.is_some() && of_network >= self.bounds.per_network;
        let is_full = share_is_used || table.open.len() >= self.bounds.total;
        if is_full && !table.close_idle(network.filter(|_| share_is_used)) {
            return Admission::Refused;
        }
        let id = table.insert(Entry { network, activity: Arc::clone(activity) });
        let place = Place { id, table: Arc::clone(&self.table) };
        if is_full { Admission::Replaced(place) } else { Admission::Admitted(place) }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Table {
    fn insert(&mut self, entry: Entry) -> u64 {
        if let Some(network) = entry.network {
            *self.by_network.entry(network).or_default() += 1;
        }
        self.next += 1;
        self.open.insert(self.next, entry);
        self.next
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.open.remove(&id)?;
        if let Some(network) = entry.network
            && let Some(count) = self.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
        Some(entry)
    }

    /// Closes the connection that has been idle longest, of this network or of all.
    fn close_idle(&mut self, network: Option<Network>) -> bool {
        let candidates = self.open.iter().filter(|(_, entry)| network.is_none() || entry.network == network);
        let idle = candidates.filter_map(|(id, entry)| Some((entry.activity.idle_since()?, *id)));
        let Some((_, id)) = idle.min() else { return false };
        if let Some(entry) = self.remove(id) {
            entry.activity.close();
        }
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Gone already, where it was closed for another.
        lock(&self.table).remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn network(last: u8) -> Network {
        Network::from(IpAddr::from([192, 0, 2, last]))
    }

    fn admit(registry: &Registry, network: Option<Network>) -> (Admission, Arc<Activity>) {
        let activity = Arc::new(Activity::new());
        (registry.admit(network, &activity), activity)
    }

    fn make_idle(activity: &Activity) {
        activity.begin_answer();
        activity.end_answer();
        activity.flush();
    }

    #[test]
    fn one_network_cannot_take_all_connections() {
        let registry = Registry::new(Bounds { total: 5, per_network: 3 });
        let held: Vec<_> = (0..3).map(|_| admit(&registry, Some(network(1)))).collect();
        assert!(held.iter().all(|(admission, _)| matches!(admission, Admission::Admitted(_))));
        assert!(matches!(admit(&registry, Some(network(1))).0, Admission::Refused));
        let (other, _) = admit(&registry, Some(network(2)));
        assert!(matches!(other, Admission::Admitted(_)));
        drop(held);
        assert_eq!(registry.count(), 1);
        assert!(matches!(admit(&registry, Some(network(1))).0, Admission::Admitted(_)));
    }

    #[test]
    fn trusted_proxies_are_bound_by_the_total_alone() {
        let registry = Registry::new(Bounds { total: 3, per_network: 1 });
        let held: Vec<_> = (0..3).map(|_| admit(&registry, None)).collect();
        assert!(held.iter().all(|(admission, _)| matches!(admission, Admission::Admitted(_))));
        assert!(matches!(admit(&registry, None).0, Admission::Refused));
    }

    #[test]
    fn idle_connection_is_closed_for_a_newcomer_of_the_same_network() {
        let registry = Registry::new(Bounds { total: 10, per_network: 2 });
        let (_busy, _) = admit(&registry, Some(network(1)));
        let (idle, activity) = admit(&registry, Some(network(1)));
        let (_elsewhere, other) = admit(&registry, Some(network(2)));
        make_idle(&activity);
        make_idle(&other);
        let (newcomer, _) = admit(&registry, Some(network(1)));
        assert!(matches!(newcomer, Admission::Replaced(_)));
        assert_eq!(registry.count(), 3);
        assert!(matches!(admit(&registry, Some(network(1))).0, Admission::Refused), "the other network's stays");
        drop(idle);
        assert_eq!(registry.count(), 3, "its place was given away already");
    }

    #[test]
    fn every_network_has_a_share_and_it_is_near_before_it_is_full() {
        assert_eq!(Bounds::of(2048), Bounds { total: 2048, per_network: 256 });
        assert_eq!(Bounds::of(64), Bounds { total: 64, per_network: 16 });
        assert_eq!(Bounds::of(8), Bounds { total: 8, per_network: 8 });
        let registry = Registry::new(Bounds::of(10));
        let mut held: Vec<_> = (0..8).map(|last| admit(&registry, Some(network(last)))).collect();
        assert!(!registry.is_near_bound());
        held.push(admit(&registry, Some(network(9))));
        assert!(registry.is_near_bound());
    }
}
