//! What a route may refuse, for its description: `ErrorResponses<(InSession, Sent, …)>` among its responses stands for one response
//! of every status, each with the kinds of problem that it may be.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{AllOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Content, Ref, RefOr};
use utoipa::{IntoResponses, ToSchema};

use super::kind::{self, Kind};
use super::problem::Body;

/// Some kinds of problem.
pub trait Refusals {
    fn kinds() -> Vec<Kind>;
}

/// What a route may answer when it does not do what it was asked.
pub struct ErrorResponses<T>(PhantomData<T>);

/// `Name: KIND, KIND;` with a sentence on when.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($kind:ident),*;)*) => {
        $($(#[$doc])*
        pub struct $name;

        impl Refusals for $name {
            fn kinds() -> Vec<Kind> {
                vec![$(kind::$kind),*]
            }
        })*
    };
}

refusals! {
    /// Every route under `/api/`.
    Asked: MALFORMED, TOO_SLOW, TOO_LARGE, ADDRESS_TOO_LONG, HOST, AWAY;
    /// Asked by machines that watch the process, under any name.
    Watched: MALFORMED, TOO_SLOW, TOO_LARGE, ADDRESS_TOO_LONG;
    /// Every route of a browser's session.
    InSession: MALFORMED, TOO_SLOW, TOO_LARGE, ADDRESS_TOO_LONG, HOST, AWAY, NO_SESSION;
    /// Every route for operators. A store that is away keeps none of them from answering.
    AsOperator: MALFORMED, TOO_SLOW, TOO_LARGE, ADDRESS_TOO_LONG, HOST, NOT_ADMITTED, THROTTLED, BUSY, OVERLOADED;
    /// Every route that changes something.
    Changing: ORIGIN;
    /// Every route that reads a JSON body.
    Sent: MEDIA_TYPE;
    /// A code is in it.
    Typed: NOT_A_CODE;
    /// A member has a range.
    Bounded: BAD_SETTING;
    /// A factor is added.
    Adding: STEP_UP, FROZEN;
    /// A factor is renamed or removed.
    Altering: STEP_UP, FROZEN, SECOND_FACTOR_NEEDED;
    /// A factor is renamed.
    Renaming: FIXED_NAME;
    /// A factor of this session is named, or meant.
    Enrolled: NOT_ENROLLED;
    /// A factor is tried.
    Tried: THROTTLED, BLOCKED;
    /// A factor of a client's user is tried, which is never locked.
    TriedByClient: THROTTLED;
    /// There may be one of it, and it may be confirmed already.
    AtMostOne: ALREADY_ENROLLED;
    /// A session begins.
    Beginning: TOO_MANY_SESSIONS;
    /// A letter is sent.
    Mailing: NOT_AN_ADDRESS, ADDRESS_OF_ACCOUNT, TOO_MANY_SENDS;
    /// A mail code is tried.
    MailCode: NO_CODE, CODE_VOID, ADDRESS_OF_ACCOUNT;
    /// A security key is asked something.
    Challenged: TOO_MANY_CHALLENGES;
    /// A security key is registered.
    Registering: KEY_NOT_REGISTERED, ALREADY_ENROLLED, TOO_MANY_KEYS;
    /// A security key passes.
    KeyPassing: KEY_NOT_PASSED, KEY_CLONED;
    /// One more key.
    OneMoreKey: TOO_MANY_KEYS;
    /// Every route of clients that prove themselves.
    OfClient: MALFORMED, TOO_SLOW, TOO_LARGE, ADDRESS_TOO_LONG, HOST, AWAY, NO_CLIENT, TOO_MANY_REFUSALS;
    /// A client's key is asked for.
    AskingKey: GATEWAY, NOT_AN_ADDRESS, TOO_MANY_SENDS;
    /// A client's key gets its secret.
    Activating: NOT_AN_ADDRESS, NO_API_KEY, ALREADY_ACTIVATED, TOO_MANY_API_KEYS, TOO_MANY_REFUSALS;
    /// A client's records move, both pairs being in the body.
    Rotating: NO_CLIENT, TOO_MANY_REFUSALS, ROTATED_ELSEWHERE;
    /// A code of a client's user is right, or refused.
    Judged: WRONG;
    /// A U2F key is registered.
    U2fRegistering: U2F_REFUSED, ALREADY_ENROLLED, TOO_MANY_KEYS;
    /// A U2F key passes.
    U2fPassing: U2F_REFUSED, U2F_CLONED;
    /// A vault is named.
    OfVault: BAD_SETTING;
    /// A vault is read.
    Reading: NO_VAULT, TOO_MANY_UNKNOWN;
    /// Bodies or answers may be larger than elsewhere.
    Lots: BUSY;
    /// A vault takes something in.
    Storing: TOO_MANY_ENTRIES, TOO_MANY_VAULTS, VAULT_GROWTH, TOO_MANY_UNKNOWN, VAULTS_FULL;
    /// An entry of a vault is replaced.
    Replacing: ENTRY_GONE, VAULT_GROWTH, VAULTS_FULL;
    /// A secret is dealt.
    Dealing: NOT_A_SECRET, NOT_A_RECIPIENT, BAD_SETTING, TOO_MANY_REQUESTS, BUSY, OVERLOADED;
    /// A quorum's session begins.
    AskingTogether: NOT_A_SHARE, BAD_SETTING, OTHER_NUMBERS, TOO_MANY_REQUESTS;
    /// A quorum's session is named.
    OfQuorum: NO_QUORUM_SESSION, QUORUM_OVER;
    /// A share is brought.
    Joining: NOT_A_SHARE, OTHER_GROUP, SHARE_TWICE, FORGED, WAITING_FULL, TOO_MANY_REQUESTS;
    /// Only the one who asked may.
    WithPrivate: WRONG, TOO_MANY_REFUSALS;
    /// Enough custodians have to have agreed.
    Completing: INCOMPLETE, FORGED, TOO_MANY_REQUESTS, BUSY, OVERLOADED;
}

