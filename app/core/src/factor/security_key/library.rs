//! The corner that speaks with webauthn-rs-core: signatures, attestation statements and what else it checks. Its own
//! policies on user verification and counts are left open, being ours. Only its typed API is used: it makes its states
//! and reads them, and what it answers beyond a flaw of the answer is a fault of ours (docs/decisions/webauthn-library.md).

use std::fmt::Display;

use serde_cbor_2::Value;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AttestationFormat, AuthenticationState, AuthenticatorAssertionResponseRaw, AuthenticatorAttestationResponseRaw,
    COSEAlgorithm, COSEKey, COSEKeyType, Credential, ECDSACurve, ParsedAttestation, PublicKeyCredential,
    RegisterPublicKeyCredential, RegisteredExtensions, RegistrationState, UserVerificationPolicy,
};
use webauthn_rs_proto::{
    AuthenticationExtensionsClientOutputs, PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions,
    RequestAuthenticationExtensions,
};

use super::answer::{AssertionAnswer, RegistrationAnswer};
use super::authenticator_data::item;
use super::u2f::AppId;
use super::verify::AnswerError;
use super::{Assertion, AuthenticationCeremony, Person, RegistrationCeremony, RelyingParty, State};
use crate::model::KeyFlaw;
use crate::rules::limits;

/// Error returned when the library does what this version of Postern does not expect, or a stored key cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the WebAuthn library failed at {step}: {why}")]
pub struct LibraryError {
    step: &'static str,
    why: String,
}

impl LibraryError {
    pub(super) fn new(step: &'static str, why: &(impl Display + ?Sized)) -> Self {
        Self { step, why: why.to_string() }
    }
}

/// Those that the library verifies; it knows EdDSA, but verifies none.
pub(super) const ALGORITHMS: [COSEAlgorithm; 2] = [COSEAlgorithm::ES256, COSEAlgorithm::RS256];

/// Asks for nothing and enforces nothing: whether user verification is demanded is decided outside.
const OPEN: UserVerificationPolicy = UserVerificationPolicy::Discouraged_DO_NOT_USE;

/// The library's options for a new key, and its state for the answer. Nothing is excluded: that a key is registered
/// already is found out by the caller.
pub(super) fn begin_registration(
    rp: &RelyingParty,
    person: Person,
) -> Result<(PublicKeyCredentialCreationOptions, RegistrationState), LibraryError> {
    let failed = |error: WebauthnError| LibraryError::new("beginning a registration", &error);
    let library = library(rp)?;
    let Person { handle, name, display_name } = person;
    let builder = library.new_challenge_register_builder(&handle, &name, &display_name).map_err(failed)?;
    let builder = builder.user_verification_policy(OPEN).credential_algorithms(ALGORITHMS.to_vec());
    let (options, state) = library.generate_challenge_register(builder).map_err(failed)?;
    Ok((options.public_key, state))
}

/// The library's options for an assertion, and its state for the answer. It is told of no key: the one that answers is
/// given to it as it is stored by then.
pub(super) fn begin_authentication(
    rp: &RelyingParty,
    app_id: Option<&AppId>,
) -> Result<(PublicKeyCredentialRequestOptions, AuthenticationState), LibraryError> {
    let failed = |error: WebauthnError| LibraryError::new("beginning an authentication", &error);
    let library = library(rp)?;
    let extensions = app_id.map(|app_id| RequestAuthenticationExtensions {
        appid: Some(app_id.to_string()),
        uvm: None,
        hmac_get_secret: None,
    });
    let builder = library.new_challenge_authenticate_builder(Vec::new(), Some(OPEN)).map_err(failed)?;
    let (options, state) = library.generate_challenge_authenticate(builder.extensions(extensions)).map_err(failed)?;
    Ok((options.public_key, state))
}

/// 7.1, as far as the library goes.
pub(super) fn register(
    ceremony: &RegistrationCeremony,
    answer: &RegistrationAnswer,
) -> Result<Credential, AnswerError> {
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
    library(&ceremony.rp)?.register_credential(&given, &ceremony.state, None).map_err(|error| judged(&error))
}

/// 7.2, as far as the library goes: of a U2F key it would take the relying party for the app too. The count is not compared:
/// it is judged against the record as it stands when the answer is burned. Nor is `backup_eligible`, the flag of the answer,
/// compared with the record: that was done before.
pub(super) fn authenticate(
    ceremony: &AuthenticationCeremony,
    key: &State,
    answer: &AssertionAnswer,
    backup_eligible: bool,
) -> Result<Assertion, AnswerError> {
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
    let result = library(&ceremony.rp)?
        .authenticate_single_credential(&given, &ceremony.state, &credential(key, backup_eligible)?)
        .map_err(|error| match judged(&error) {
            // There is no statement in an assertion, and the key is one of ours.
            AnswerError::Flawed(KeyFlaw::Statement) => LibraryError::new("verifying an assertion", &error).into(),
            judged => judged,
        })?;
    Ok(Assertion {
        credential_id: key.credential_id.clone(),
        count: result.counter(),
        verified: result.user_verified(),
        backup_eligible,
        backed_up: result.backup_state(),
    })
}

fn library(rp: &RelyingParty) -> Result<WebauthnCore, LibraryError> {
    let origin = Url::parse(&rp.origin).map_err(|why| LibraryError::new("the origin", &why))?;
    let (subdomains, any_port) = (Some(false), Some(false));
    let life = limits::CEREMONY_LASTS;
    Ok(WebauthnCore::new_unsafe_experts_only(&rp.name, &rp.id, vec![origin], life, subdomains, any_port))
}

