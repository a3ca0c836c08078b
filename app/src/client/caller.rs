//! Who calls: a client that came with its key and its secret, and what the secret opens.

use std::sync::Arc;
use std::time::Duration;

use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Clients;
use crate::portal::Portal;
use postern_core::engine::{Answer, InternalError, Records};
use postern_core::model::{ApiKey, ApiSecret, Client, Network, Refusal, Secret, SubjectId, Timestamp};
use postern_core::port::{Expect, Key, Revision};
use postern_core::seal::{LookupKey, Sealer};

/// How exactly a client's last use is known.
const USED_EVERY: Duration = Duration::from_mins(1);

/// What a client's secret opens, by HKDF-SHA-256 (RFC 5869). The secret has 256 random bits and needs no stretching.
pub(super) struct ClientKeys {
    /// Seals and opens the client's records.
    pub records: Records,
    /// Finds them.
    pub index: LookupKey,
    /// What both are made of.
    pub keys: ClientKeyMaterial,
}

/// A client's keys. They stand nowhere, except sealed under another client's secret while a rotation is unfinished.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ClientKeyMaterial {
    sealing: Secret<[u8; 32]>,
    index: Secret<[u8; 32]>,
}

impl ClientKeyMaterial {
    fn of(secret: &ApiSecret) -> Self {
        Self { sealing: derived(secret, b"sealing"), index: derived(secret, b"index") }
    }
}

impl ClientKeys {
    pub fn new(keys: ClientKeyMaterial, portal: &Portal) -> Self {
        let sealer = Sealer::of(&keys.sealing);
        let (store, entropy) = (Arc::clone(&portal.outside.store), Arc::clone(&portal.outside.entropy));
        Self { records: Records { store, sealer, entropy }, index: LookupKey::new(keys.index.clone()), keys }
    }

    /// What a secret is known again by.
    pub fn verifier(secret: &ApiSecret) -> [u8; 32] {
        *derived(secret, b"verifier").expose()
    }
}

fn derived(secret: &ApiSecret, what: &[u8]) -> Secret<[u8; 32]> {
    let mut key = zeroize::Zeroizing::new([0; 32]);
    if Hkdf::<Sha256>::new(Some(b"postern client v1"), secret.expose()).expand(what, key.as_mut()).is_err() {
        unreachable!("32 bytes are within HKDF's bounds");
    }
    Secret::new(*key)
}

/// What a client has users of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Totp,
    /// WebAuthn and U2F.
    Keys,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Totp, Self::Keys];

    /// What records of the kind are called, for one client.
    pub fn name(self, client: &Client) -> String {
        let kind = match self {
            Self::Totp => "totp",
            Self::Keys => "keys",
        };
        format!("{kind}/{}", client.id)
    }
}

/// A client that proved itself.
pub struct Caller {
    pub(super) client: Client,
    pub(super) place: Key,
    pub(super) own: ClientKeys,
    pub(super) network: Network,
    /// The client whose records still come to this one, while a rotation is unfinished.
    pub(super) source: Option<Box<Caller>>,
}

impl Caller {
    /// Where a user of the client stands; nobody without the secret finds it, and one of another client is nowhere here.
    pub(super) fn subject(&self, kind: Kind, id: &SubjectId) -> Key {
        Key::new(self.own.index.name("subject", &id.to_string()), kind.name(&self.client))
    }
}

/// A client as its key and secret were found to be right.
pub(super) struct VerifiedCaller {
    pub caller: Caller,
    pub revision: Revision,
}

impl Clients {
    /// The client that calls. A wrong key, a wrong secret and a key that is not activated, disabled or rotated away are
    /// one and the same refusal.
    pub async fn caller(&self, network: Network, key: &str, secret: &str) -> Answer<Caller> {
        let now = self.now();
        match self.verify(network, key, secret, now).await? {
            Some(VerifiedCaller { mut caller, revision }) if caller.client.rotated.is_none() => {
                self.touch(&caller, revision, now).await?;
                caller.source = self.source_of(&caller, now).await?;
                Ok(caller)
            }
            _ => self.refuse(network, key, Refusal::NoClient).await,
        }
    }

    /// Takes as long whether there is such a client or not.
    pub(super) async fn verify(
        &self,
        network: Network,
        key: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<Option<VerifiedCaller>, InternalError> {
        let verified = self.verify_even_disabled(network, key, secret, now).await?;
        Ok(verified.filter(|verified| verified.caller.client.disabled_at.is_none()))
    }

    /// As [`verify`](Self::verify), for the one call that a disabled client may still make: to finish its rotation.
    pub(super) async fn verify_even_disabled(
        &self,
        network: Network,
        key: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<Option<VerifiedCaller>, InternalError> {
        let known = key.parse::<ApiKey>().map_or_else(|_| key.to_owned(), |key| key.to_string());
        let place = self.place(&known);
        let found = self.load(&place, now).await?;
        let secret = secret.parse().unwrap_or_else(|_| ApiSecret::new(Secret::new([0; 32])));
        let verifier = ClientKeys::verifier(&secret);
        let kept = found.as_ref().and_then(|(client, _)| client.activated.as_ref()).map(|activated| activated.verifier);
        let is_right: bool = verifier.ct_eq(&kept.unwrap_or([0; 32])).into();
        Ok(found.filter(|_| is_right && kept.is_some()).map(|(client, revision)| {
            let own = ClientKeys::new(ClientKeyMaterial::of(&secret), &self.portal);
            VerifiedCaller { caller: Caller { client, place, own, network, source: None }, revision }
        }))
    }

    /// Notes that a client was used. Of several at once one is enough.
    async fn touch(&self, caller: &Caller, revision: Revision, now: Timestamp) -> Result<(), InternalError> {
        if caller.client.last_used_at.is_some_and(|last| now < last + USED_EVERY) {
            return Ok(());
        }
        let used = Client { last_used_at: Some(now), ..caller.client.clone() };
        self.write(&caller.place, &used, Expect::Revision(revision), now).await?;
        Ok(())
    }
}
