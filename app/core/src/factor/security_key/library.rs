//! The corner that speaks with webauthn-rs-core: signatures, attestation statements and what else it checks. Its own
//! policies on user verification and counts are left open, being ours.

use serde_cbor_2::Value;
use serde_json::json;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AttestationFormat, AuthenticationState, AuthenticatorAssertionResponseRaw, AuthenticatorAttestationResponseRaw,
    COSEAlgorithm, COSEKey, COSEKeyType, Credential, ECDSACurve, ParsedAttestation, PublicKeyCredential,
    RegisterPublicKeyCredential, RegisteredExtensions, RegistrationState, UserVerificationPolicy,
};
use webauthn_rs_proto::AuthenticationExtensionsClientOutputs;

use super::answer::{AssertionAnswer, RegistrationAnswer};
use super::authenticator_data::item;
use super::{Asked, Assertion, RelyingParty, State};
use crate::model::KeyFlaw;
use crate::rules::limits;

/// Those that the library verifies; it knows EdDSA, but verifies none.
pub(super) const ALGORITHMS: [COSEAlgorithm; 2] = [COSEAlgorithm::ES256, COSEAlgorithm::RS256];

/// Asks for nothing and enforces nothing: whether user verification is demanded is decided outside.
const OPEN: UserVerificationPolicy = UserVerificationPolicy::Discouraged_DO_NOT_USE;

/// 7.1, as far as the library goes.
pub(super) fn register(asked: &Asked, answer: &RegistrationAnswer) -> Result<Credential, KeyFlaw> {
    let state: RegistrationState = serde_json::from_value(json!({
        "policy": OPEN,
        "exclude_credentials": [],
        "challenge": asked.challenge_text(),
        "credential_algorithms": ALGORITHMS,
        "require_resident_key": false,
        "authenticator_attachment": null,
        "extensions": {},
        "allow_synchronised_authenticators": true,
    }))
    .map_err(|_| KeyFlaw::Malformed)?;
    let RegistrationAnswer { id: _, raw_id, kind, response } = answer;
    let given = RegisterPublicKeyCredential {
        id: String::new(),
        raw_id: raw_id.0.clone(),
        response: AuthenticatorAttestationResponseRaw {
            attestation_object: response.attestation_object.0.clone(),
            client_data_json: response.client_data_json.0.clone(),
            transports: None,
        },
        type_: kind.clone(),
        extensions: webauthn_rs_proto::RegistrationExtensionsClientOutputs::default(),
    };
    library(&asked.rp)?.register_credential(&given, &state, None).map_err(|error| flaw(&error))
}

/// 7.2, as far as the library goes: of a U2F key it would take the relying party for the app too. The count is not compared:
/// it is judged against the record as it stands when the answer is burned. Nor is `backup_eligible`, the flag of the answer,
/// compared with the record: that was done before.
pub(super) fn sign_in(
    asked: &Asked,
    key: &State,
    answer: &AssertionAnswer,
    backup_eligible: bool,
) -> Result<Assertion, KeyFlaw> {
    let state: AuthenticationState = serde_json::from_value(json!({
        "credentials": [],
        "policy": OPEN,
        "challenge": asked.challenge_text(),
        "appid": key.app_id,
        "allow_backup_eligible_upgrade": false,
    }))
    .map_err(|_| KeyFlaw::Malformed)?;
    let AssertionAnswer { id: _, raw_id, kind, response, client_extension_results: _ } = answer;
    let given = PublicKeyCredential {
        id: String::new(),
        raw_id: raw_id.0.clone(),
        response: AuthenticatorAssertionResponseRaw {
            authenticator_data: response.authenticator_data.0.clone(),
            client_data_json: response.client_data_json.0.clone(),
            signature: response.signature.0.clone(),
            user_handle: None,
        },
        extensions: AuthenticationExtensionsClientOutputs {
            appid: Some(key.app_id.is_some()),
            ..AuthenticationExtensionsClientOutputs::default()
        },
        type_: kind.clone(),
    };
    let result = library(&asked.rp)?
        .authenticate_single_credential(&given, &state, &credential(key, backup_eligible)?)
        .map_err(|error| flaw(&error))?;
    Ok(Assertion {
        credential_id: key.credential_id.clone(),
        count: result.counter(),
        verified: result.user_verified(),
        backup_eligible,
        backed_up: result.backup_state(),
    })
}

