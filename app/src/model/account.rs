//! What makes a holder an account: it stays, and it remembers browsers.

use serde::{Deserialize, Serialize};

use super::{DeviceId, Timestamp};

/// Browsers an account remembers.
const MOST_DEVICES: usize = 20;

/// An account's own part of its holder's record. Its address is its mail factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    pub created_at: Timestamp,
    pub last_sign_in: Timestamp,
    /// Somebody said "this was not me": until then no factor changes.
    pub frozen_until: Option<Timestamp>,
    /// Browsers that signed in before, the one longest unseen first.
    devices: Vec<DeviceId>,
}

impl Account {
    pub const fn new(now: Timestamp) -> Self {
        Self { created_at: now, last_sign_in: now, frozen_until: None, devices: Vec::new() }
    }

    pub fn knows(&self, device: DeviceId) -> bool {
        self.devices.contains(&device)
    }

    /// Remembers a browser. Tells whether it was new.
    pub fn remember(&mut self, device: DeviceId) -> bool {
        let known = self.knows(device);
        self.devices.retain(|other| *other != device);
        self.devices.push(device);
        let surplus = self.devices.len().saturating_sub(MOST_DEVICES);
        self.devices.drain(..surplus);
        !known
    }

    /// Every browser is a new one from now on.
    pub fn forget_devices(&mut self) {
        self.devices.clear();
    }

    pub fn is_frozen(&self, now: Timestamp) -> bool {
        self.frozen_until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_seen_last_are_remembered() {
        let mut account = Account::new(Timestamp::from_secs(0));
        let device = |number: u8| DeviceId::from([number; 16]);
        assert!(account.remember(device(1)) && !account.remember(device(1)));
        for number in 2..=20 {
            assert!(account.remember(device(number)));
        }
        account.remember(device(1));
        account.remember(device(21));
        assert!(account.knows(device(1)) && account.knows(device(21)) && !account.knows(device(2)));
        account.forget_devices();
        assert!(!account.knows(device(1)));
    }
}
