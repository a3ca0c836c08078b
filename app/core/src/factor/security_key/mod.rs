//! Security keys, WebAuthn Level 3: what is kept of one, and how a verified answer is judged. How answers are read and
//! verified stands in the files beside.

mod answer;
mod authenticator_data;
mod ceremony;
mod client_data;
mod library;
mod options;
mod relying_party;
mod self_test;
pub mod u2f;
mod verify;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Factor, Notice, Submission, Unreadable, Verdict, read, write};
use crate::model::{FactorKind, FactorState, Grade, Timestamp};

pub use answer::{AssertionAnswer, RegistrationAnswer};
pub use ceremony::{AuthenticationCeremony, RegistrationCeremony};
pub use library::LibraryError;
pub use options::{CreationChallengeResponse, Person, discourage_resident_key};
pub use relying_party::NotAParty;
pub use self_test::{SelfTestError, self_test};
pub use u2f::AppId;
pub use verify::{AnswerError, verify_assertion, verify_registration};
pub use webauthn_rs_proto::RequestChallengeResponse;

pub const KIND: FactorKind = FactorKind::new("security-key");

/// Who a credential is for (5.4.2): its id is a domain, and an origin answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingParty {
    pub id: String,
    pub name: String,
    /// `scheme://host[:port]`, exactly as a browser writes it.
    pub origin: String,
}

impl RelyingParty {
    /// The relying party whose id is the origin's own host. `origin` is `scheme://host[:port]`.
    pub fn of_origin(name: &str, origin: &str) -> Self {
        let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        Self { id: host.to_owned(), name: name.to_owned(), origin: origin.to_owned() }
    }
}

/// What is kept of a credential (the credential record of section 4), whatever made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "the flags of a credential are independent of each other")]
pub struct State {
    #[serde(with = "serde_bytes")]
    pub credential_id: Vec<u8>,
    /// A `COSE_Key` (RFC 9052 7): the members that its algorithm needs, in canonical form, and no other.
    #[serde(with = "serde_bytes")]
    pub public_key: Vec<u8>,
    /// Signatures made so far, as the key tells (6.1.1). Many keys always say 0.
    pub count: u32,
    /// Whether its holder was verified, by PIN or finger, when it was registered.
    pub verified_at_registration: bool,
    /// Whether its holder was verified when it was last used.
    pub verified: bool,
    /// Whether it may be copied to other devices (6.1.3). It may become so, and then stays so.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
    /// How it can be reached (5.8.4), as the browser told.
    pub transports: Vec<String>,
    /// The `user.id` it was registered under.
    #[serde(with = "serde_bytes")]
    pub user_handle: Vec<u8>,
    pub rp_id: String,
    pub origin: String,
    /// Names the model, if the key told; else zeros.
    #[serde(with = "serde_bytes")]
    pub aaguid: [u8; 16],
    /// Of a key that was registered as raw U2F: the app that it was made for. It is no relying party's, and `rp_id` and
    /// `origin` are empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<AppId>,
}

impl State {
    pub fn read(state: &FactorState) -> Result<Self, Unreadable> {
        read(KIND, state)
    }

    pub fn write(&self) -> FactorState {
        write(self)
    }

    /// The first of the kinds of key that people tell apart.
    pub fn form(&self) -> Form {
        let has = |name: &str| self.transports.iter().any(|transport| transport == name);
        if has("internal") && !has("usb") {
            Form::BuiltIn
        } else if has("hybrid") && !has("usb") {
            Form::Phone
        } else {
            Form::Token
        }
    }
}

/// What a key looks like to the one who holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Something small, plugged in or held near.
    Token,
    /// Part of the device that the browser runs on.
    BuiltIn,
    Phone,
}

/// What a key signed, after its signature and everything around it was verified (7.2, all but the count).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    pub credential_id: Vec<u8>,
    pub count: u32,
    pub verified: bool,
    pub backup_eligible: bool,
    pub backed_up: bool,
}

/// The kind.
pub struct SecurityKey;

impl Factor for SecurityKey {
    fn kind(&self) -> FactorKind {
        KIND
    }

    fn grade(&self) -> Grade {
        Grade::Key
    }

    fn is_for(&self, state: &FactorState, submission: &Submission<'_>) -> Result<bool, Unreadable> {
        let Submission::Assertion(assertion) = submission else { return Ok(false) };
        Ok(State::read(state)?.credential_id == assertion.credential_id)
    }

    /// 7.2.22: the count of a device-bound key, if it was or is not zero, must have risen since the record was last written.
    /// Copies of a synced one count each for themselves, or not at all.
    fn judge(&self, state: &FactorState, submission: &Submission<'_>, _now: Timestamp) -> Result<Verdict, Unreadable> {
        let Submission::Assertion(assertion) = submission else { return Ok(Verdict::Wrong) };
        let state = State::read(state)?;
        if !assertion.backup_eligible && !has_risen(&state, assertion) {
            return Ok(Verdict::Cloned);
        }
        let Assertion { count, verified, backup_eligible, backed_up, .. } = **assertion;
        Ok(Verdict::Right { state: State { count, verified, backup_eligible, backed_up, ..state }.write() })
    }

    fn notice(&self, state: &FactorState, submission: &Submission<'_>) -> Result<Option<Notice>, Unreadable> {
        let Submission::Assertion(assertion) = submission else { return Ok(None) };
        let state = State::read(state)?;
        Ok(if assertion.backup_eligible && !state.backup_eligible {
            Some(Notice::BecameSynced)
        } else if has_risen(&state, assertion) {
            None
        } else {
            Some(Notice::CountNotRisen)
        })
    }
}

/// Whether the count of an assertion is above the one in the record, or both are zero: such a key does not count.
const fn has_risen(state: &State, assertion: &Assertion) -> bool {
    assertion.count > state.count || (assertion.count == 0 && state.count == 0)
}

impl fmt::Display for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

#[cfg(test)]
mod tests;
