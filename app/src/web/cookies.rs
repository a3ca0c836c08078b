//! Cookies as a request brings them, one by one: what other applications of this host set beside ours, in whatever bytes,
//! hides none of ours; nor does another cookie of the same name, from another path or domain, hide the one that is good.

use http::{HeaderMap, header};

/// Every value of a cookie, in the order in which the browser sends them: those of longer paths first (RFC 6265 5.4).
pub fn values<'h>(headers: &'h HeaderMap, name: &'h str) -> impl Iterator<Item = &'h str> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let (found, value) = std::str::from_utf8(pair).ok()?.split_once('=')?;
        (found.trim() == name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn foreign_bytes_and_second_cookies_hide_none_of_ours() {
        let mut headers = HeaderMap::new();
        for line in [b"a=\xeb; ours=1;\xff; =; ours".as_slice(), b"ours = 2;ours=;ours=a=b; oursx=3"] {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).expect("a header"));
        }
        assert_eq!(values(&headers, "ours").collect::<Vec<_>>(), ["1", "2", "", "a=b"]);
        assert_eq!(values(&headers, "a").count(), 0);
    }
}
