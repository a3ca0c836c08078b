//! What makes a holder an account: it stays, it remembers browsers, and it knows what its owner took back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{DeviceId, FactorId, FactorRecord, Session, Timestamp};

/// Browsers an account remembers.
const MOST_DEVICES: usize = 20;

/// Replaced addresses that an account remembers. When it has so many, a further one is not remembered: the oldest is
/// the one that was there before whoever changes addresses came.
const MOST_FORMER_ADDRESSES: usize = 8;

/// How long a replaced address can be restored from a letter that went to it.
pub const ADDRESS_RESTORABLE: Duration = Duration::from_hours(7 * 24);

/// An account's own part of its holder's record. Its address is its mail factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    pub created_at: Timestamp,
    pub last_sign_in: Timestamp,
    /// Somebody said "this was not me": until then no factor changes.
    frozen_until: Option<Timestamp>,
    /// Raised to end every sign-in under way: a pending sign-in is good only under the epoch it began in.
    #[serde(default)]
    pub sign_in_epoch: u64,
    /// Raised by "this was not me": it uses up the links of all letters that were written before.
    #[serde(default)]
    pub report_epoch: u64,
    /// Addresses that were replaced, in the order in which they were.
    #[serde(default)]
    former_addresses: Vec<FormerAddress>,
    /// Browsers that signed in before, the one longest unseen first.
    devices: Vec<DeviceId>,
}

/// An address that an account had, as its mail factor was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FormerAddress {
    pub record: FactorRecord,
    pub replaced_at: Timestamp,
}

impl FormerAddress {
    /// When it can be restored no more, and is free for others.
    pub fn restorable_until(&self) -> Timestamp {
        self.replaced_at + ADDRESS_RESTORABLE
    }
}

impl Account {
    pub const fn new(now: Timestamp) -> Self {
        Self {
            created_at: now,
            last_sign_in: now,
            frozen_until: None,
            sign_in_epoch: 0,
            report_epoch: 0,
            former_addresses: Vec::new(),
            devices: Vec::new(),
        }
    }

    pub fn knows(&self, device: DeviceId) -> bool {
        self.devices.contains(&device)
    }

    /// Remembers a browser by a new value, which takes the place of those it brought. Tells whether it was unknown.
    pub fn renew_device(&mut self, brought: &[DeviceId], fresh: DeviceId) -> bool {
        let known = brought.iter().any(|device| self.knows(*device));
        self.devices.retain(|device| !brought.contains(device) && *device != fresh);
        self.devices.push(fresh);
        let surplus = self.devices.len().saturating_sub(MOST_DEVICES);
        self.devices.drain(..surplus);
        !known
    }

    /// Every browser is a new one from now on, but for the one that brings these.
    pub fn forget_devices_except(&mut self, brought: &[DeviceId]) {
        self.devices.retain(|device| brought.contains(device));
    }

    /// Every browser is a new one from now on.
    pub fn forget_devices(&mut self) {
        self.devices.clear();
    }

    /// How long the account's factors do not change after "this was not me".
    pub const FREEZE: Duration = Duration::from_hours(24);

    /// Stops changes to the account's factors from now on. Returns until when.
    pub fn freeze(&mut self, now: Timestamp) -> Timestamp {
        let until = now + Self::FREEZE;
        self.frozen_until = Some(until);
        until
    }

    pub const fn lift_freeze(&mut self) {
        self.frozen_until = None;
    }

