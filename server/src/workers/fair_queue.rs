//! The order in which heavy work is served, without threads and without a clock.
//!
//! Verification goes before creation; within each, networks take turns, and within a network its subjects do (round-robin).
//! The queue is bounded as a whole, for creation, for each network and for each subject.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use postern_core::model::Network;
use postern_core::port::{WorkError, WorkOrder, WorkPriority};

/// How many pieces of work may be reserved, waiting or running at a time.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub total: usize,
    /// Of them creation, so that it leaves room for verification.
    pub creation: usize,
    pub per_network: usize,
    pub per_subject: usize,
}

/// After so many verifications in a row one creation is served, if one waits: none waits for ever.
const IN_A_ROW: u32 = 8;

/// Work that waits, and the places that are taken.
pub struct FairQueue<T> {
    bounds: Bounds,
    total: usize,
    creation: usize,
    networks: HashMap<Network, usize>,
    subjects: HashMap<String, usize>,
    verifications: Turns<T>,
    creations: Turns<T>,
    /// Verifications that were served since the last creation.
    in_a_row: u32,
    next_ticket: u64,
}

/// Names a piece of work that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

impl<T> FairQueue<T> {
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            total: 0,
            creation: 0,
            networks: HashMap::new(),
            subjects: HashMap::new(),
            verifications: Turns::default(),
            creations: Turns::default(),
            in_a_row: 0,
            next_ticket: 0,
        }
    }

    /// Takes a place, to be given back with [`release`](Self::release).
    pub fn reserve(&mut self, order: &WorkOrder) -> Result<(), WorkError> {
        let of_network = self.networks.get(&order.network).copied().unwrap_or_default();
        let of_subject = order.subject.as_ref().and_then(|subject| self.subjects.get(subject)).copied();
        if of_network >= self.bounds.per_network || of_subject.unwrap_or_default() >= self.bounds.per_subject {
            return Err(WorkError::ShareExceeded);
        }
        let is_creation = order.priority == WorkPriority::Creation;
        if self.total >= self.bounds.total || (is_creation && self.creation >= self.bounds.creation) {
            return Err(WorkError::QueueFull);
        }
        self.total += 1;
        self.creation += usize::from(is_creation);
        *self.networks.entry(order.network).or_default() += 1;
        if let Some(subject) = &order.subject {
            *self.subjects.entry(subject.clone()).or_default() += 1;
        }
        Ok(())
    }

    /// Gives a place back: its work is done, or will not be.
    pub fn release(&mut self, order: &WorkOrder) {
        self.total = self.total.saturating_sub(1);
        self.creation = self.creation.saturating_sub(usize::from(order.priority == WorkPriority::Creation));
        decrement(&mut self.networks, &order.network);
        if let Some(subject) = &order.subject {
            decrement(&mut self.subjects, subject);
        }
    }

    /// Adds work whose place was reserved.
    pub fn push(&mut self, order: WorkOrder, item: T) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.turns(order.priority).push(Waiting { ticket, order, item });
        ticket
    }

    /// The work to be done next.
    pub fn pop(&mut self) -> Option<(WorkOrder, T)> {
        let creation_is_due = self.in_a_row >= IN_A_ROW;
        let first = if creation_is_due { WorkPriority::Creation } else { WorkPriority::Verification };
        let second = if creation_is_due { WorkPriority::Verification } else { WorkPriority::Creation };
        let waiting = match self.turns(first).pop() {
            Some(waiting) => waiting,
            None => self.turns(second).pop()?,
        };
        self.in_a_row = match waiting.order.priority {
            WorkPriority::Verification => self.in_a_row.saturating_add(1),
            WorkPriority::Creation => 0,
        };
        Some((waiting.order, waiting.item))
    }

    /// Takes back work that still waits; its place is given back with it.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<T> {
        let waiting = self.verifications.remove(ticket).or_else(|| self.creations.remove(ticket))?;
        self.release(&waiting.order);
        Some(waiting.item)
    }

    fn turns(&mut self, priority: WorkPriority) -> &mut Turns<T> {
        match priority {
            WorkPriority::Verification => &mut self.verifications,
            WorkPriority::Creation => &mut self.creations,
        }
    }
}

fn decrement<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

struct Waiting<T> {
    ticket: Ticket,
    order: WorkOrder,
    item: T,
}

/// Work of one priority. The network at the front is served next; of it, the subject at its front.
struct Turns<T>(VecDeque<OfNetwork<T>>);

