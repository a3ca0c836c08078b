//! How much one network may put into vaults, in bytes. What it removes again is not given back.

use std::time::Duration;

use super::{Answer, Refusal, Vaults};
use postern_core::model::{Network, Timestamp};
use postern_core::port::{Count, Window};

/// Growth is counted in units of so many bytes, as entries are weighed. A network that adds little at a time mostly writes
/// nothing for it, so that no record of a network is written by all its members at once.
const UNIT: u64 = 256 << 10;

/// 16 MiB a day: three times the largest vault there can be, so that no network fills the store of all within days.
const GROWTH: Window = Window { limit: 64, span: Duration::from_hours(24) };

impl Vaults {
    /// Counts growth before it is written, unless the network has no more of it.
    pub(super) async fn count_growth(&self, network: Network, bytes: u64, now: Timestamp) -> Answer<()> {
        if let Some(until) = self.portal.network_full_until(network, "vault-growth", &GROWTH, now).await? {
            return Err(Refusal::TooMuchGrowth { until }.into());
        }
        let mut random = [0; 8];
        self.portal.outside.entropy.fill(&mut random);
        for _ in 0..units(bytes, u64::from_be_bytes(random)) {
            if let Count::Over(until) = self.count("vault-growth", &GROWTH, network, now).await? {
                return Err(Refusal::TooMuchGrowth { until }.into());
            }
        }
        Ok(())
    }
}

/// Whole units, and one more as often as the rest is large: on average as many as there are bytes.
const fn units(bytes: u64, random: u64) -> u64 {
    let rest = bytes % UNIT;
    bytes / UNIT + if random % UNIT < rest { 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_to_the_bytes_on_average() {
        for bytes in [1, 512, UNIT - 1, UNIT, 3 * UNIT + 512, 17 * UNIT] {
            let counted: u64 = (0..UNIT).map(|random| units(bytes, random)).sum();
            assert_eq!(counted, bytes);
        }
    }
}
