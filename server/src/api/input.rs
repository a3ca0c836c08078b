//! Bodies of programs: JSON and nothing else, refused as a problem; and whole numbers in them.

use std::fmt;
use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use serde::Deserializer;
use serde::de::{DeserializeOwned, Error, Visitor};

use super::Problem;

/// A JSON body. An empty one is an empty object, for routes where every member is optional.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec());
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let status = axum::response::IntoResponse::into_response(rejection).status();
            Problem::of_status(status)
        })?;
        if body.is_empty() {
            return read("{}").map_err(|problem| *problem);
        }
        if !kind.is_some_and(|kind| is_json(&kind)) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        // Text in members that nobody reads would not be looked at (RFC 8259 8.1).
        let body = str::from_utf8(&body).map_err(|_| Problem::no_text())?;
        // A list would be taken for the members of an object, one after the other.
        if body.trim_ascii_start().starts_with('[') {
            return Err(Problem::no_object());
        }
        read(body).map_err(|problem| *problem)
    }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<Json<T>, Box<Problem>> {
    let mut reader = serde_json::Deserializer::from_str(body);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|why| Box::new(Problem::malformed(&why)))?;
    // Nothing stands behind it.
    reader.end().map_err(|why| Box::new(Problem::unparsed(&why)))?;
    Ok(Json(read))
}

/// `application/json`, with parameters or without.
fn is_json(kind: &[u8]) -> bool {
    let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

/// Up to here every whole number has a double of its own (RFC 8259 6).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number, however it is written: `8.0` is as good as `8`, as JSON Schema has it for integers. For members that
/// may be left out, along with `default`.
pub fn whole<'de, D: Deserializer<'de>, T: TryFrom<u64>>(from: D) -> Result<Option<T>, D::Error> {
    struct Number<T>(PhantomData<T>);

    impl<T: TryFrom<u64>> Visitor<'_> for Number<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
            T::try_from(number).map(Some).map_err(|_| E::custom("too large"))
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Option<T>, E> {
            if number.fract() != 0.0 || !(0.0..EXACT).contains(&number) {
                return Err(E::custom("no whole number"));
            }
            // Exact, as it is whole and not too large; and there is a zero below zero.
            self.visit_u64(format!("{}", number.abs()).parse().map_err(E::custom)?)
        }

        fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
    }

    from.deserialize_any(Number(PhantomData))
}

/// The same for a member that has to be there, along with nothing: `null` is none.
pub fn needed<'de, D: Deserializer<'de>, T: TryFrom<u64>>(from: D) -> Result<T, D::Error> {
    whole(from)?.ok_or_else(|| D::Error::custom("a whole number"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Digits {
        #[serde(default, deserialize_with = "super::whole")]
        digits: Option<u8>,
    }

    fn read(json: &str) -> Result<Option<u8>, String> {
        serde_json::from_str::<Digits>(json).map(|it| it.digits).map_err(|why| why.to_string())
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        for whole in ["8", "8.0", "8e0", "0.8e1", "80E-1"] {
            assert_eq!(read(&format!("{{\"digits\":{whole}}}")), Ok(Some(8)), "{whole}");
        }
        assert_eq!(read("{\"digits\":-0.0}"), Ok(Some(0)));
        assert_eq!(read("{}"), Ok(None));
        assert_eq!(read("{\"digits\":null}"), Ok(None));
        for other in ["8.5", "-8", "-8.0", "256", "256.0", "1e99", "\"8\"", "[8]", "{}", "true"] {
            assert!(read(&format!("{{\"digits\":{other}}}")).is_err(), "{other}");
        }
    }
}
