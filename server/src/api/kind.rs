//! What may go wrong for a program: each kind of problem with the name that never changes, its status and its meaning.
//! Answers are made of these, and so is what the description says of answers.

use http::StatusCode;

/// A kind of problem (RFC 9457 3.1.1): its `type` is `urn:postern:` and the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub code: &'static str,
    pub status: StatusCode,
    pub title: &'static str,
    /// For the description; an answer says in `detail` what it was this time.
    pub meaning: &'static str,
    /// Time mends it: the answer has `Retry-After` (RFC 9110 10.2.3).
    pub waits: bool,
}

impl Kind {
    pub fn urn(self) -> String {
        format!("urn:postern:{}", self.code)
    }
}

/// `NAME: STATUS "code" "Title" "meaning";`, with `waits` before the semicolon where time mends it.
macro_rules! kinds {
    ($($name:ident: $status:ident $code:literal $title:literal $meaning:literal $($waits:ident)?;)*) => {
        $(pub const $name: Kind = Kind {
            code: $code,
            status: StatusCode::$status,
            title: $title,
            meaning: $meaning,
            waits: kinds!(@ $($waits)?),
        };)*

        /// Every one of them.
        pub const ALL: &[Kind] = &[$($name),*];
    };
    (@) => { false };
    (@ waits) => { true };
}