    /// Until when the account is frozen, if it is. A freeze that ends later than one of now was left by a clock that was
    /// ahead, and is none.
    pub fn frozen_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.frozen_until.filter(|until| now < *until && *until <= now + Self::FREEZE + Session::SKEW)
    }

    /// Ends every sign-in under way.
    pub const fn end_sign_ins(&mut self) {
        self.sign_in_epoch += 1;
    }

    /// Remembers an address that was replaced just now. Answers what is not remembered any more, or not at all.
    pub fn remember_address(&mut self, record: FactorRecord, now: Timestamp) -> Vec<FactorRecord> {
        let lapsed = |former: &mut FormerAddress| now >= former.restorable_until();
        let mut dropped: Vec<FactorRecord> =
            self.former_addresses.extract_if(.., lapsed).map(|former| former.record).collect();
        if self.former_addresses.len() < MOST_FORMER_ADDRESSES {
            self.former_addresses.push(FormerAddress { record, replaced_at: now });
        } else {
            dropped.push(record);
        }
        dropped
    }

    /// Addresses that can be restored, in the order in which they were replaced.
    pub fn former_addresses(&self, now: Timestamp) -> impl Iterator<Item = &FormerAddress> {
        self.former_addresses.iter().filter(move |former| now < former.restorable_until())
    }

    /// Takes out an address that is to be restored, and forgets those that replaced it later.
    pub fn take_former_address(&mut self, id: FactorId, now: Timestamp) -> Option<(FactorRecord, Vec<FactorRecord>)> {
        let is_meant = |former: &FormerAddress| former.record.id == id && now < former.restorable_until();
        let at = self.former_addresses.iter().position(is_meant)?;
        let mut taken = self.former_addresses.drain(at..).map(|former| former.record);
        Some((taken.next()?, taken.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FactorKind, Secret};

    fn device(number: u8) -> DeviceId {
        DeviceId::from([number; 16])
    }

    fn address(number: u8) -> FactorRecord {
        FactorRecord {
            id: FactorId::from([number; 16]),
            kind: FactorKind::new("email"),
            name: String::new(),
            added_at: Timestamp::from_secs(0),
            confirmed_at: None,
            last_used_at: None,
            state: Secret::new(Vec::new()),
        }
    }

    #[test]
    fn the_browsers_seen_last_are_remembered() {
        let mut account = Account::new(Timestamp::from_secs(0));
        assert!(account.renew_device(&[], device(1)) && !account.renew_device(&[device(1)], device(2)));
        assert!(account.knows(device(2)) && !account.knows(device(1)), "the value is renewed");
        for number in 3..=21 {
            assert!(account.renew_device(&[device(99)], device(number)));
        }
        account.renew_device(&[device(2)], device(22));
        account.renew_device(&[], device(23));
        assert!(account.knows(device(22)) && account.knows(device(23)) && !account.knows(device(3)));
        account.forget_devices_except(&[device(22), device(99)]);
        assert!(account.knows(device(22)) && !account.knows(device(23)));
        account.forget_devices();
        assert!(!account.knows(device(22)));
    }

    #[test]
    fn former_addresses_are_bounded_and_the_oldest_stay() {
        let mut account = Account::new(Timestamp::from_secs(0));
        let now = Timestamp::from_secs(1_000);
        for number in 0..8 {
            assert!(account.remember_address(address(number), now).is_empty());
        }
        let dropped = account.remember_address(address(8), now);
        assert_eq!(dropped.iter().map(|record| record.id).collect::<Vec<_>>(), [address(8).id]);
        assert!(account.take_former_address(address(8).id, now).is_none());
        let (restored, later) = account.take_former_address(address(2).id, now).expect("it is remembered");
        assert_eq!((restored.id, later.len(), account.former_addresses(now).count()), (address(2).id, 5, 2));
    }

    #[test]
    fn freeze_of_a_clock_that_was_ahead_is_none() {
        let (mut account, now) = (Account::new(Timestamp::from_secs(0)), Timestamp::from_secs(1_000));
        let until = account.freeze(now);
        assert_eq!((account.frozen_until(now), account.frozen_until(until)), (Some(until), None));
        account.freeze(now + Duration::from_hours(24 * 365));
        assert_eq!(account.frozen_until(now), None);
    }

    #[test]
    fn a_former_address_can_be_restored_for_seven_days() {
        let mut account = Account::new(Timestamp::from_secs(0));
        let now = Timestamp::from_secs(1_000);
        account.remember_address(address(1), now);
        let over = now + ADDRESS_RESTORABLE;
        assert_eq!(account.former_addresses(over - Duration::from_millis(1)).count(), 1);
        assert_eq!(account.former_addresses(over).count(), 0);
        assert!(account.take_former_address(address(1).id, over).is_none());
        assert_eq!(account.remember_address(address(2), over).len(), 1, "the first one has lapsed");
    }
}
