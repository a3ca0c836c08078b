//! Letters with news: what was done to an account, when, from where, and what to do if it was not its owner. They hold no
//! code and no secret.

use askama::Template;

use super::{Cover, From, put};
use postern_core::model::{EventKind, Letter, MailAddress, SessionHandle, Timestamp};
use postern_core::rules::limits::{ADDRESS_RESTORABLE, NEWS_LASTS};

/// What happened.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    pub what: EventKind,
    /// Of what changed: a factor's name, a masked address, how many codes are left.
    pub name: &'a str,
    pub at: Timestamp,
    pub browser: &'a str,
    pub network: &'a str,
    /// "This was not me".
    pub link: Option<&'a str>,
}

/// A letter with news, and what it tells, for whoever may have to tell it together with others.
#[derive(Clone, Debug)]
pub struct Notification {
    pub what: EventKind,
    pub network: String,
    pub link: Option<String>,
    pub letter: Letter,
}

/// What a letter with news says, as text and as HTML alike.
pub(super) struct NewsContent<'a> {
    pub(super) subject: &'a str,
    pub(super) text: &'a str,
    pub(super) list: &'a [String],
    pub(super) when: &'a str,
    pub(super) from: &'a str,
    pub(super) link: Option<&'a str>,
    /// Whether the link makes the reader's address the account's again.
    pub(super) restores: bool,
    pub(super) portal: &'a str,
    pub(super) origin: &'a str,
}

impl NewsContent<'_> {
    /// How long the link works.
    const fn days(&self) -> u64 {
        let lasts = if self.restores { ADDRESS_RESTORABLE } else { NEWS_LASTS };
        lasts.as_secs() / (24 * 60 * 60)
    }

    pub(super) fn put(&self, cover: Cover) -> Letter {
        put(cover, self.subject, &NewsText { news: self }, &NewsHtml { news: self, subject: self.subject })
    }
}

#[derive(Template)]
#[template(path = "news.txt", escape = "none")]
struct NewsText<'a> {
    news: &'a NewsContent<'a>,
}

#[derive(Template)]
#[template(path = "news.html")]
struct NewsHtml<'a> {
    news: &'a NewsContent<'a>,
    subject: &'a str,
}

/// A letter to an account's owner.
pub fn news(from: From<'_>, to: MailAddress, news: &News<'_>, asked_by: Option<SessionHandle>) -> Letter {
    let From { portal, origin } = from;
    let (heading, text) = told(news);
    let heading = format!("{heading} at {portal}");
    let content = NewsContent {
        subject: &heading,
        text: &text,
        list: &[],
        when: &news.at.for_people(),
        from: &whence(news),
        link: news.link,
        restores: news.what == EventKind::AddressReplaced,
        portal,
        origin,
    };
    content.put(Cover { to, written_at: news.at, lasts: NEWS_LASTS, asked_by })
}

fn whence(news: &News<'_>) -> String {
    match (news.browser, news.network) {
        ("", network) => network.to_owned(),
        (browser, network) => format!("{browser}, {network}"),
    }
}

