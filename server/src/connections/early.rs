//! What the HTTP library refuses by itself, before there is a request that a route could answer: a header that cannot be
//! read (400), a target that is too long (414), a header that is too large (431). Its answers are bare; here they get the
//! headers that every answer carries, and words. Only where such a request was sent before the answer to the one before it
//! had been taken does the bare answer go out, since the two cannot be told apart then.

use axum::body::Bytes;
use http::{HeaderMap, StatusCode};

use super::listener::Exchange;
use crate::http::headers;
use crate::http::request_id::{self, RequestId};

/// The answer in place of a bare one of the HTTP library; logged as a request. `None`: this is none.
pub(super) fn answer(bare: &[u8], exchange: &Exchange) -> Option<Bytes> {
    if !bare.starts_with(b"HTTP/1.") {
        return None;
    }
    let id = RequestId::next();
    let mut common = HeaderMap::new();
    headers::add_common(&mut common, exchange.https, false);
    common.insert(request_id::HEADER, id.header());
    let (status, answer) = replacement(bare, &common)?;
    exchange.counters.unreadable.increment(1);
    tracing::error_span!(target: "postern::http", "request", request_id = %id).in_scope(|| {
        let (status, network, duration_ms) = (status.as_u16(), exchange.network, 0.0);
        // The HTTP library kept neither method nor path.
        tracing::info!(target: "postern::http", method = "none", route = "none", status, %network, duration_ms, "request");
    });
    Some(answer)
}

/// The same answer with more headers and words, and its status.
fn replacement(bare: &[u8], common: &HeaderMap) -> Option<(StatusCode, Bytes)> {
    let head = std::str::from_utf8(bare).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status_line = lines.next()?;
    let status = status_line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse::<StatusCode>().ok()?;
    let words = words(status)?;
    let mut answer = format!("{status_line}\r\n");
    for line in lines.filter(|line| !line.to_ascii_lowercase().starts_with("content-length:")) {
        answer.extend([line, "\r\n"]);
    }
    for (name, value) in common {
        answer.extend([name.as_str(), ": ", value.to_str().unwrap_or_default(), "\r\n"]);
    }
    answer.extend(["content-type: text/plain; charset=utf-8\r\n"]);
    answer.extend(["content-length: ", &words.len().to_string(), "\r\n\r\n", words]);
    Some((status, answer.into()))
}

const fn words(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::BAD_REQUEST => Some("The request could not be read. Check the address and try again.\n"),
        StatusCode::URI_TOO_LONG => Some("The address is too long. Check it and try again.\n"),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Some(
            "The request's header is too large. Delete this site's cookies, or shorten the address, and try again.\n",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header};

    use super::*;

    #[test]
    fn bare_refusal_gets_common_headers_and_words() {
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let common = HeaderMap::from_iter([(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))]);
        let (status, answer) = replacement(bare, &common).expect("a refusal");
        let answer = String::from_utf8(answer.to_vec()).expect("UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a header and a body");
        assert_eq!(status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        assert!(head.contains("connection: close") && head.contains("x-content-type-options: nosniff"), "{head}");
        assert!(head.contains(&format!("content-length: {}", body.len())) && !head.contains("length: 0"), "{head}");
    }

    #[test]
    fn nothing_else_is_replaced() {
        for bytes in [
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 4\r\n\r\nbody",
            "",
        ] {
            assert!(replacement(bytes.as_bytes(), &HeaderMap::new()).is_none(), "{bytes}");
        }
    }
}
