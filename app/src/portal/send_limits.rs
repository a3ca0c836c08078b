//! How many letters go out: by network, by address, and in all. Each refusal names its limit.

use std::time::Duration;

use super::{Answer, InternalError, Portal};
use postern_core::model::{DeviceId, MailAddress, Network, Refusal, SendLimit, Timestamp};
use postern_core::port::{Count, Key, Window};

const HOUR: Duration = Duration::from_hours(1);
const PER_ADDRESS_AND_NETWORK: Window = Window { limit: 5, span: HOUR };
const PER_ADDRESS_AND_DEVICE: Window = Window { limit: 5, span: HOUR };
const PER_ADDRESS: Window = Window { limit: 20, span: HOUR };

/// How much more the site prefix of an IPv6 network may do than the network.
const SITE_FACTOR: u32 = 10;

/// One limit: what it is called, where it is counted, and how much it lets through.
pub(crate) type Limit = (SendLimit, Key, Window);

/// The wider window of a site prefix.
const fn of_site(window: Window) -> Window {
    Window { limit: window.limit.saturating_mul(SITE_FACTOR), span: window.span }
}

impl Portal {
    /// Counts a letter that somebody asks for by everything that limits it, the narrowest first.
    pub(crate) async fn count_send(&self, to: &MailAddress, network: Network, now: Timestamp) -> Answer<()> {
        self.count_within(self.send_limits(to, Some(network)), now).await
    }

    /// Counts a letter that somebody asks for in a browser that signed in to the address before. What others ask for
    /// does not keep it out, not even where the portal's own ceiling is reached.
    pub(super) async fn count_send_of_device(&self, to: &MailAddress, device: DeviceId, now: Timestamp) -> Answer<()> {
        let slot = self.lookup.name("address and device", &format!("{} {device}", to.mailbox_form()));
        let limit = (SendLimit::AddressAndDevice, Key::new(slot, "sends"), PER_ADDRESS_AND_DEVICE);
        self.count_within(vec![limit], now).await
    }

    async fn count_within(&self, limits: Vec<Limit>, now: Timestamp) -> Answer<()> {
        for (limit, key, window) in limits {
            if let Count::Over(until) = self.outside.store.count(&key, &window, now).await? {
                return Err(Refusal::TooManySends { until, limit }.into());
            }
        }
        Ok(())
    }

    /// What limits letters to this address, asked for from this network.
    pub(crate) fn send_limits(&self, to: &MailAddress, network: Option<Network>) -> Vec<Limit> {
        let mut limits = Vec::new();
        if let Some(network) = network {
            let per_network = Window { limit: self.settings.emails_per_network, span: HOUR };
            let limited = [SendLimit::Network, SendLimit::Site].into_iter();
            let windows = limited.zip(self.windows_of(network, "sends", per_network));
            limits.extend(windows.map(|(limit, (key, window))| (limit, key, window)));
            let between = self.place_between(to, network);
            limits.push((SendLimit::AddressAndNetwork, Key::new(between, "sends"), PER_ADDRESS_AND_NETWORK));
        }
        let address = self.lookup.name("address", &to.mailbox_form());
        limits.push((SendLimit::Address, Key::new(address, "sends"), PER_ADDRESS));
        limits.extend(self.ceiling().map(|(key, window)| (SendLimit::Portal, key, window)));
        limits
    }

    /// Where letters to an address for a network are counted.
    pub(crate) fn place_between(&self, to: &MailAddress, network: Network) -> String {
        self.lookup.name("address and network", &format!("{} {network}", to.mailbox_form()))
    }

    /// Where all letters are counted, if there is an end to them.
    fn ceiling(&self) -> Option<(Key, Window)> {
        let limit = self.settings.emails_per_hour?;
        Some((Key::new("letters", "sends"), Window { limit, span: HOUR }))
    }

    /// When a letter that nobody waits for may go, if it may not now: those asked for were counted then.
    pub async fn bulk_waits_until(&self) -> Result<Option<Timestamp>, InternalError> {
        let Some((key, window)) = self.ceiling() else { return Ok(None) };
        Ok(self.outside.store.full_until(&key, &window, self.outside.clock.now()).await?)
    }

    /// Counts a letter that nobody waits for once it went out.
    pub async fn count_bulk(&self) -> Result<(), InternalError> {
        if let Some((key, window)) = self.ceiling() {
            self.outside.store.count(&key, &window, self.outside.clock.now()).await?;
        }
        Ok(())
    }

    /// Counts something that a network does, and by the site prefix of an IPv6 network, which may do more.
    pub(crate) async fn count_by_network(
        &self,
        network: Network,
        what: &str,
        window: &Window,
        now: Timestamp,
    ) -> Result<Count, InternalError> {
        let mut counted = Count::Within(0);
        for (key, window) in self.windows_of(network, what, *window) {
            counted = self.outside.store.count(&key, &window, now).await?;
            if let Count::Over(_) = counted {
                break;
            }
        }
        Ok(counted)
    }

    /// When a network may do it again, without counting; `None`: now.
    pub(crate) async fn network_full_until(
        &self,
        network: Network,
        what: &str,
        window: &Window,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, InternalError> {
        let mut full_until = None;
        for (key, window) in self.windows_of(network, what, *window) {
            full_until = full_until.max(self.outside.store.full_until(&key, &window, now).await?);
        }
        Ok(full_until)
    }

    /// Where something that a network does is counted: by the network, and by its site prefix if it has one.
    fn windows_of(&self, network: Network, what: &str, window: Window) -> impl Iterator<Item = (Key, Window)> {
        let key = |text: &str| Key::new(self.lookup.name("network", text), what);
        let of_network = (key(&network.to_string()), window);
        let of_site = network.site().map(|site| (key(&site), of_site(window)));
        std::iter::once(of_network).chain(of_site)
    }
}