kinds! {
    MALFORMED: BAD_REQUEST "malformed" "Malformed"
        "What was sent cannot be read: no JSON object, a member missing, repeated or of the wrong type, or a path that is no text.";
    MISSING: BAD_REQUEST "missing" "Missing" "A member that is needed is empty.";
    NOT_A_CODE: BAD_REQUEST "not-a-code" "Not a code"
        "A code has 6 or 8 decimal digits; white space, dashes and invisible characters aside. It counts as no try.";
    NOT_AN_ADDRESS: BAD_REQUEST "not-an-address" "Not a mail address" "Nobody could be written to there.";
    BAD_SETTING: BAD_REQUEST "bad-setting" "Out of range" "A member or a header is out of its range, or a header that is needed is missing; `detail` names it.";
    NOT_A_SECRET: BAD_REQUEST "not-a-secret" "Not a TOTP secret"
        "Neither a key in base32 nor an `otpauth://totp/` link that can be dealt; `detail` says why.";
    NOT_A_RECIPIENT: BAD_REQUEST "not-a-recipient" "Not an age key"
        "A recipient is no age X25519 public key, or there are not as many as shares.";
    NOT_A_SHARE: BAD_REQUEST "not-a-share" "Not a share"
        "The share is malformed or damaged, or what is encrypted is no armored age file; `detail` says how.";

    U2F_REFUSED: BAD_REQUEST "key-refused" "Refused" "The U2F key's answer does not hold; `detail` says why.";
    U2F_CLONED: BAD_REQUEST "key-cloned" "Perhaps a copy"
        "The U2F key's count of signatures did not rise, so that there may be a copy of it.";

    NO_SESSION: UNAUTHORIZED "no-session" "No session" "The cookie is missing, is not known, or its session has ended.";
    NOT_ADMITTED: UNAUTHORIZED "not-admitted" "Not admitted" "The operators' name or password is missing or wrong.";
    WRONG: UNAUTHORIZED "wrong" "Wrong" "What was sent is not right, or was used already.";
    KEY_NOT_PASSED: UNAUTHORIZED "key-refused" "Refused"
        "The key's answer does not pass (WebAuthn Level 3, 7.2); `detail` says why.";
    KEY_CLONED: UNAUTHORIZED "key-cloned" "Perhaps a copy"
        "The key's count of signatures did not rise, so that there may be a copy of it (WebAuthn Level 3, 7.2).";

    NO_CLIENT: UNAUTHORIZED "no-client" "No client"
        "The key or the secret is wrong, or the key is not activated, disabled, or rotated away: they all look the same.";
    ALREADY_ACTIVATED: UNAUTHORIZED "already-activated" "Activated already"
        "The key has its secret, which was shown once. Another key can be asked for.";

    GATEWAY: FORBIDDEN "gateway" "Not the gateway" "Keys are asked for here through a gateway, which sends `x-api-key`.";
    NOT_THE_OWNER: FORBIDDEN "not-the-owner" "Not its owner" "The address has to be proved first, or its account signed in to.";
    ORIGIN: FORBIDDEN "origin" "From elsewhere" "A browser says that a page of another origin sent this.";
    STEP_UP: FORBIDDEN "step-up" "Step-up needed"
        "The session is signed in, and its last factor was passed more than 10 minutes ago. Pass one of `factors`, then send this again.";
    SECOND_FACTOR_NEEDED: FORBIDDEN "second-factor-needed" "Second factor needed"
        "This portal asks every account for a second factor, and this one has none or would have none.";
    FROZEN: FORBIDDEN "frozen" "Frozen"
        "The account's factors do not change for 24 hours, because somebody said \"this was not me\"." waits;

    BLOCKED: FORBIDDEN "blocked" "Factor locked"
        "Fifty wrong answers in a row locked the factor. Another factor that is passed, a recovery code, or an operator unlocks it; waiting does not.";

    NOT_FOUND: NOT_FOUND "not-found" "Not found" "There is nothing at this path.";
    NO_CODE: NOT_FOUND "no-code" "No code waits"
        "No live code was asked for in this session: none at all, or it is over or used.";
    NOT_ENROLLED: NOT_FOUND "not-enrolled" "Not enrolled" "There is no such factor, or it is not yours.";
    NO_API_KEY: NOT_FOUND "no-api-key" "No such key"
        "No such key was asked for with this address, or it was not activated within 24 hours.";
    NO_VAULT: NOT_FOUND "no-vault" "No such vault" "There is no vault of this hash: nothing was ever in it, or nothing is.";
    NO_QUORUM_SESSION: NOT_FOUND "no-quorum-session" "No such session" "Nobody asks for anything under this id.";
    METHOD: METHOD_NOT_ALLOWED "method" "Method not allowed" "This path has other methods; `Allow` lists them.";

    ALREADY_ENROLLED: CONFLICT "already-enrolled" "Already enrolled" "A confirmed one is there; it has to be removed first.";
    TOO_MANY_KEYS: CONFLICT "too-many-keys" "Too many keys" "There are 20 security keys already.";
    ADDRESS_OF_ACCOUNT: CONFLICT "address-of-account" "Address of an account"
        "The session is signed in, and an account's address changes on its page alone.";
    FIXED_NAME: CONFLICT "fixed-name" "Name cannot be changed"
        "The factor has no name of its own: the email factor is called by its address.";
    ADDRESS_TAKEN: CONFLICT "address-taken" "Taken" "Another account has this address.";
    NOT_POSSIBLE: CONFLICT "not-possible" "Not possible now" "Only the account's pages do this.";

    TOO_MANY_API_KEYS: CONFLICT "too-many-api-keys" "Too many API keys" "The address has 50 API keys already.";
    ROTATED_ELSEWHERE: CONFLICT "rotated-elsewhere" "Rotated elsewhere"
        "One of the two is on its way to another key already, or records of a third key are still on their way to it, or they are one and the same; `detail` says which.";

    ENTRY_GONE: CONFLICT "entry-gone" "Gone" "The entry to be replaced is not there, or not any more.";
    TOO_MANY_ENTRIES: CONFLICT "too-many-entries" "Too many entries" "A vault has at most 1,000 entries.";

    OTHER_GROUP: CONFLICT "other-group" "Of another group"
        "The share is of another deal than the first one of this session.";
    SHARE_TWICE: CONFLICT "share-twice" "In already"
        "This share is in already, or another one of its number that is known to be true.";
    WAITING_FULL: CONFLICT "waiting-full" "Too many wait"
        "As many encrypted shares wait as may, of all or of this network. A plain share still counts.";
    INCOMPLETE: CONFLICT "incomplete" "Not complete" "Not enough custodians have agreed; `detail` says how many did.";
    FORGED: CONFLICT "forged" "Forged"
        "The shares do not make the secret that was dealt, because some are forged; more shares may mend it. Or the share that was brought is known to be forged.";

    QUORUM_OVER: GONE "quorum-over" "Over" "The session has ended. So much is remembered for a day.";

    TOO_SLOW: REQUEST_TIMEOUT "too-slow" "Too slow" "The body did not arrive within 30 seconds.";
    ADDRESS_TOO_LONG: URI_TOO_LONG "address-too-long" "Address too long" "Path and query together are longer than 8,000 bytes.";
    TOO_LARGE: PAYLOAD_TOO_LARGE "too-large" "Too large" "The body is larger than this route takes.";
    MEDIA_TYPE: UNSUPPORTED_MEDIA_TYPE "media-type" "Not JSON" "The body is not `application/json`, nor a form where the route takes forms.";
    HOST: MISDIRECTED_REQUEST "host" "Another host" "The request names another host than this portal's origin.";
    KEY_NOT_REGISTERED: UNPROCESSABLE_ENTITY "key-refused" "Not registered"
        "The key's answer registers nothing (WebAuthn Level 3, 7.1); `detail` says why.";
    OTHER_NUMBERS: UNPROCESSABLE_ENTITY "other-numbers" "Other numbers"
        "The share says other numbers than the request; `detail` has them.";

    THROTTLED: TOO_MANY_REQUESTS "throttled" "Too many tries"
        "Five wrong answers in a row or more; this try was not looked at." waits;
    CODE_VOID: TOO_MANY_REQUESTS "code-void" "Too many tries"
        "The mail code had all its five tries; another one may be asked for then." waits;
    TOO_MANY_SENDS: TOO_MANY_REQUESTS "too-many-sends" "Too many mails"
        "Letters are limited: 30 seconds apart, and by the hour for an address and for a network." waits;
    TOO_MANY_REFUSALS: TOO_MANY_REQUESTS "too-many-refusals" "Too many refusals"
        "This key, or this network, was refused too often within 10 minutes. What is right is never made to wait for it." waits;
    TOO_MANY_CHALLENGES: TOO_MANY_REQUESTS "too-many-challenges" "Too many challenges"
        "60 challenges were asked for within 5 minutes." waits;
    TOO_MANY_SESSIONS: TOO_MANY_REQUESTS "too-many-sessions" "Too many sessions"
        "This network began 120 sessions within a minute." waits;
    TOO_MANY_REQUESTS: TOO_MANY_REQUESTS "too-many-requests" "Too many requests"
        "This network dealt, asked or brought shares too often, or codes were made too often, of one session or for one network." waits;

    TOO_MANY_VAULTS: TOO_MANY_REQUESTS "too-many-vaults" "Too many vaults"
        "This network made 10 vaults within an hour." waits;
    VAULT_GROWTH: TOO_MANY_REQUESTS "vault-growth" "Too much vault data"
        "This network put 16 MiB into vaults within a day." waits;
    TOO_MANY_UNKNOWN: TOO_MANY_REQUESTS "too-many-unknown" "Too many unknown"
        "This network asked for 600 vaults within an hour that are not there." waits;
    BUSY: TOO_MANY_REQUESTS "busy" "Busy"
        "As many large bodies are being read or sent as may be at a time, of all or of this network, or as many secrets and shares of this caller are being worked on." waits;

    FAULT: INTERNAL_SERVER_ERROR "fault" "Our fault"
        "Something of the portal's own failed. `detail` has a reference that its log has too.";
    VAULTS_FULL: INSUFFICIENT_STORAGE "vaults-full" "No room" "All vaults together have no room for that.";
    OVERLOADED: SERVICE_UNAVAILABLE "overloaded" "Overloaded"
        "As many secrets and shares wait to be worked on as may. Nothing was changed or counted." waits;
    AWAY: SERVICE_UNAVAILABLE "store-away" "Service temporarily unavailable"
        "The store does not answer, a record in it cannot be read, or work was cut off. Nothing was changed that was not acknowledged." waits;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_at_its_status() {
        for (n, kind) in ALL.iter().enumerate() {
            assert!(kind.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", kind.code);
            assert!(kind.status.is_client_error() || kind.status.is_server_error(), "{}", kind.code);
            assert!(kind.meaning.ends_with('.') && !kind.title.ends_with('.'), "{}", kind.code);
            let same = |other: &&Kind| (other.code, other.status) == (kind.code, kind.status);
            assert_eq!(ALL.iter().position(|other| same(&other)), Some(n), "{}", kind.code);
        }
    }
}
