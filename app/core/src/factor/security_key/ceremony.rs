//! Ceremonies under way (WebAuthn Level 3, 7): what is kept between the options that a browser gets and its answer. A
//! ceremony holds the library's own state, made and read back by the library alone.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use webauthn_rs_core::proto::{AuthenticationState, RegistrationState};

use super::answer::hash_of;
use super::library::{self, LibraryError};
use super::u2f::{self, AppId};
use super::{CreationChallengeResponse, Person, RelyingParty, RequestChallengeResponse, State, options};

/// A registration that waits for its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RegistrationCeremony {
    /// 32 random bytes (13.4.3), the same as in `state`, which does not give them out.
    #[serde(with = "serde_bytes")]
    challenge: Vec<u8>,
    pub rp: RelyingParty,
    /// The `user.id` that the options name.
    #[serde(with = "serde_bytes")]
    pub(super) user_handle: Vec<u8>,
    pub(super) state: RegistrationState,
}

/// An authentication that waits for its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthenticationCeremony {
    /// 32 random bytes (13.4.3), the same as in `state`, which does not give them out.
    #[serde(with = "serde_bytes")]
    challenge: Vec<u8>,
    pub rp: RelyingParty,
    /// The app id that U2F keys are asked by as well (10.1.1).
    pub app_id: Option<AppId>,
    pub(super) state: AuthenticationState,
}

impl RegistrationCeremony {
    /// Begins to register a key of `person`, who has the keys `registered` already.
    pub fn begin(
        rp: RelyingParty,
        person: Person,
        registered: &[State],
    ) -> Result<(Self, CreationChallengeResponse), LibraryError> {
        let user_handle = person.handle.clone();
        let (creation, state) = library::begin_registration(&rp, person)?;
        let ceremony = Self { challenge: creation.challenge.clone(), rp, user_handle, state };
        Ok((ceremony, options::creation(creation, registered)))
    }

    /// Names this ceremony.
    pub fn challenge_hash(&self) -> String {
        hash_of(&self.challenge_text())
    }

    pub(super) fn challenge_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.challenge)
    }
}

impl AuthenticationCeremony {
    /// Begins to pass any of `keys`. U2F keys are asked by their app id, if all of them share one: there can be one only.
    pub fn begin(rp: RelyingParty, keys: &[State]) -> Result<(Self, RequestChallengeResponse), LibraryError> {
        let app_id = u2f::shared_app_id(keys).cloned();
        let (request, state) = library::begin_authentication(&rp, app_id.as_ref())?;
        let ceremony = Self { challenge: request.challenge.clone(), rp, app_id, state };
        Ok((ceremony, options::request(request, keys)))
    }

    /// Names this ceremony.
    pub fn challenge_hash(&self) -> String {
        hash_of(&self.challenge_text())
    }

    pub(super) fn challenge_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.challenge)
    }
}

/// For published test vectors, whose challenges are fixed: the library makes random ones only.
#[cfg(any(test, feature = "testing"))]
mod fixed_challenge {
    use serde::de::DeserializeOwned;

    use super::{AuthenticationCeremony, BASE64URL_NOPAD, RegistrationCeremony, Serialize};

    impl RegistrationCeremony {
        #[must_use]
        pub fn with_challenge(self, challenge: &[u8]) -> Self {
            Self { challenge: challenge.to_vec(), state: replaced(&self.state, challenge), ..self }
        }
    }

    impl AuthenticationCeremony {
        #[must_use]
        pub fn with_challenge(self, challenge: &[u8]) -> Self {
            Self { challenge: challenge.to_vec(), state: replaced(&self.state, challenge), ..self }
        }
    }

    fn replaced<T: Serialize + DeserializeOwned>(state: &T, challenge: &[u8]) -> T {
        let mut json = serde_json::to_value(state).expect("a state as JSON");
        let member = json.get_mut("challenge").expect("a challenge in the library's state");
        *member = BASE64URL_NOPAD.encode(challenge).into();
        serde_json::from_value(json).expect("a state of the library")
    }
}
