//! What mails say: askama templates in `templates/`, each as text and as HTML.

mod api_key;
mod digest;
mod invitation;
mod news;

use std::time::Duration;

use askama::Template;

use postern_core::factor::email_code::Purpose;
use postern_core::model::{Letter, MailAddress, Secret, SessionHandle, Timestamp};

pub use api_key::api_key;
pub use digest::{Repeated, digest};
pub use invitation::invitation;
pub use news::{News, Notification, news};

/// What every letter knows of the house.
#[derive(Clone, Copy, Debug)]
pub struct From<'a> {
    pub portal: &'a str,
    pub origin: &'a str,
}

#[derive(Template)]
#[template(path = "email_code.txt", escape = "none")]
struct EmailCodeText<'a> {
    portal: &'a str,
    code: &'a str,
    link: &'a str,
    time: &'a str,
    act: &'a str,
}

#[derive(Template)]
#[template(path = "email_code.html")]
struct EmailCodeHtml<'a> {
    subject: &'a str,
    portal: &'a str,
    code: &'a str,
    link: &'a str,
    time: &'a str,
    act: &'a str,
}

/// A letter's outside.
#[derive(Clone, Debug)]
pub struct Cover {
    pub to: MailAddress,
    pub written_at: Timestamp,
    pub lasts: Duration,
    pub asked_by: Option<SessionHandle>,
}

/// The letter with a code. It ends with the code.
pub fn email_code(from: From<'_>, cover: Cover, purpose: Purpose, code: &str) -> Letter {
    let From { portal, origin } = from;
    let (act, page) = match purpose {
        Purpose::Prove => ("show that this mailbox is yours", "email-code"),
        Purpose::SignIn => ("sign in", "sign-in"),
        Purpose::ChangeAddress => ("give your account this address", "account/address"),
    };
    let (link, time) = (format!("{origin}/{page}"), in_minutes(cover.lasts));
    let subject = format!("{code} is your code for {portal}");
    let text = EmailCodeText { portal, code, link: &link, time: &time, act };
    let html = EmailCodeHtml { subject: &subject, portal, code, link: &link, time: &time, act };
    put(cover, &subject, &text, &html)
}

fn put(cover: Cover, subject: &str, text: &impl Template, html: &impl Template) -> Letter {
    let Cover { to, written_at, lasts, asked_by } = cover;
    let (text, html) = (rendered(text), rendered(html));
    Letter { to, subject: Secret::new(subject.to_owned()), text, html, written_at, ends: written_at + lasts, asked_by }
}

#[derive(Template)]
#[template(path = "test.txt", escape = "none")]
struct TestText<'a> {
    portal: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "test.html")]
struct TestHtml<'a> {
    subject: &'a str,
    portal: &'a str,
    link: &'a str,
}

/// The letter by which an operator sees that letters go out.
pub fn test(from: From<'_>, to: MailAddress, now: Timestamp) -> Letter {
    let From { portal, origin: link } = from;
    let subject = format!("Test letter from {portal}");
    let (text, html) = (TestText { portal, link }, TestHtml { subject: &subject, portal, link });
    put(Cover { to, written_at: now, lasts: Duration::from_mins(5), asked_by: None }, &subject, &text, &html)
}

/// A time as people say it; a begun minute counts.
fn in_minutes(lasts: Duration) -> String {
    match lasts.as_secs().div_ceil(60) {
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

/// Writing text into a string cannot fail.
fn rendered(template: &impl Template) -> Secret<String> {
    Secret::new(template.render().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(portal: &str) -> Letter {
        let from = From { portal, origin: "https://door.example.org" };
        let to = "ada@example.org".parse().expect("an address");
        let (written_at, asked_by) = (Timestamp::from_secs(0), Some(SessionHandle::from([1; 16])));
        let cover = Cover { to, written_at, lasts: Duration::from_mins(5), asked_by };
        email_code(from, cover, Purpose::Prove, "042917")
    }

    #[test]
    fn the_code_stands_in_the_subject_and_on_a_line_of_its_own_beside_what_it_is_for() {
        let letter = letter("Postern");
        assert_eq!(letter.subject.expose(), "042917 is your code for Postern");
        let text = letter.text.expose();
        assert!(text.lines().any(|line| line == "042917"));
        for part in ["https://door.example.org/email-code", "5 minutes", "not you"] {
            assert!(text.contains(part) && letter.html.expose().contains(part), "{part}");
        }
        assert_eq!(letter.ends, Timestamp::from_secs(300));
    }

    #[test]
    fn a_portal_name_cannot_write_html() {
        let letter = letter("<b>Wall</b>");
        assert!(letter.text.expose().contains("<b>Wall</b>"));
        assert!(!letter.html.expose().contains("<b>Wall"));
    }
}
