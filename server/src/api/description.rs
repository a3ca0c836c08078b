//! The OpenAPI 3.1 description of every route for programs: gathered from the routers that serve them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Router;
use utoipa::openapi::info::{InfoBuilder, LicenseBuilder};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{Object, Schema, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi, OpenApiBuilder, RefOr, Required, ServerBuilder, tag::TagBuilder};
use utoipa_axum::router::OpenApiRouter;

use super::problem::Body;
use super::{kind, tag};
use crate::config::PublicOrigin;
use crate::http::cookie;

/// Of the workspace, as its manifest and its README say.
const LICENCE: &str = "MIT OR Apache-2.0";

const ABOUT: &str = "\
The second door for programs. JSON in and out, UTF-8; unknown members are ignored, and so is null where a member may be \
left out. Times are RFC 3339 in UTC, durations whole seconds. A body of more than 64 KiB is answered with 413, \
unless a route says otherwise.

An error is `application/problem+json` (RFC 9457): `type` never changes, `detail` says what it was this time, and \
`message` repeats it for older clients. Every route lists what it may answer. Beside that, a path that is not there is \
404, another method 405 with `Allow`, and a failure of the portal's own 500 with a reference that its log has too: \
nothing that a caller can send leads there.

A request that changes something has to come from a page of this origin, or from a program: one that says nothing of \
where it comes from (neither `Sec-Fetch-Site` nor `Origin`).";

const API_SECRET: &str = "The API secret: 44 characters of base64, from the activation. It goes with the key, always.";

const GATEWAY: &str = "\
The key of the gateway through which API keys are asked for, where an operator configured one (`clients.gateway_key`); \
elsewhere it is not looked at.";

/// What is described so far.
pub struct Description {
    document: OpenApi,
    /// Groups of custodians have at most so many shares here.
    max_shares: u8,
}

impl Description {
    pub fn new(origin: &PublicOrigin, max_shares: u8) -> Self {
        let licence = LicenseBuilder::new().name(LICENCE).identifier(Some(LICENCE)).build();
        let info = InfoBuilder::new()
            .title("Postern")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(format!("{ABOUT}\n\n{}", problems())))
            .license(Some(licence));
        let here = ServerBuilder::new().url(origin.as_str()).description(Some("This portal"));
        let tags = tag::ALL.iter().map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build());
        let components = ComponentsBuilder::new()
            .schema_from::<Body<'_>>()
            .security_scheme("session", session(cookie::name(origin.is_https())))
            .security_scheme("apiKey", header("x-mfa-apikey", "A client's API key: 40 hex digits, from the letter."))
            .security_scheme("apiSecret", header("x-mfa-apisecret", API_SECRET))
            .security_scheme("gateway", header("x-api-key", GATEWAY));
        let document = OpenApiBuilder::new()
            .info(info.build())
            .servers(Some([here.build()]))
            .tags(Some(tags))
            .components(Some(components.build()))
            .build();
        Self { document, max_shares }
    }

    /// Takes what a router says of its routes, and gives the routes themselves.
    pub fn of<S: Clone + Send + Sync + 'static>(&mut self, router: OpenApiRouter<S>) -> Router<S> {
        let (routes, described) = router.split_for_parts();
        debug_assert_eq!(other_of_the_same_name(&self.document, &described), None, "two schemas have one name");
        self.document.merge(described);
        routes
    }

    /// All of it, when every router has been asked.
    pub fn finish(self) -> OpenApi {
        let Self { document: mut whole, max_shares } = self;
        if let Some(components) = &mut whole.components {
            bound_groups(&mut components.schemas, max_shares);
        }
        let schemas = whole.components.as_ref().map(|all| all.schemas.clone()).unwrap_or_default();
        for operation in whole.paths.paths.values_mut().flat_map(operations) {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.required = Some(if may_be_empty(body, &schemas) { Required::False } else { Required::True });
                describe_form(body, &schemas);
            }
        }
        whole
    }
}

/// Bounds what is asked of groups by what this portal's setting allows.
fn bound_groups(schemas: &mut BTreeMap<String, RefOr<Schema>>, max_shares: u8) {
    for name in ["DealShares", "AskTogether"] {
        let Some(RefOr::T(Schema::Object(body))) = schemas.get_mut(name) else { continue };
        for member in ["shares", "threshold"] {
            if let Some(RefOr::T(Schema::Object(number))) = body.properties.get_mut(member) {
                number.maximum = Some(f64::from(max_shares).into());
            }
        }
        if let Some(RefOr::T(Schema::Array(recipients))) = body.properties.get_mut("recipients") {
            recipients.max_items = Some(max_shares.into());
        }
    }
}

/// Every kind of problem, in a table.
fn problems() -> String {
    let mut table = "| `type` | Status | Meaning |\n|---|---|---|\n".to_owned();
    for kind in kind::ALL {
        // A string takes text.
        let _ = writeln!(table, "| `{}` | {} | {} |", kind.urn(), kind.status.as_u16(), kind.meaning);
    }
    table
}

fn session(cookie: &str) -> SecurityScheme {
    let about = "Begun by `GET /api/v1/session`, or by opening a page. A browser sends it by itself.";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(cookie, about)))
}

fn header(name: &str, about: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, about)))
}

/// The first schema that would be lost because another one has its name.
fn other_of_the_same_name(here: &OpenApi, there: &OpenApi) -> Option<String> {
    let (here, there) = (here.components.as_ref()?, there.components.as_ref()?);
    let other = |(name, schema): &(&String, &RefOr<Schema>)| here.schemas.get(*name).is_some_and(|it| it != *schema);
    there.schemas.iter().find(other).map(|(name, _)| name.clone())
}

pub fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = path;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// Says of a form what its JSON body says, without `null`: a form has text alone, and what is nothing is left out of it.
fn describe_form(body: &mut RequestBody, schemas: &BTreeMap<String, RefOr<Schema>>) {
    let Some(RefOr::T(form)) = body.content.get_mut("application/x-www-form-urlencoded") else { return };
    let Some(RefOr::Ref(named)) = &form.schema else { return };
    let name = named.ref_location.rsplit('/').next().unwrap_or_default();
    let Some(RefOr::T(Schema::Object(object))) = schemas.get(name) else { return };
    let mut object: Object = object.clone();
    for property in object.properties.values_mut() {
        match property {
            RefOr::T(Schema::Object(member)) => without_null(&mut member.schema_type),
            RefOr::T(Schema::Array(member)) => without_null(&mut member.schema_type),
            _ => {}
        }
    }
    form.schema = Some(RefOr::T(Schema::Object(object)));
}

fn without_null(schema_type: &mut SchemaType) {
    if let SchemaType::Array(types) = schema_type {
        types.retain(|one| *one != Type::Null);
        if let [only] = types.as_slice() {
            *schema_type = SchemaType::Type(only.clone());
        }
    }
}

/// An empty body is an empty object ([`super::Json`]), and will do where every member may be left out.
fn may_be_empty(body: &RequestBody, schemas: &BTreeMap<String, RefOr<Schema>>) -> bool {
    let needs_nothing = |schema: &RefOr<Schema>| match schema {
        RefOr::Ref(named) => {
            let name = named.ref_location.rsplit('/').next().unwrap_or_default();
            matches!(schemas.get(name), Some(RefOr::T(Schema::Object(object))) if object.required.is_empty())
        }
        RefOr::T(schema) => matches!(schema, Schema::Object(object) if object.required.is_empty()),
    };
    body.content
        .values()
        .all(|content| matches!(content, RefOr::T(content) if content.schema.as_ref().is_some_and(needs_nothing)))
}