/// A record of ours in the library's form, with a count that every count exceeds or equals.
fn credential(key: &State, backup_eligible: bool) -> Result<Credential, LibraryError> {
    Ok(Credential {
        cred_id: key.credential_id.clone(),
        cred: stored_key(key)?,
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

/// The public key of a record. It was read when it was registered, so that it cannot be read now is no flaw of an answer.
pub(super) fn stored_key(key: &State) -> Result<COSEKey, LibraryError> {
    let read = item(&key.public_key).and_then(|(public_key, _)| cose_key(&public_key));
    read.map_err(|why| LibraryError::new("a stored public key", &why))
}

/// A key whose algorithm was offered and whose curve is that algorithm's own (5.8.5).
fn cose_key(public_key: &Value) -> Result<COSEKey, KeyFlaw> {
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

/// The library's reasons, as ours. Every one is named, so that a new one does not compile before it is judged.
///
/// What was checked before the library was asked (type, challenge, origin, frame, public key) holds for it too, or it
/// understands it in another way than it did.
fn judged(error: &WebauthnError) -> AnswerError {
    use WebauthnError as E;
    let flaw = match error {
        E::InvalidRPIDHash => KeyFlaw::OtherSite,
        E::UserNotPresent => KeyFlaw::Untouched,
        E::CredentialBackupEligibilityInconsistent | E::CredentialMayNotBeHardwareBound => KeyFlaw::Backup,
        E::AuthenticationFailure | E::SignatureInvalid => KeyFlaw::Signature,
        E::ParseBase64Failure(_)
        | E::ParseCBORFailure(_)
        | E::ParseJSONFailure(_)
        | E::ParseNOMFailure
        | E::ParseInsufficientBytesAvailable
        | E::MissingAttestationCredentialData => KeyFlaw::Malformed,
        E::InvalidExtensions
        | E::AuthenticatorDataMissingExtension
        | E::AttestationNotSupported
        | E::AttestationStatementMapInvalid
        | E::AttestationStatementResponseMissing
        | E::AttestationStatementResponseInvalid
        | E::AttestationStatementSigMissing
        | E::AttestationStatementSigInvalid
        | E::AttestationStatementVerMissing
        | E::AttestationStatementVerInvalid
        | E::AttestationStatementVerUnsupported
        | E::AttestationStatementX5CMissing
        | E::AttestationStatementX5CInvalid
        | E::AttestationStatementAlgMissing
        | E::AttestationStatementCertInfoMissing
        | E::AttestationStatementMissingExtension
        | E::AttestationStatementPubAreaMissing
        | E::AttestationStatementAlgMismatch
        | E::AttestationStatementAlgInvalid
        | E::AttestationCertificateAAGUIDMismatch
        | E::AttestationCertificateNonceMismatch
        | E::AttestationTpmStInvalid
        | E::AttestationTpmPubAreaMismatch
        | E::AttestationTpmExtraDataInvalid
        | E::AttestationTpmExtraDataMismatch
        | E::AttestationTpmPubAreaHashUnknown
        | E::AttestationTpmPubAreaHashInvalid
        | E::AttestationTpmAttestCertifyInvalid
        | E::AttestationCertificateRequirementsNotMet
        | E::AttestationLeafCertMissing
        | E::AttestationNotVerifiable
        | E::AttestationCredentialSubjectKeyMismatch
        | E::CertificatePublicKeyInvalid
        | E::CertificatePublicKeyAlgorthimMismatch
        | E::X509DerInvalid
        // Of the certificate in a statement, and of what a TPM says of its key: the credential's own key was read before.
        | E::COSEKeyInvalidCBORValue
        | E::COSEKeyInvalidType
        | E::COSEKeyEDUnsupported
        | E::COSEKeyECDSAXYInvalid
        | E::COSEKeyRSANEInvalid
        | E::COSEKeyECDSAInvalidCurve
        | E::COSEKeyEDDSAXInvalid
        | E::COSEKeyEDDSAInvalidCurve
        | E::COSEKeyInvalidAlgorithm
        | E::ECDSACurveInvalidNid
        | E::SshPublicKeyEDUnsupported
        | E::EcdsaPointInvalid
        | E::RsaParametersInvalid => KeyFlaw::Statement,
        E::Configuration
        | E::InvalidClientDataType
        | E::MismatchedChallenge
        | E::ChallengeNotFound
        | E::InvalidRPOrigin
        | E::UserNotVerified
        | E::ChallengePersistenceError
        | E::AttestationTrustFailure
        | E::AttestationCertificateTrustStoreEmpty
        | E::AttestationUntrustedAaguid
        | E::AttestationFormatMissingAaguid
        | E::AttestationChainNotTrusted(_)
        | E::CredentialInsecureCryptography
        | E::CredentialExistCheckError
        | E::CredentialAlreadyExists
        | E::CredentialPersistenceError
        | E::CredentialRetrievalError
        | E::CredentialNotFound
        | E::CredentialAlteredAlgFromRequest
        | E::CredentialExcludedFromRequest
        | E::CredentialPossibleCompromise
        | E::CredentialCounterUpdateFailure
        | E::CredentialCompromiseReportFailure
        | E::TrustFailure
        | E::InconsistentUserVerificationPolicy
        | E::InvalidUsername
        | E::InvalidUserUniqueId
        | E::CredentialCrossOrigin
        | E::MissingAttestationCaList
        | E::SshPublicKeyBackupState
        | E::SshPublicKeyInvalidCurve
        | E::SshPublicKeyInvalidPubkey
        | E::SshPublicKeyInconsistentUserVerification
        | E::HmacKeyInvalid => return LibraryError::new("verifying an answer", error).into(),
    };
    flaw.into()
}
