//! The JSON of WebAuthn Level 3, for the description: what a browser is asked, and what it answers. Options are made,
//! and answers read, by the factor itself.
#![expect(dead_code, reason = "described here and never made: the factor has types of its own")]

use utoipa::ToSchema;

/// For `navigator.credentials.create()`: hand `publicKey` to `PublicKeyCredential.parseCreationOptionsFromJSON()`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreationOptions {
    public_key: PublicKeyCredentialCreationOptionsJSON,
}

/// WebAuthn Level 3, 5.1 and 5.4. Members that are not sent have the specification's defaults.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PublicKeyCredentialCreationOptionsJSON {
    rp: PublicKeyCredentialRpEntity,
    user: PublicKeyCredentialUserEntityJSON,
    /// 32 random bytes, as unpadded base64url; good once, for 5 minutes (13.4.3).
    #[schema(pattern = "^[A-Za-z0-9_-]+$", min_length = 22, example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8")]
    challenge: String,
    /// Kinds of key that are taken, the best first (5.3).
    #[schema(min_items = 1)]
    pub_key_cred_params: Vec<PublicKeyCredentialParameters>,
    /// Milliseconds.
    #[schema(nullable = false, minimum = 1, example = 300_000)]
    timeout: Option<u32>,
    /// Keys that are registered already: a key that has one of these says so.
    #[schema(nullable = false)]
    exclude_credentials: Option<Vec<PublicKeyCredentialDescriptorJSON>>,
    #[schema(nullable = false)]
    authenticator_selection: Option<AuthenticatorSelectionCriteria>,
    /// How the key's make is to be told (5.4.7).
    #[schema(nullable = false, example = "none")]
    attestation: Option<String>,
    /// Inputs of extensions, by name (9.3).
    #[schema(nullable = false, value_type = Option<Object>)]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Who asks (5.4.2).
#[derive(ToSchema)]
pub struct PublicKeyCredentialRpEntity {
    /// A domain: the origin's host, or one that it ends with.
    #[schema(example = "mfa.example.org")]
    id: String,
    #[schema(example = "Postern")]
    name: String,
}

/// Whom the key is for (5.4.3).
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PublicKeyCredentialUserEntityJSON {
    /// Random bytes that say nothing (14.6.1), at most 64, as unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 86)]
    id: String,
    #[schema(example = "ada@example.org")]
    name: String,
    #[schema(example = "ada@example.org")]
    display_name: String,
}

/// A kind of key (5.3).
#[derive(ToSchema)]
pub struct PublicKeyCredentialParameters {
    #[schema(rename = "type", example = "public-key")]
    kind: String,
    /// By its number in the registry of COSE algorithms (RFC 9053).
    #[schema(example = -7)]
    alg: i64,
}

/// Names a key (5.8.3).
#[derive(ToSchema)]
pub struct PublicKeyCredentialDescriptorJSON {
    #[schema(rename = "type", example = "public-key")]
    kind: String,
    /// The credential's id, as unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 1364)]
    id: String,
    /// How it can be reached (5.8.4).
    #[schema(nullable = false, example = json!(["usb"]))]
    transports: Option<Vec<String>>,
}

/// Which keys will do (5.4.4).
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AuthenticatorSelectionCriteria {
    /// `discouraged`, `preferred` or `required` (5.4.6).
    #[schema(nullable = false, example = "preferred")]
    resident_key: Option<String>,
    #[schema(nullable = false)]
    require_resident_key: Option<bool>,
    /// `discouraged`, `preferred` or `required` (5.8.6).
    #[schema(nullable = false, example = "preferred")]
    user_verification: Option<String>,
}

/// For `navigator.credentials.get()`: hand `publicKey` to `PublicKeyCredential.parseRequestOptionsFromJSON()`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RequestOptions {
    public_key: PublicKeyCredentialRequestOptionsJSON,
}

/// WebAuthn Level 3, 5.1 and 5.5.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PublicKeyCredentialRequestOptionsJSON {
    /// 32 random bytes, as unpadded base64url; good once, for 5 minutes (13.4.3).
    #[schema(pattern = "^[A-Za-z0-9_-]+$", min_length = 22, example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8")]
    challenge: String,
    /// Milliseconds.
    #[schema(nullable = false, minimum = 1, example = 300_000)]
    timeout: Option<u32>,
    #[schema(example = "mfa.example.org")]
    rp_id: String,
    /// Any of these.
    allow_credentials: Vec<PublicKeyCredentialDescriptorJSON>,
    /// `discouraged`, `preferred` or `required` (5.8.6).
    #[schema(example = "preferred")]
    user_verification: String,
    /// Inputs of extensions, by name (9.3).
    #[schema(nullable = false, value_type = Option<Object>)]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What `PublicKeyCredential.toJSON()` gives after `create()` (WebAuthn Level 3, 5.1). Other members may be there and are
/// not read.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RegistrationResponseJSON {
    /// The credential's id, as unpadded base64url; at most 1023 bytes.
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    id: String,
    /// The same once more.
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    raw_id: String,
    #[schema(rename = "type", example = "public-key")]
    kind: String,
    response: AuthenticatorAttestationResponseJSON,
}

/// What the key made (5.2.1), each as unpadded base64url.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AuthenticatorAttestationResponseJSON {
    /// JSON, as the browser wrote it (5.8.1).
    #[schema(rename = "clientDataJSON", pattern = "^[A-Za-z0-9_-]*$")]
    client_data_json: String,
    /// CBOR, as the key wrote it (6.5).
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    attestation_object: String,
    /// How the key can be reached (5.8.4).
    #[schema(example = json!(["usb", "nfc"]))]
    transports: Option<Vec<String>>,
}

/// What `PublicKeyCredential.toJSON()` gives after `get()` (WebAuthn Level 3, 5.1). Other members may be there and are
/// not read.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AuthenticationResponseJSON {
    /// The credential's id, as unpadded base64url; at most 1023 bytes.
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    id: String,
    /// The same once more.
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    raw_id: String,
    #[schema(rename = "type", example = "public-key")]
    kind: String,
    response: AuthenticatorAssertionResponseJSON,
    client_extension_results: Option<AuthenticationExtensionsClientOutputsJSON>,
}

/// What the browser says of extensions (5.1). Others than these are not read.
#[derive(ToSchema)]
pub struct AuthenticationExtensionsClientOutputsJSON {
    /// Whether a key of U2F signed, by the app id that was asked for (10.1.1).
    #[schema(example = true)]
    appid: Option<bool>,
}

/// What the key signed (5.2.2), each as unpadded base64url.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AuthenticatorAssertionResponseJSON {
    /// JSON, as the browser wrote it (5.8.1).
    #[schema(rename = "clientDataJSON", pattern = "^[A-Za-z0-9_-]*$")]
    client_data_json: String,
    /// As the key wrote it (6.1).
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    authenticator_data: String,
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    signature: String,
    /// The `user.id` that the key was registered under, where the key tells it.
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    user_handle: Option<String>,
}
