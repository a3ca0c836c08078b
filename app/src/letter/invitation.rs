//! The letter by which somebody learns that an account may be made.

use askama::Template;

use super::{Cover, From, put};
use postern_core::model::{Letter, MailAddress, Timestamp};
use postern_core::rules::limits::INVITATION_LASTS;

#[derive(Template)]
#[template(path = "invitation.txt", escape = "none")]
struct InvitationText<'a> {
    portal: &'a str,
    link: &'a str,
    days: u64,
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationHtml<'a> {
    subject: &'a str,
    portal: &'a str,
    link: &'a str,
    days: u64,
}

/// It holds no secret: whoever follows the link still has to read the mail of this address. It ends with the invitation.
pub fn invitation(from: From<'_>, to: MailAddress, now: Timestamp) -> Letter {
    let From { portal, origin } = from;
    let (subject, link) = (format!("You are invited to {portal}"), format!("{origin}/sign-in"));
    let days = INVITATION_LASTS.as_secs() / 86_400;
    let text = InvitationText { portal, link: &link, days };
    let html = InvitationHtml { subject: &subject, portal, link: &link, days };
    put(Cover { to, written_at: now, lasts: INVITATION_LASTS, asked_by: None }, &subject, &text, &html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_says_where_to_go_and_until_when() {
        let from = From { portal: "<b>Wall</b>", origin: "https://door.example.org" };
        let letter = invitation(from, "ada@example.org".parse().expect("an address"), Timestamp::from_secs(0));
        for part in ["https://door.example.org/sign-in", "7 days"] {
            assert!(letter.text.expose().contains(part) && letter.html.expose().contains(part), "{part}");
        }
        assert!(!letter.html.expose().contains("<b>Wall"));
        assert_eq!(letter.ends, Timestamp::from_secs(7 * 86_400));
    }
}
