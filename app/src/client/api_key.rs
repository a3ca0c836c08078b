//! API keys: asked for with a mail address, sent there, and activated once.

use std::time::Duration;

use super::caller::ClientKeys;
use super::{CLIENT, Clients};
use crate::letter::{self, Cover};
use postern_core::engine::{Answer, InternalError, TRIES};
use postern_core::model::{
    Activated, ApiKey, ApiSecret, Client, MailAddress, Network, Refusal, Secret, SessionHandle, Timestamp,
};
use postern_core::port::{Count, Expect, Key, Lane, SideEffects, Window};
use postern_core::rules::limits::{API_KEY_WAITS, MOST_API_KEYS};

/// How long a network waits between two letters to one address.
const PAUSE: Window = Window { limit: 1, span: Duration::from_secs(30) };

impl Clients {
    /// Mails a new key to an address. It is gone in 24 hours unless it is activated. `asked_by` is the browser session
    /// that asks, if one does.
    pub async fn ask_key(
        &self,
        network: Network,
        address: &str,
        asked_by: Option<SessionHandle>,
    ) -> Answer<MailAddress> {
        let to: MailAddress = address.parse().map_err(Refusal::from)?;
        let now = self.now();
        self.count_letter(&to, network, now).await?;
        let mut bytes = [0; 20];
        self.portal.outside.entropy.fill(&mut bytes);
        let key = ApiKey::from(bytes);
        let client = Client {
            id: self.portal.outside.entropy.id(),
            key: key.clone(),
            address: to.clone(),
            asked_at: now,
            activated: None,
            last_used_at: None,
            disabled_at: None,
            rotated: None,
            incoming: None,
        };
        self.write(&self.place(&key.to_string()), &client, Expect::Absent, now).await?;
        let cover = Cover { to: to.clone(), written_at: now, lasts: API_KEY_WAITS, asked_by };
        self.portal.post(Lane::Urgent, &letter::api_key(self.portal.from(), cover, &key)).await?;
        tracing::info!(target: "postern::auth", client = %client.id, result = "key asked", %network, "client");
        Ok(to)
    }

    /// The limits of letters with codes, in the same windows.
    async fn count_letter(&self, to: &MailAddress, network: Network, now: Timestamp) -> Answer<()> {
        let pause = Key::new(self.portal.place_between(to, network), "key-pause");
        if let Count::Over(until) = self.portal.outside.store.count(&pause, &PAUSE, now).await? {
            return Err(Refusal::SendTooSoon { until }.into());
        }
        self.portal.count_send(to, network, now).await
    }

    /// Gives a key its secret, once, to whoever has both the key and the address that it went to.
    pub async fn activate(&self, network: Network, address: &str, key: &str) -> Answer<ApiSecret> {
        let now = self.now();
        let to: MailAddress = address.parse().map_err(Refusal::from)?;
        let place = self.place(&key.trim().to_ascii_lowercase());
        let found = self.load(&place, now).await?;
        let Some((mut client, revision)) = found.filter(|(client, _)| is_same(&client.address, &to)) else {
            return self.refuse(network, key, Refusal::NoApiKey).await;
        };
        if client.activated.is_some() {
            return self.refuse(network, key, Refusal::AlreadyActivated).await;
        }
        self.enter(&to, &client.key, now).await?;
        let mut bytes = [0; 32];
        self.portal.outside.entropy.fill(&mut bytes);
        let secret = ApiSecret::new(Secret::new(bytes));
        client.activated = Some(Activated { at: now, verifier: ClientKeys::verifier(&secret) });
        if !self.write(&place, &client, Expect::Revision(revision), now).await? {
            return self.refuse(network, key, Refusal::AlreadyActivated).await;
        }
        tracing::info!(target: "postern::auth", client = %client.id, result = "activated", %network, "client");
        Ok(secret)
    }

    /// Enters a key among those of its address. Believed only where the client's record names the address back.
    async fn enter(&self, address: &MailAddress, key: &ApiKey, now: Timestamp) -> Answer<()> {
        let place = self.entries(address);
        for _ in 0..TRIES {
            let (mut keys, expect) = match self.portal.records.load::<Vec<ApiKey>>(&place, now).await? {
                Some((keys, revision)) => (self.still_there(keys, now).await?, Expect::Revision(revision)),
                None => (Vec::new(), Expect::Absent),
            };
            if !keys.contains(key) {
                if keys.len() >= MOST_API_KEYS {
                    return Err(Refusal::TooManyApiKeys.into());
                }
                keys.push(key.clone());
            }
            if self.write_entries(&place, &keys, expect, now).await? {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Takes a key out of those of its address.
    pub(super) async fn strike(&self, address: &MailAddress, key: &ApiKey, now: Timestamp) -> Answer<()> {
        let place = self.entries(address);
        for _ in 0..TRIES {
            let Some((mut keys, revision)) = self.portal.records.load::<Vec<ApiKey>>(&place, now).await? else {
                return Ok(());
            };
            keys.retain(|other| other != key);
            let struck = if keys.is_empty() {
                self.portal.outside.store.delete(&place, Expect::Revision(revision), now).await?
            } else {
                self.write_entries(&place, &keys, Expect::Revision(revision), now).await?
            };
            if struck {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    async fn write_entries(
        &self,
        place: &Key,
        keys: &[ApiKey],
        expect: Expect,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
        Ok(self.portal.records.write(place, expect, &keys, None, SideEffects::default(), now).await?.is_some())
    }

    /// Which keys an address has.
    fn entries(&self, address: &MailAddress) -> Key {
        Key::new(self.portal.lookup.name("address", &address.lookup_form()), "clients")
    }

    async fn still_there(&self, mut keys: Vec<ApiKey>, now: Timestamp) -> Result<Vec<ApiKey>, InternalError> {
        let mut at = 0;
        while let Some(key) = keys.get(at) {
            if self.load(&self.place(&key.to_string()), now).await?.is_some() {
                at += 1;
            } else {
                keys.remove(at);
            }
        }
        Ok(keys)
    }

    /// The clients of an address, oldest first, each with where it stands.
    pub(super) async fn of_address(
        &self,
        address: &MailAddress,
        now: Timestamp,
    ) -> Result<Vec<(Key, Client)>, InternalError> {
        let keys = self.portal.records.load::<Vec<ApiKey>>(&self.entries(address), now).await?;
        let mut clients = Vec::new();
        for key in keys.map(|(keys, _)| keys).unwrap_or_default() {
            let place = self.place(&key.to_string());
            if let Some((client, _)) = self.load(&place, now).await?
                && is_same(&client.address, address)
            {
                clients.push((place, client));
            }
        }
        Ok(clients)
    }

    /// Every client there is, in no order.
    pub(super) async fn all(&self, now: Timestamp) -> Result<Vec<(Key, Client)>, InternalError> {
        let mut clients = Vec::new();
        for slot in self.portal.outside.store.slots(CLIENT, now).await? {
            let place = Key::new(slot, CLIENT);
            if let Some((client, _)) = InternalError::leave_out_damaged(self.load(&place, now).await)? {
                clients.push((place, client));
            }
        }
        Ok(clients)
    }
}

fn is_same(one: &MailAddress, other: &MailAddress) -> bool {
    one.lookup_form() == other.lookup_form()
}
