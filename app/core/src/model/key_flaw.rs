//! What is wrong with what a security key answered.

use serde::{Deserialize, Serialize};

/// One reason to refuse an answer. The sections are of WebAuthn Level 3, where 7.1 registers and 7.2 signs in; those with U2F
/// before them are of FIDO U2F Raw Message Formats 1.2, where 4.3 registers and 5.4 signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum KeyFlaw {
    /// Not in the form that browsers send (5.1.8): not JSON, not unpadded base64url, not CBOR, too short, a missing member.
    /// Or not in the form that U2F keys send (U2F 4.3, 5.4).
    #[error("it is not in the form that browsers send")]
    Malformed,
    /// No ceremony of this session waits for this challenge: answered already, too late, or somebody else's.
    #[error("nothing of this session waits for it (answered already, too late, or not ours)")]
    NoCeremony,
    /// A registration where a sign-in belongs, or the other way round, or no public key credential at all (7.1.7, 7.2.10).
    /// Or not of the `typ` that was asked for (U2F 7).
    #[error("it is of another type")]
    OtherType,
    /// Signed for another origin (7.1.9, 7.2.12; U2F 7).
    #[error("it was made for another origin")]
    OtherOrigin,
    /// Signed inside a frame of another site (7.1.10-11, 7.2.13-14).
    #[error("it was made inside another site")]
    Framed,
    /// Signed for another relying party (7.1.14, 7.2.15).
    #[error("it was made for another relying party")]
    OtherSite,
    /// Nobody touched it (7.1.15, 7.2.16; U2F 5.4).
    #[error("nobody touched the key")]
    Untouched,
    /// `id`, `rawId` and the id in the authenticator data are not one (5.1, 6.5.1).
    #[error("its ids are not one")]
    OtherId,
    /// An id of more than 1023 bytes (7.1.25).
    #[error("its id has more than 1023 bytes")]
    LongId,
    /// An attestation statement that does not verify, or one where there is to be none (8.7; U2F 4.3).
    #[error("its attestation statement does not hold")]
    Statement,
    /// Bytes behind the end of what was signed (6.1), or of the signature (U2F 4.3, 5.4).
    #[error("bytes are left over")]
    Trailing,
    /// Flags that mean nothing yet (6.1; U2F 5.4).
    #[error("flags are set that mean nothing")]
    ReservedFlags,
    /// A key of a kind that was not offered, or on a curve that is not its algorithm's (5.8.5).
    #[error("its key is of a kind that was not offered")]
    Algorithm,
    /// A public key with other members than its type and algorithm need, or with a member twice, of indefinite length, tagged
    /// or longer than it has to be (6.5.1: the CTAP2 canonical form, and no optional parameter beside `alg`).
    #[error("its public key is not in the form that keys have")]
    PublicKeyForm,
    /// A public key that is no point of its curve (U2F 4.3).
    #[error("its key is no point of the curve")]
    Point,
    /// A certificate that cannot be read, or whose key is not on P-256 (U2F 4.3).
    #[error("its certificate is not one of a U2F key")]
    Certificate,
    /// Backed up although it cannot be (6.1.3).
    #[error("its backup flags cannot be")]
    Backup,
    /// Unable to be backed up although it was able to when it was registered (6.1.3, 7.2.18).
    #[error(
        "it says that it cannot be synced any more, although it could be before; remove the key and register it again"
    )]
    BackupWithdrawn,
    /// The user handle is another's (7.2.6).
    #[error("its user handle is not this one")]
    OtherUser,
    /// Not a key of this holder (7.2.5).
    #[error("it is of a key that is not registered")]
    UnknownKey,
    /// A key that was registered by its U2F app id, and the browser does not say that it used that (10.1.1).
    #[error("its key is one of a U2F app, and the answer does not say that the app id was used")]
    AppIdUnused,
    /// The signature is not this key's (7.2.21; U2F 5.4).
    #[error("its signature is not right")]
    Signature,
}
