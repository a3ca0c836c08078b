//! The letter that brings an API key. It opens nothing by itself: whoever reads this mail activates it, once.

use askama::Template;

use super::{Cover, From, put};
use postern_core::model::{ApiKey, Letter};

#[derive(Template)]
#[template(path = "api_key.txt", escape = "none")]
struct ApiKeyText<'a> {
    portal: &'a str,
    key: &'a str,
    link: &'a str,
    hours: u64,
}

#[derive(Template)]
#[template(path = "api_key.html")]
struct ApiKeyHtml<'a> {
    subject: &'a str,
    portal: &'a str,
    key: &'a str,
    link: &'a str,
    hours: u64,
}

/// It ends with the key.
pub fn api_key(from: From<'_>, cover: Cover, key: &ApiKey) -> Letter {
    let From { portal, origin } = from;
    let (subject, key, link) = (format!("Your API key for {portal}"), key.to_string(), format!("{origin}/clients"));
    let hours = cover.lasts.as_secs() / 3600;
    let text = ApiKeyText { portal, key: &key, link: &link, hours };
    let html = ApiKeyHtml { subject: &subject, portal, key: &key, link: &link, hours };
    put(cover, &subject, &text, &html)
}

#[cfg(test)]
mod tests {
    use super::*;
    use postern_core::model::Timestamp;
    use postern_core::rules::limits::API_KEY_WAITS;

    #[test]
    fn the_key_stands_on_a_line_of_its_own_beside_how_to_activate_it() {
        let from = From { portal: "<b>Wall</b>", origin: "https://door.example.org" };
        let to = "ada@example.org".parse().expect("an address");
        let cover = Cover { to, written_at: Timestamp::from_secs(0), lasts: API_KEY_WAITS, asked_by: None };
        let letter = api_key(from, cover, &ApiKey::from([0xab; 20]));
        assert!(letter.text.expose().lines().any(|line| line == "ab".repeat(20)));
        assert!(letter.html.expose().contains(&"ab".repeat(20)));
        for part in ["https://door.example.org/clients", "24 hours"] {
            assert!(letter.text.expose().contains(part) && letter.html.expose().contains(part), "{part}");
        }
        assert!(!letter.html.expose().contains("<b>Wall"));
        assert!(!letter.subject.expose().contains("abab"), "a subject is shown on lock screens");
    }
}
