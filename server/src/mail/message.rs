//! From a letter to what goes over the wire (RFC 5322, MIME).

use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use postern_core::model::{Letter, Timestamp};

/// A letter that cannot be written as mail.
pub type NotMail = Box<dyn std::error::Error + Send + Sync>;

/// Text and HTML of one letter. `id` is unique; the domain behind it is the sender's.
pub fn compose(letter: &Letter, from: &Mailbox, id: &str) -> Result<Message, NotMail> {
    let to = Mailbox::new(None, letter.to.wire_form().parse()?);
    // Out-of-office programs leave such a letter alone (RFC 3834 5).
    let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
    let body = MultiPart::alternative_plain_html(letter.text.expose().clone(), letter.html.expose().clone());
    let message = Message::builder()
        .from(from.clone())
        .to(to)
        .date(calendar(letter.written_at))
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
        .subject(letter.subject.expose().as_str())
        .multipart(body)?;
    Ok(message)
}

fn calendar(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(at.unix_secs())
}