struct OfNetwork<T> {
    network: Network,
    subjects: VecDeque<VecDeque<Waiting<T>>>,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Turns<T> {
    fn push(&mut self, waiting: Waiting<T>) {
        let network = waiting.order.network;
        let at = self.0.iter().position(|known| known.network == network).unwrap_or_else(|| {
            self.0.push_back(OfNetwork { network, subjects: VecDeque::new() });
            self.0.len() - 1
        });
        let subjects = &mut self.0[at].subjects;
        let is_same = |queue: &VecDeque<Waiting<T>>| {
            queue.front().is_some_and(|first| first.order.subject == waiting.order.subject)
        };
        match subjects.iter().position(is_same) {
            Some(at) => subjects[at].push_back(waiting),
            None => subjects.push_back(VecDeque::from([waiting])),
        }
    }

    fn pop(&mut self) -> Option<Waiting<T>> {
        let mut network = self.0.pop_front()?;
        let mut subject = network.subjects.pop_front()?;
        let waiting = subject.pop_front();
        if !subject.is_empty() {
            network.subjects.push_back(subject);
        }
        if !network.subjects.is_empty() {
            self.0.push_back(network);
        }
        waiting
    }

    fn remove(&mut self, ticket: Ticket) -> Option<Waiting<T>> {
        let mut removed = None;
        for network in &mut self.0 {
            for subject in &mut network.subjects {
                let at = subject.iter().position(|waiting| waiting.ticket == ticket);
                removed = at.and_then(|at| subject.remove(at)).or(removed);
            }
            network.subjects.retain(|subject| !subject.is_empty());
        }
        self.0.retain(|network| !network.subjects.is_empty());
        removed
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use postern_core::port::WorkPriority::{Creation, Verification};

    use super::*;

    const WIDE: Bounds = Bounds { total: 100, creation: 50, per_network: 20, per_subject: 10 };

    fn order(priority: WorkPriority, network: u8, subject: &str) -> WorkOrder {
        let order = WorkOrder::new(priority, IpAddr::from([192, 0, 2, network]).into());
        if subject.is_empty() { order } else { order.of(subject) }
    }

    fn add(queue: &mut FairQueue<&'static str>, order: WorkOrder, item: &'static str) -> Ticket {
        queue.reserve(&order).expect("a place");
        queue.push(order, item)
    }

    fn served(queue: &mut FairQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.pop().map(|(order, item)| (queue.release(&order), item).1)).collect()
    }

    #[test]
    fn networks_take_turns_however_much_one_of_them_has_waiting() {
        let mut queue = FairQueue::new(WIDE);
        for item in ["a1", "a2", "a3", "a4"] {
            add(&mut queue, order(Creation, 1, ""), item);
        }
        add(&mut queue, order(Creation, 2, ""), "b1");
        add(&mut queue, order(Creation, 3, ""), "c1");
        add(&mut queue, order(Creation, 2, ""), "b2");
        assert_eq!(served(&mut queue), ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
    }

    #[test]
    fn subjects_of_one_network_take_turns_and_each_keeps_its_order() {
        let mut queue = FairQueue::new(WIDE);
        for item in ["a1", "a2", "a3"] {
            add(&mut queue, order(Creation, 1, "a"), item);
        }
        add(&mut queue, order(Creation, 1, "b"), "b1");
        add(&mut queue, order(Creation, 1, ""), "none");
        assert_eq!(served(&mut queue), ["a1", "b1", "none", "a2", "a3"]);
    }

    #[test]
    fn verification_is_served_before_creation_that_came_earlier() {
        let mut queue = FairQueue::new(WIDE);
        add(&mut queue, order(Creation, 1, ""), "create");
        add(&mut queue, order(Verification, 2, ""), "verify");
        assert_eq!(served(&mut queue), ["verify", "create"]);
    }

    #[test]
    fn creation_is_served_once_after_eight_verifications_in_a_row() {
        let mut queue = FairQueue::new(WIDE);
        add(&mut queue, order(Creation, 1, ""), "create");
        add(&mut queue, order(Creation, 1, ""), "create");
        for _ in 0..17 {
            add(&mut queue, order(Verification, 2, ""), "verify");
        }
        let served = served(&mut queue);
        let at: Vec<usize> = (0..served.len()).filter(|at| served[*at] == "create").collect();
        assert_eq!((served.len(), at), (19, vec![8, 17]));
    }

    #[test]
    fn shares_of_network_and_subject_are_bounded_until_work_is_done() {
        let mut queue = FairQueue::new(Bounds { per_network: 3, per_subject: 2, ..WIDE });
        let (a, b) = (order(Creation, 1, "a"), order(Creation, 1, "b"));
        add(&mut queue, a.clone(), "a1");
        add(&mut queue, a.clone(), "a2");
        assert_eq!(queue.reserve(&a), Err(WorkError::ShareExceeded), "of the subject");
        assert_eq!(queue.reserve(&order(Verification, 2, "a")), Err(WorkError::ShareExceeded), "from anywhere");
        add(&mut queue, b.clone(), "b1");
        assert_eq!(queue.reserve(&b), Err(WorkError::ShareExceeded), "of the network");
        assert_eq!(queue.reserve(&order(Creation, 2, "c")), Ok(()));
        // What is being done still counts.
        let (running, _) = queue.pop().expect("work");
        assert_eq!(queue.reserve(&running), Err(WorkError::ShareExceeded));
        queue.release(&running);
        assert_eq!(queue.reserve(&running), Ok(()));
    }

    #[test]
    fn creation_leaves_room_for_verification_and_the_whole_is_bounded() {
        let mut queue = FairQueue::<()>::new(Bounds { total: 4, creation: 2, ..WIDE });
        for network in 0..2 {
            queue.reserve(&order(Creation, network, "")).expect("a place");
        }
        assert_eq!(queue.reserve(&order(Creation, 3, "")), Err(WorkError::QueueFull));
        for network in 0..2 {
            queue.reserve(&order(Verification, network, "")).expect("a place");
        }
        assert_eq!(queue.reserve(&order(Verification, 3, "")), Err(WorkError::QueueFull));
        queue.release(&order(Creation, 0, ""));
        assert_eq!(queue.reserve(&order(Creation, 3, "")), Ok(()));
    }

    #[test]
    fn cancelled_work_is_not_served_and_gives_its_place_back() {
        let mut queue = FairQueue::new(Bounds { per_subject: 2, ..WIDE });
        let a = order(Creation, 1, "a");
        let first = add(&mut queue, a.clone(), "a1");
        add(&mut queue, a.clone(), "a2");
        assert_eq!(queue.cancel(first), Some("a1"));
        assert_eq!(queue.cancel(first), None, "once");
        add(&mut queue, a, "a3");
        assert_eq!(served(&mut queue), ["a2", "a3"]);
        assert!(queue.networks.is_empty() && queue.subjects.is_empty() && queue.total == 0, "nothing is left behind");
    }
}
