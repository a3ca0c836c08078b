//! The JSON of clients' ceremonies, for the description: options with the user they are for, and FIDO U2F. All of it is
//! made, and read, by the factor itself.
#![expect(dead_code, reason = "described here and never made: the factor has types of its own")]

use utoipa::ToSchema;

use crate::api::webauthn::PublicKeyCredentialCreationOptionsJSON;

/// For `navigator.credentials.create()`: hand `publicKey` to `PublicKeyCredential.parseCreationOptionsFromJSON()`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ClientCreationOptions {
    /// The user from now on: what `x-mfa-UserUUID` says in every further request.
    #[schema(format = "uuid", example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")]
    uuid: String,
    public_key: PublicKeyCredentialCreationOptionsJSON,
}

/// A registration's answer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct U2fRegistration {
    sign_result: RegisterResponse,
}

/// RegisterResponse of the FIDO U2F JavaScript API: websafe base64, with padding or without. Other members may be there
/// and are not read.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RegisterResponse {
    /// The key's registration response (FIDO U2F Raw Message Formats, 4.3).
    #[schema(pattern = "^[A-Za-z0-9_-]*={0,2}$", example = "BQQ")]
    registration_data: String,
    /// JSON, as the browser wrote it (7): `typ`, `challenge`, `origin`.
    #[schema(pattern = "^[A-Za-z0-9_-]*={0,2}$", example = "e30")]
    client_data: String,
}

/// A signature's answer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct U2fSignature {
    sign_result: SignResponse,
}

/// SignResponse of the FIDO U2F JavaScript API: websafe base64, with padding or without. Other members may be there and
/// are not read.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SignResponse {
    /// The key's authentication response: presence, count and signature (FIDO U2F Raw Message Formats, 5.4).
    #[schema(pattern = "^[A-Za-z0-9_-]*={0,2}$", example = "AQAAAAE")]
    signature_data: String,
    /// JSON, as the browser wrote it (7): `typ`, `challenge`, `origin`.
    #[schema(pattern = "^[A-Za-z0-9_-]*={0,2}$", example = "e30")]
    client_data: String,
    /// As it was asked for. It may be left out.
    #[schema(pattern = "^[A-Za-z0-9_-]*={0,2}$", example = "a2V5")]
    key_handle: Option<String>,
}
