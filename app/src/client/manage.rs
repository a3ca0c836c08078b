//! Looking after clients: by whoever reads the mail of their address, by whoever has their secret, and by operators.

use serde::{Deserialize, Serialize};

use super::Clients;
use super::caller::{Caller, Kind, VerifiedCaller};
use super::credential;
use crate::portal::VisitState;
use crate::portal::operator::ShownAddress;
use postern_core::engine::{Answer, InternalError, TRIES};
use postern_core::model::{Client, ClientId, MailAddress, Network, Refusal, Timestamp, Usage, Visit};
use postern_core::port::{Expect, Key};
use postern_core::rules::step_up;

/// A client as its owner sees it.
#[derive(Clone, Debug)]
pub struct OwnClient {
    pub client: Client,
    pub usage: Usage,
}

/// A client as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLine {
    pub key: String,
    #[serde(flatten)]
    pub address: ShownAddress,
    pub state: String,
    pub asked_at: String,
    pub activated_at: Option<String>,
    pub last_used_at: Option<String>,
    pub totp: u64,
    pub webauthn: u64,
    pub failures: u64,
}

impl Clients {
    /// The address whose keys a visit may look after: one it proved. Where an account has that address, its own session
    /// alone may, so that a mail code is no way around the account's second factor.
    pub async fn owner(&self, look: &VisitState) -> Answer<MailAddress> {
        if look.must_enrol {
            return Err(Refusal::SecondFactorNeeded.into());
        }
        let address = look.address()?.ok_or(Refusal::AddressNotProved)?;
        if look.account().is_none() && self.portal.has_account(&address, look.now).await? {
            return Err(Refusal::AddressHasAccount.into());
        }
        Ok(address)
    }

    /// The owner's clients, oldest first.
    pub async fn own(&self, owner: &MailAddress) -> Answer<Vec<OwnClient>> {
        let now = self.now();
        let mut own = Vec::new();
        for (place, client) in self.of_address(owner, now).await? {
            own.push(OwnClient { usage: self.usage(&place, now).await?, client });
        }
        Ok(own)
    }

    /// Disables a client of the visit's address, by a factor that was passed a short while ago.
    pub async fn disable_own(&self, visit: &Visit, id: ClientId) -> Answer<()> {
        let look = self.portal.load_visit_state(visit).await?;
        let (owner, now) = (self.owner(&look).await?, look.now);
        self.may_disable(visit, &look)?;
        let all = self.of_address(&owner, now).await?;
        let (place, client) = all.into_iter().find(|(_, client)| client.id == id).ok_or(Refusal::NoApiKey)?;
        self.disable(&place, &client, visit.network.to_string(), now).await
    }

    /// Whether a visit may disable what its address owns now: an account's session by its own rule; a visitor by the mail
    /// code, passed a short while ago.
    pub fn may_disable(&self, visit: &Visit, look: &VisitState) -> Answer<()> {
        if visit.is_signed_in() {
            return self.portal.may_manage(visit, look);
        }
        let proved = look.only(&postern_core::factor::email_code::KIND).and_then(|record| look.proved_at(record.id));
        match proved {
            Some(at) if look.now <= at + step_up::FRESH => Ok(()),
            _ => Err(Refusal::AddressNotProved.into()),
        }
    }

    /// Disables the client whose key and secret these are.
    pub async fn disable_by_secret(&self, network: Network, key: &str, secret: &str) -> Answer<()> {
        let now = self.now();
        match self.verify(network, key, secret, now).await? {
            Some(VerifiedCaller { caller: Caller { client, place, .. }, .. }) => {
                self.disable(&place, &client, network.to_string(), now).await
            }
            None => self.refuse(network, key, Refusal::NoClient).await,
        }
    }

    async fn disable(&self, place: &Key, client: &Client, by: String, now: Timestamp) -> Answer<()> {
        let disable = |client: &mut Client| {
            client.disabled_at.get_or_insert(now);
            Ok(())
        };
        self.change(place, disable, now).await?;
        tracing::info!(target: "postern::auth", client = %client.id, result = "disabled", by, "client");
        Ok(())
    }

    /// Every client, the one asked for first at the top.
    pub async fn list(&self) -> Answer<Vec<ClientLine>> {
        let now = self.now();
        let mut clients = self.all(now).await?;
        clients.sort_by_key(|(_, client)| client.asked_at);
        let mut lines = Vec::new();
        for (place, client) in clients {
            let Usage { totp, keys, failures } = self.usage(&place, now).await?;
            lines.push(ClientLine {
                key: client.key.to_string(),
                address: (&client.address).into(),
                state: client.state().name().to_owned(),
                asked_at: client.asked_at.rfc3339(),
                activated_at: client.activated.as_ref().map(|activated| activated.at.rfc3339()),
                last_used_at: client.last_used_at.map(Timestamp::rfc3339),
                totp,
                webauthn: keys,
                failures,
            });
        }
        Ok(lines)
    }

    /// An operator's word: its key and secret open nothing any more.
    pub async fn disable_for_operator(&self, key: &str) -> Answer<()> {
        let (place, client, now) = self.named(key).await?;
        self.disable(&place, &client, "operator".to_owned(), now).await
    }

    /// An operator's word: the client and every record of it is gone.
    pub async fn delete_for_operator(&self, key: &str) -> Answer<()> {
        let (place, client, now) = self.named(key).await?;
        // Whoever goes on with the rotation would lose the users who moved here.
        self.may_delete(&place, now).await?;
        // First nobody gets in any more; then what is behind goes; the client itself is last, or a deletion that is broken
        // off could not be called again.
        self.disable(&place, &client, "operator".to_owned(), now).await?;
        // A disabled client is nobody's target from here on; one that became it just before is found now.
        self.may_delete(&place, now).await?;
        let names = Kind::ALL.map(|kind| kind.name(&client));
        for name in names.iter().chain([&credential::name(&client)]) {
            self.delete_named(name, now).await?;
        }
        self.strike(&client.address, &client.key, now).await?;
        self.forget_usage(&place, now).await?;
        self.portal.outside.store.delete(&place, Expect::Anything, now).await?;
        tracing::info!(target: "postern::auth", client = %client.id, result = "deleted", by = "operator", "client");
        Ok(())
    }

    /// Refuses the target of an unfinished rotation.
    async fn may_delete(&self, place: &Key, now: Timestamp) -> Answer<()> {
        for _ in 0..TRIES {
            let (client, _) = self.load(place, now).await?.ok_or(Refusal::NoApiKey)?;
            if self.is_no_target(&client, now).await? {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    async fn delete_named(&self, name: &str, now: Timestamp) -> Result<(), InternalError> {
        let store = &self.portal.outside.store;
        for slot in store.slots(name, now).await? {
            store.delete(&Key::new(slot, name), Expect::Anything, now).await?;
        }
        Ok(())
    }

    async fn named(&self, key: &str) -> Answer<(Key, Client, Timestamp)> {
        let (place, now) = (self.place(&key.trim().to_ascii_lowercase()), self.now());
        let (client, _) = self.load(&place, now).await?.ok_or(Refusal::NoApiKey)?;
        Ok((place, client, now))
    }
}
