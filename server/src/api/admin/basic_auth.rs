//! Authentication of administrators: HTTP Basic (RFC 7617).

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use http::{HeaderMap, HeaderValue, header};
use postern_app::portal::operator::Login;
use postern_core::model::{Network, Secret};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, OpenApi, OpenApiBuilder};

use super::Operators;
use crate::api::{Problem, kind, tag};

/// As the routes name it.
const SCHEME: &str = "operator";

const ABOUT: &str = "The operators' name and password, as configured. After five wrong ones in a row a network waits.";

const CHALLENGE: &str = "Basic realm=\"Postern operators\", charset=\"UTF-8\"";

pub async fn layer(
    State(operators): State<Operators>,
    Extension(network): Extension<Network>,
    request: Request,
    next: Next,
) -> Response {
    // Who says nothing guesses nothing.
    let Some(login) = login(request.headers()) else { return not_admitted() };
    let Operators(reach) = &operators;
    match reach.admission.admits(network, login).await {
        Ok(true) => next.run(request).await,
        Ok(false) => not_admitted(),
        Err(no) => Problem::of(&no, reach.clock.now()).into_response(),
    }
}

fn not_admitted() -> Response {
    let problem = Problem::new(kind::NOT_ADMITTED, "The operators' name or password is missing or wrong.");
    let mut response = problem.into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    response
}

/// What is told of the door where there is one.
pub fn description() -> OpenApi {
    let (name, about) = tag::OPERATORS;
    let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some(ABOUT)).build();
    let components = ComponentsBuilder::new().security_scheme(SCHEME, SecurityScheme::Http(basic)).build();
    let tag = TagBuilder::new().name(name).description(Some(about)).build();
    OpenApiBuilder::new().tags(Some([tag])).components(Some(components)).build()
}

/// `None` where there is none that can be read, or more than one.
fn login(headers: &HeaderMap) -> Option<Login> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (all.next()?, all.next()) else { return None };
    let (scheme, encoded) = only.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let said = Secret::new(BASE64.decode(encoded.trim_start_matches(' ').as_bytes()).ok()?);
    let (user, password) = std::str::from_utf8(said.expose()).ok()?.split_once(':')?;
    Some(Login { user: user.to_owned().into(), password: password.to_owned().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, line.parse().expect("a header"));
        }
        login(&headers).map(|login| (login.user.expose().clone(), login.password.expose().clone()))
    }

    fn pair(user: &str, password: &str) -> (String, String) {
        (user.to_owned(), password.to_owned())
    }

    /// RFC 7617 2 and 2.1.
    #[test]
    fn the_published_examples_are_read() {
        assert_eq!(read(&["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]), Some(pair("Aladdin", "open sesame")));
        assert_eq!(read(&["Basic dGVzdDoxMjPCow=="]), Some(pair("test", "123\u{a3}")));
    }

    #[test]
    fn the_first_colon_ends_the_name_and_what_cannot_be_read_is_nobody() {
        assert_eq!(read(&["basic OmE6Yg=="]), Some(pair("", "a:b")));
        for lines in [
            &[][..],
            &["Basic"],
            &["Basic QWxhZGRpbg=="],
            &["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"],
            &["Basic dGVzdDoxMjOj"],
            &["Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
            &["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
        ] {
            assert_eq!(read(lines), None, "{lines:?}");
        }
    }
}
