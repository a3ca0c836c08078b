//! What a mail server's answer means: for one reader, or for every letter of ours.
//!
//! A 5xx reply is final (RFC 5321 4.2.1) if it is about the letter or its reader. Where it is about us — a sender that
//! is not ours to use, credentials (RFC 4954 6), a server that takes no mail (RFC 7504) — an operator can set it right,
//! within the letter's life with some luck. A 4xx reply to one reader says nothing of the others.

use std::error::Error as _;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Severity;
use postern_core::port::Undelivered;

use super::connection::{Failed, Step};

/// `server` names the mail server and the setting that it stands in.
pub(super) fn undelivered((step, error): Failed, server: &str) -> Undelivered {
    let Some(code) = error.status() else {
        return Undelivered::Transient(format!("{server}: {}", network_words(&error)));
    };
    let reply = error.source().map(ToString::to_string).unwrap_or_default();
    let about = about(step, &code.to_string(), code.severity, &reply);
    let why = format!("{server} answers {code} {}", plain_words(&reply));
    match about {
        About::Server => Undelivered::Transient(why),
        About::Sender => Undelivered::SenderRefused(format!("{why} (to mail.from or the login)")),
        About::ReaderForNow => Undelivered::ReaderDeferred(why),
        About::Letter => Undelivered::Permanent(why),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// It, or the way to it, is not well.
    Server,
    /// It does not take mail from us.
    Sender,
    /// This reader's mailbox does not take it now.
    ReaderForNow,
    /// This letter or its reader, for good.
    Letter,
}

fn about(step: Step, code: &str, severity: Severity, reply: &str) -> About {
    let is_final = severity == Severity::PermanentNegativeCompletion;
    let (subject, detail) = enhanced_status(reply).unwrap_or_default();
    match (step, code) {
        (_, "421" | "521") => About::Server,
        (Step::Greeting, _) if !is_final => About::Server,
        (Step::Greeting, _) | (_, "530" | "534" | "535" | "538") => About::Sender,
        (Step::Sender, _) => {
            if is_final {
                About::Sender
            } else {
                About::Server
            }
        }
        (Step::Recipient | Step::Content, _) if is_final => {
            if names_sender(subject, detail, reply) {
                About::Sender
            } else {
                About::Letter
            }
        }
        (Step::Recipient, _) | (Step::Content, "450") => About::ReaderForNow,
        // Address and mailbox status, and policies such as greylisting (RFC 3463 3.2, 3.3, 3.8).
        (Step::Content, _) if matches!(subject, 1 | 2 | 7) => About::ReaderForNow,
        (Step::Content, _) => About::Server,
    }
}

/// Whether a final refusal is about who we are: sender addresses (RFC 3463 3.2), authentication and permission to send
/// (RFC 3463 3.8, RFC 7372; 5.7.60 is Exchange's), or words that mail services use for it.
fn names_sender(subject: u16, detail: u16, reply: &str) -> bool {
    let by_status = match subject {
        1 => matches!(detail, 7 | 8),
        7 => matches!(detail, 8 | 9 | 20..=27 | 57 | 60 | 64),
        _ => false,
    };
    let reply = reply.to_ascii_lowercase();
    let words = ["sender", "send as", "not verified", "from address", "relay", "authenticat", "not permitted to send"];
    by_status || words.iter().any(|words| reply.contains(words))
}

/// Subject and detail of an enhanced status code (RFC 3463) at the beginning of a reply.
fn enhanced_status(reply: &str) -> Option<(u16, u16)> {
    let mut parts = reply.split_whitespace().next()?.splitn(3, '.');
    parts.next()?.parse::<u16>().ok()?;
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The library's words, without those that say nothing.
fn network_words(error: &Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// Replies quote addresses and may quote more. Plain words and an enhanced status code (RFC 3463) say enough.
fn plain_words(reply: &str) -> String {
    let plain = |word: &&str| {
        let letters = word.trim_matches(['.', ',', ':', ';', '(', ')', '\'', '"']);
        letters.len() <= 20 && letters.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
    };
    let status = reply.split_whitespace().take(1).filter(|word| {
        let mut parts = word.split('.');
        parts.clone().count() == 3 && parts.all(|part| part.len() <= 3 && part.parse::<u16>().is_ok())
    });
    status.chain(reply.split_whitespace().filter(plain).take(20)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_logged_without_addresses_codes_or_links() {
        for (reply, logged) in [
            ("5.1.1 <ada@example.org>: Recipient address rejected", "5.1.1 Recipient address rejected"),
            ("Relaying denied.", "Relaying denied."),
            ("5.7.1 482913 is your code: spam", "5.7.1 is your code: spam"),
            ("see https://example.org/x?token=abc ok", "see ok"),
            ("", ""),
        ] {
            assert_eq!(plain_words(reply), logged);
        }
    }

    #[test]
    fn refusal_is_about_us_about_one_reader_or_about_the_letter() {
        for (step, code, reply, expected) in [
            (Step::Greeting, "421", "4.3.2 shutting down", About::Server),
            (Step::Greeting, "454", "4.7.0 temporary authentication failure", About::Server),
            (Step::Greeting, "535", "5.7.8 bad credentials", About::Sender),
            (Step::Greeting, "554", "no service", About::Sender),
            (
                Step::Sender,
                "550",
                "5.7.60 SMTP; Client does not have permissions to send as this sender",
                About::Sender,
            ),
            (Step::Sender, "553", "5.7.1 not owned by user", About::Sender),
            (Step::Sender, "452", "4.3.1 insufficient storage", About::Server),
            (Step::Sender, "530", "5.7.0 Authentication required", About::Sender),
            (Step::Recipient, "450", "4.2.0 greylisted", About::ReaderForNow),
            (Step::Recipient, "452", "4.2.2 mailbox full", About::ReaderForNow),
            (Step::Recipient, "451", "try later", About::ReaderForNow),
            (Step::Recipient, "421", "too many connections", About::Server),
            (Step::Recipient, "550", "5.1.1 no such user", About::Letter),
            (Step::Recipient, "554", "5.7.1 Relay access denied", About::Sender),
            (Step::Recipient, "521", "5.3.2 takes no mail", About::Server),
            (Step::Content, "550", "5.7.60 not allowed to send as", About::Sender),
            (Step::Content, "554", "Message rejected: Email address is not verified.", About::Sender),
            (Step::Content, "550", "5.7.26 unauthenticated", About::Sender),
            (Step::Content, "554", "5.7.1 looks like spam", About::Letter),
            (Step::Content, "552", "5.3.4 too big", About::Letter),
            (Step::Content, "450", "later", About::ReaderForNow),
            (Step::Content, "451", "4.7.1 greylisted", About::ReaderForNow),
            (Step::Content, "451", "4.3.0 local error", About::Server),
            (Step::Content, "452", "out of room", About::Server),
        ] {
            let severity = if code.starts_with('5') {
                Severity::PermanentNegativeCompletion
            } else {
                Severity::TransientNegativeCompletion
            };
            assert_eq!(about(step, code, severity, reply), expected, "{step:?} {code} {reply}");
        }
    }
}
