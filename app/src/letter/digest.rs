//! The letter that tells of what happened to an account again and again: how often, and what.

use super::news::{NewsContent, heading};
use super::{Cover, From};
use postern_core::model::{EventKind, Letter, MailAddress, SessionHandle, Timestamp};
use postern_core::rules::limits::NEWS_LASTS;

/// What was not told one by one.
#[derive(Clone, Copy, Debug)]
pub struct Repeated<'a> {
    pub counts: &'a [(EventKind, u32)],
    pub since: Timestamp,
    pub until: Timestamp,
    pub written_at: Timestamp,
    /// The networks it came from.
    pub from: &'a str,
    /// "This was not me".
    pub link: Option<&'a str>,
}

/// A letter to an account's owner.
pub fn digest(from: From<'_>, to: MailAddress, repeated: &Repeated<'_>, asked_by: Option<SessionHandle>) -> Letter {
    let From { portal, origin } = from;
    let subject = format!("More changes to your account at {portal}");
    let text = "Besides what earlier letters told you, this happened:";
    let list: Vec<String> = repeated.counts.iter().map(|(what, count)| line(heading(*what), *count)).collect();
    let content = NewsContent {
        subject: &subject,
        text,
        list: &list,
        when: &when(repeated),
        from: repeated.from,
        link: repeated.link,
        restores: false,
        portal,
        origin,
    };
    content.put(Cover { to, written_at: repeated.written_at, lasts: NEWS_LASTS, asked_by })
}

fn line(heading: &str, count: u32) -> String {
    match count {
        1 => format!("{heading}: once"),
        count => format!("{heading}: {count} times"),
    }
}

fn when(repeated: &Repeated<'_>) -> String {
    let (since, until) = (repeated.since.for_people(), repeated.until.for_people());
    if since == until { since } else { format!("{since} to {until}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_says_how_often_what_happened_from_where_and_how_to_disown_it() {
        let from = From { portal: "<b>Wall</b>", origin: "https://door.example.org" };
        let at = Timestamp::from_secs(1_800_000_000);
        let repeated = Repeated {
            counts: &[(EventKind::Renamed, 4_797), (EventKind::Exported, 1)],
            since: at,
            until: at + std::time::Duration::from_mins(2),
            written_at: at,
            from: "192.0.2.7, 192.0.2.8",
            link: Some("https://door.example.org/not-me?ticket=abc"),
        };
        let letter = digest(from, "ada@example.org".parse().expect("an address"), &repeated, None);
        for part in [
            "A factor of your account was renamed: 4797 times",
            "The data of your account was exported: once",
            "192.0.2.7, 192.0.2.8",
            "15 January 2027, 08:00 UTC to 15 January 2027, 08:02 UTC",
            "/not-me?ticket=abc",
        ] {
            assert!(letter.text.expose().contains(part) && letter.html.expose().contains(part), "{part}");
        }
        assert!(!letter.html.expose().contains("<b>Wall"));
    }
}