fn library(rp: &RelyingParty) -> Result<WebauthnCore, KeyFlaw> {
    let origin = Url::parse(&rp.origin).map_err(|_| KeyFlaw::OtherOrigin)?;
    let (subdomains, any_port) = (Some(false), Some(false));
    let life = limits::CEREMONY_LASTS;
    Ok(WebauthnCore::new_unsafe_experts_only(&rp.name, &rp.id, vec![origin], life, subdomains, any_port))
}

/// A record of ours in the library's form, with a count that every count exceeds or equals.
fn credential(key: &State, backup_eligible: bool) -> Result<Credential, KeyFlaw> {
    let (public_key, _) = item(&key.public_key)?;
    Ok(Credential {
        cred_id: key.credential_id.clone(),
        cred: cose_key(&public_key)?,
        counter: 0,
        transports: None,
        user_verified: key.verified_at_registration,
        backup_eligible,
        backup_state: key.backed_up,
        registration_policy: OPEN,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    })
}

/// A key whose algorithm was offered and whose curve is that algorithm's own (5.8.5).
pub(super) fn cose_key(public_key: &Value) -> Result<COSEKey, KeyFlaw> {
    let key = COSEKey::try_from(public_key).map_err(|_| KeyFlaw::Algorithm)?;
    let fits = match (&key.type_, &key.key) {
        (COSEAlgorithm::ES256, COSEKeyType::EC_EC2(point)) => point.curve == ECDSACurve::SECP256R1,
        (COSEAlgorithm::RS256, COSEKeyType::RSA(_)) => true,
        _ => false,
    };
    if fits { Ok(key) } else { Err(KeyFlaw::Algorithm) }
}

/// A public key as it is kept: its few members in the CTAP2 canonical form, whatever else was sent with them.
///
/// The canonical form is the shortest. So bytes of the same length with the same members have no member twice, no
/// indefinite length, no tag and no number longer than it has to be.
pub(super) fn canonical_key(sent: &[u8]) -> Result<Vec<u8>, KeyFlaw> {
    let (parsed, behind) = item(sent)?;
    let key = cose_key(&parsed)?;
    let int = |number: i128| Value::Integer(number);
    let members = match key.key {
        COSEKeyType::EC_EC2(point) => vec![
            (1, int(2)),
            (3, int(key.type_ as i128)),
            (-1, int(point.curve as i128)),
            (-2, Value::Bytes(point.x)),
            (-3, Value::Bytes(point.y)),
        ],
        COSEKeyType::RSA(rsa) => vec![
            (1, int(3)),
            (3, int(key.type_ as i128)),
            (-1, Value::Bytes(rsa.n)),
            (-2, Value::Bytes(rsa.e.to_vec())),
        ],
        COSEKeyType::EC_OKP(_) => return Err(KeyFlaw::Algorithm),
    };
    let canonical = Value::Map(members.into_iter().map(|(name, value)| (int(name), value)).collect());
    let bytes = serde_cbor_2::to_vec(&canonical).map_err(|_| KeyFlaw::PublicKeyForm)?;
    let is_plain = parsed == canonical && behind.is_empty() && bytes.len() == sent.len();
    if is_plain { Ok(bytes) } else { Err(KeyFlaw::PublicKeyForm) }
}

/// The library's reasons, as ours.
fn flaw(error: &WebauthnError) -> KeyFlaw {
    use WebauthnError as E;
    match error {
        E::InvalidClientDataType => KeyFlaw::OtherType,
        E::MismatchedChallenge => KeyFlaw::NoCeremony,
        E::InvalidRPOrigin => KeyFlaw::OtherOrigin,
        E::CredentialCrossOrigin => KeyFlaw::Framed,
        E::InvalidRPIDHash => KeyFlaw::OtherSite,
        E::UserNotPresent => KeyFlaw::Untouched,
        E::CredentialBackupEligibilityInconsistent | E::CredentialMayNotBeHardwareBound => KeyFlaw::Backup,
        E::CredentialAlteredAlgFromRequest => KeyFlaw::Algorithm,
        E::AuthenticationFailure | E::SignatureInvalid => KeyFlaw::Signature,
        E::CredentialNotFound => KeyFlaw::UnknownKey,
        E::ParseCBORFailure(_) | E::ParseJSONFailure(_) | E::ParseNOMFailure | E::MissingAttestationCredentialData => {
            KeyFlaw::Malformed
        }
        // What is left belongs to keys (refused before) and to attestation statements.
        _ => KeyFlaw::Statement,
    }
}
