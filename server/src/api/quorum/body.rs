//! A body as JSON, or as a form (`application/x-www-form-urlencoded`, WHATWG URL Standard 5.1) that is read as strictly.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::IntoResponse as _;
use http::{HeaderValue, StatusCode, header};
use postern_app::web::form;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde_json::Value;

use crate::api::{Json, Problem, kind};

/// What can come as a form, too, where every value is a text.
pub trait Fields: DeserializeOwned {
    /// Members that are lists: a form names them once for every item.
    const LISTS: &'static [&'static str] = &[];
    /// Members that are whole numbers.
    const NUMBERS: &'static [&'static str] = &[];
}

pub struct JsonOrForm<T>(pub T);

impl<S: Send + Sync, T: Fields> FromRequest<S> for JsonOrForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
        if essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
            let body = Bytes::from_request(request, state).await;
            let body = body.map_err(|rejection| Problem::of_status(rejection.into_response().status()))?;
            return read(&body).map(Self).map_err(|problem| *problem);
        }
        match Json::from_request(request, state).await {
            Ok(Json(read)) => Ok(Self(read)),
            Err(problem) if problem.is_of(StatusCode::UNSUPPORTED_MEDIA_TYPE) => {
                Err(Problem::new(kind::MEDIA_TYPE, "Send application/json or application/x-www-form-urlencoded."))
            }
            Err(problem) => Err(problem),
        }
    }
}

fn read<T: Fields>(body: &[u8]) -> Result<T, Box<Problem>> {
    let pairs = form::pairs(body).map_err(|_| Box::new(Problem::no_text()))?;
    // One pair for each member that stands there, also where it is repeated: whoever knows the members refuses that, and
    // others may be there as often as they like, as in JSON.
    let mut members: Vec<(String, Value)> = Vec::new();
    for (name, value) in pairs {
        if T::LISTS.contains(&name.as_str()) {
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, Value::Array(items))) => items.push(value.into()),
                _ => members.push((name, Value::Array(vec![value.into()]))),
            }
            continue;
        }
        let number = T::NUMBERS.contains(&name.as_str()).then(|| value.parse::<u64>().ok()).flatten();
        members.push((name, number.map_or_else(|| value.into(), Value::from)));
    }
    let members = members.into_iter().map(|(name, value)| (name, value.into_deserializer()));
    let members = MapDeserializer::<_, serde_json::Error>::new(members);
    serde_path_to_error::deserialize(members).map_err(|why| Box::new(Problem::malformed(&why)))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Read {
        name: String,
        number: Option<u64>,
        #[serde(default)]
        list: Vec<String>,
    }

    impl Fields for Read {
        const LISTS: &'static [&'static str] = &["list"];
        const NUMBERS: &'static [&'static str] = &["number"];
    }

    #[test]
    fn a_form_is_read_as_strictly_as_json() {
        let right: Read = read(b"name=a+b%2B%C3%A4&list=1&number=7&list=2&other=x").expect("a form");
        let list = vec!["1".to_owned(), "2".to_owned()];
        assert_eq!(right, Read { name: "a b+\u{e4}".to_owned(), number: Some(7), list });
        for wrong in [
            "",
            "name=a&name=b",
            "name=a&number=",
            "name=a&number=7&number=7",
            "name=a&number=-7",
            "name=a&number=7.5",
            "name=a&number=99999999999999999999",
            "name=%ff",
            "%ff=a&name=a",
            "list=a",
        ] {
            assert!(read::<Read>(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert_eq!(
            read::<Read>(b"name=a&other=1&other=2").expect("a form").name,
            "a",
            "what nobody reads may be repeated"
        );
        assert_eq!(read::<Read>(b"name").expect("a form").name, "");
    }

    #[test]
    fn refusal_names_the_member_and_quotes_nothing() {
        for (form, says) in [
            ("number=7", "The member name is missing."),
            ("name=a&name=b", "The member name is repeated."),
            ("name=a&number=secret", "The member number is of the wrong type."),
            ("name=%ff", "The body is not UTF-8."),
        ] {
            let problem = read::<Read>(form.as_bytes()).expect_err("a problem");
            assert_eq!(problem.detail, says, "{form}");
        }
    }
}