macro_rules! refusals_together {
    ($($part:ident)*) => {
        impl<$($part: Refusals),*> Refusals for ($($part,)*) {
            fn kinds() -> Vec<Kind> {
                [$($part::kinds()),*].concat()
            }
        }
    };
}

refusals_together!(A);
refusals_together!(A B);
refusals_together!(A B C);
refusals_together!(A B C D);
refusals_together!(A B C D E);
refusals_together!(A B C D E F);
refusals_together!(A B C D E F G);

impl<T: Refusals> IntoResponses for ErrorResponses<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut by_status: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
        for kind in T::kinds() {
            let kinds = by_status.entry(kind.status.as_str().to_owned()).or_default();
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        by_status.into_iter().map(|(status, kinds)| (status, response(&kinds).into())).collect()
    }
}

/// One status, whatever of these it is.
fn response(kinds: &[Kind]) -> Response {
    let said: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.urn(), kind.meaning)).collect();
    let urns = kinds.iter().map(|kind| kind.urn());
    let types = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(urns));
    let one_of_these = ObjectBuilder::new().property("type", types);
    let schema = AllOfBuilder::new().item(Ref::from_schema_name(Body::name())).item(one_of_these);
    let examples = kinds.iter().map(|kind| (kind.code, ExampleBuilder::new().value(Some(example(*kind)))));
    let content = Content::builder().schema(Some(schema)).examples_from_iter(examples).build();
    let response = ResponseBuilder::new().description(said.join("\n\n")).content("application/problem+json", content);
    if !kinds.iter().any(|kind| kind.waits) {
        return response.build();
    }
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1));
    let meaning = "Whole seconds to wait before asking again (RFC 9110, 10.2.3).";
    response
        .header("Retry-After", HeaderBuilder::new().schema(Some(seconds)).description(Some(meaning)).build())
        .build()
}

fn example(kind: Kind) -> Value {
    let Kind { status, title, meaning, .. } = kind;
    json!({ "type": kind.urn(), "title": title, "status": status.as_u16(), "detail": meaning, "message": meaning })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_one_status_share_a_response_and_only_those_that_pass_say_when() {
        let responses = ErrorResponses::<(InSession, Changing, Adding, Tried, Enrolled)>::responses();
        let told = serde_json::to_value(&responses).expect("JSON");
        let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
        assert_eq!(statuses, ["400", "401", "403", "404", "408", "413", "414", "421", "429", "503"]);
        let types = |status: &str| told[status]["content"]["application/problem+json"]["schema"]["allOf"][1].clone();
        assert_eq!(
            types("403")["properties"]["type"]["enum"],
            json!(["urn:postern:origin", "urn:postern:step-up", "urn:postern:frozen", "urn:postern:blocked"])
        );
        for (status, waits) in [("401", false), ("403", true), ("404", false), ("429", true), ("503", true)] {
            assert_eq!(told[status]["headers"]["Retry-After"].is_object(), waits, "{status}");
        }
    }
}