/// The heading, which names nothing that anybody typed as it becomes the subject, and what there is to say.
fn told(news: &News<'_>) -> (&'static str, String) {
    let name = news.name;
    match news.what {
        EventKind::Enrolled => {
            ("A factor was added to your account", format!("From now on \u{201c}{name}\u{201d} opens it too."))
        }
        EventKind::Renamed => {
            ("A factor of your account was renamed", format!("It is called \u{201c}{name}\u{201d} now."))
        }
        EventKind::Removed => (
            "A factor was removed from your account",
            format!("\u{201c}{name}\u{201d} opens it no more. Other sessions that it had opened have ended."),
        ),
        EventKind::Cloned => (
            "A security key of your account may have been copied",
            format!(
                "\u{201c}{name}\u{201d} was refused: it has counted fewer signatures than before, as a copy of it would. \
                 If you did nothing unusual, remove it from your account."
            ),
        ),
        EventKind::BecameSynced => (
            "A security key of your account can be synced now",
            format!(
                "\u{201c}{name}\u{201d} was bound to one device. From now on whoever keeps your passkeys, as a password \
                 manager, may copy it to your other devices."
            ),
        ),
        EventKind::AccountMade => {
            ("You have an account", "Sign in with this address. A second factor makes it yours alone.".to_owned())
        }
        EventKind::SignedIn => (
            "Your account was opened from a new browser",
            "Somebody signed in from a browser that was not seen before.".to_owned(),
        ),
        EventKind::CodesRenewed => {
            ("Your account has new recovery codes", "The ones before, if there were any, are dead.".to_owned())
        }
        EventKind::RecoveryUsed => ("A recovery code was used", codes_left(name)),
        EventKind::AddressChanged => (
            "The email address of your account was changed",
            format!("The address is {name} now. Every other session of the account was ended."),
        ),
        EventKind::AddressReplaced => (
            "The email address of your account was changed",
            format!(
                "The address is {name} now. This address no longer signs in to the account. If you did not change it, \
                 the link below restores this address."
            ),
        ),
        EventKind::AddressRestored => (
            "The email address of your account was changed back",
            format!(
                "The address is {name} again: someone used the \u{201c}This was not me\u{201d} link in the email that \
                 went there. This address no longer signs in to the account, and every session was ended."
            ),
        ),
        EventKind::WrongAnswers => (
            "Five wrong answers for a second factor of your account",
            format!(
                "Someone who had entered a right code from your email gave five wrong answers in a row for \
                 \u{201c}{name}\u{201d}. If it was not you, someone can read your email: change the password of your \
                 mailbox."
            ),
        ),
        EventKind::FactorLocked => (
            "A second factor of your account is locked",
            format!(
                "\u{201c}{name}\u{201d} had too many wrong answers in a row, after a right code from your email. It works \
                 again when you pass another factor or use a recovery code. If it was not you, change the password of \
                 your mailbox."
            ),
        ),
        EventKind::Unfrozen => (
            "Your account can be changed again",
            "Someone who passed your email code and a second factor lifted the freeze.".to_owned(),
        ),
        EventKind::SessionsEnded => {
            ("Sessions of your account were ended", "Whoever used them has to sign in again.".to_owned())
        }
        EventKind::Exported => (
            "The data of your account was exported",
            "It holds no secrets, but your factors' names and your activity.".to_owned(),
        ),
        EventKind::Deleted => {
            ("Your account was deleted", "Nothing of it is left here. Thank you for having been there.".to_owned())
        }
        EventKind::Disowned => (
            "Your account is frozen for 24 hours",
            format!("Someone used the \u{201c}This was not me\u{201d} link in one of our emails. {name}"),
        ),
        EventKind::Reset => (
            "An operator took the second factors off your account",
            "Every session has ended. Sign in with a code by mail, and add a second factor anew.".to_owned(),
        ),
        EventKind::Unblocked => (
            "An operator unblocked your account",
            "Wrong codes are forgiven. If its factors were frozen, they can be changed again.".to_owned(),
        ),
        EventKind::Passed | EventKind::SignedOut | EventKind::CountNotRisen => ("Your account was used", String::new()),
    }
}

/// What news of a kind is headed by.
pub(super) fn heading(what: EventKind) -> &'static str {
    told(&News { what, name: "", at: Timestamp::from_secs(0), browser: "", network: "", link: None }).0
}

fn codes_left(left: &str) -> String {
    match left {
        "0" => "It was the last one. Make a new set on your account's page.".to_owned(),
        "1" => "One is left. Make a new set on your account's page.".to_owned(),
        left => format!("{left} are left."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://door.example.org/not-me?ticket=abc";

    fn letter(what: EventKind, name: &str) -> Letter {
        let from = From { portal: "Postern", origin: "https://door.example.org" };
        let at = Timestamp::from_secs(1_800_000_000);
        let browser = "Firefox on Linux";
        let told = News { what, name, at, browser, network: "192.0.2.7", link: Some(LINK) };
        news(from, "ada@example.org".parse().expect("an address"), &told, None)
    }

    #[test]
    fn it_says_what_when_and_where_from_and_how_to_disown_it() {
        let letter = letter(EventKind::Removed, "Old phone");
        for part in ["Old phone", "Firefox on Linux, 192.0.2.7", "15 January 2027, 08:00 UTC", LINK, "24 hours"] {
            assert!(letter.text.expose().contains(part) && letter.html.expose().contains(part), "{part}");
        }
        assert_eq!(letter.subject.expose(), "A factor was removed from your account at Postern");
    }

    #[test]
    fn what_somebody_typed_is_in_no_subject_and_writes_no_html() {
        let letter = letter(EventKind::Enrolled, "<b>key\r\nBcc: eve@example.org");
        assert!(!letter.subject.expose().contains("key"));
        assert!(!letter.html.expose().contains("<b>key"));
    }
}
