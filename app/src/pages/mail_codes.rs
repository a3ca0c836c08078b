//! How a code by mail stands, wherever one is asked for.

use super::views::mail_code::{AskRefusal, CodeRefusal, Sent};
use crate::model::{NextTry, NotAnAddress, Refusal, Timestamp};
use crate::portal::MailCode;

pub fn sent(waiting: &MailCode, now: Timestamp, refusal: Option<&Refusal>, fresh: bool) -> Sent {
    let refusal = if now >= waiting.ends {
        Some(CodeRefusal::Expired)
    } else if waiting.next == NextTry::Never {
        Some(CodeRefusal::Void)
    } else {
        refusal.and_then(|refusal| code_refusal(refusal, now))
    };
    Sent {
        masked: waiting.to.masked(),
        tries_left: if let NextTry::Left(left) = waiting.next { left } else { 0 },
        expires_in_secs: now.secs_until(waiting.ends),
        resend_in_secs: now.secs_until(waiting.resend_at),
        digits: waiting.digits,
        fresh,
        refusal,
    }
}

pub fn ask_refusal(refusal: &Refusal, now: Timestamp) -> Option<AskRefusal> {
    Some(match refusal {
        Refusal::Missing => AskRefusal::Missing,
        Refusal::NotAnAddress(NotAnAddress::Malformed) => AskRefusal::NotAnAddress,
        Refusal::NotAnAddress(NotAnAddress::NonAsciiLocalPart) => AskRefusal::NotAscii,
        Refusal::NotAnAddress(NotAnAddress::TooLong) => AskRefusal::TooLong,
        Refusal::SendTooSoon { until } => AskRefusal::TooSoon { wait_secs: now.secs_until(*until) },
        Refusal::TooManySends { until } => AskRefusal::TooMany { wait_secs: now.secs_until(*until) },
        _ => return None,
    })
}

fn code_refusal(refusal: &Refusal, now: Timestamp) -> Option<CodeRefusal> {
    Some(match refusal {
        Refusal::Missing => CodeRefusal::Missing,
        Refusal::NotACode => CodeRefusal::Malformed,
        Refusal::Wrong { .. } => CodeRefusal::Wrong,
        Refusal::NoCodeAsked => CodeRefusal::Expired,
        Refusal::CodeVoid { .. } => CodeRefusal::Void,
        Refusal::SendTooSoon { until } => CodeRefusal::TooSoon { wait_secs: now.secs_until(*until) },
        Refusal::TooManySends { until } => CodeRefusal::TooMany { wait_secs: now.secs_until(*until) },
        _ => return None,
    })
}
