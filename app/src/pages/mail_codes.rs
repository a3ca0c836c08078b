//! How a code by mail stands, wherever one is asked for, and the forms by which a visit proves an address.

use super::views::mail_code::{AskRefusal, CodeRefusal, Sent};
use crate::portal::{Answer, MailCode};
use crate::web::context::RequestContext;
use crate::web::flash::Outcome;
use crate::web::form::FormFields;
use crate::web::path::Page;
use postern_core::factor::email_code::Purpose;
use postern_core::model::{NextTry, NotAnAddress, Refusal, Timestamp};

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
        Refusal::TooManySends { until, limit } => {
            AskRefusal::TooMany { wait_secs: now.secs_until(*until), limit: *limit }
        }
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
        Refusal::TooManySends { until, limit } => {
            CodeRefusal::TooMany { wait_secs: now.secs_until(*until), limit: *limit }
        }
        _ => return None,
    })
}

/// Sends a code to an address that the visit is to prove on page `here`.
pub async fn send(context: RequestContext, fields: FormFields, here: Page) -> Answer<(Outcome, Page)> {
    context.portal().send_mail_code(&context.visit, Purpose::Prove, fields.required("address")?).await?;
    Ok((Outcome::NoMessage, here))
}

pub async fn resend(context: RequestContext, here: Page) -> Answer<(Outcome, Page)> {
    context.portal().resend_mail_code(&context.visit, Purpose::Prove).await?;
    Ok((Outcome::CodeSentAnew, here))
}

pub async fn another(context: RequestContext, here: Page) -> Answer<(Outcome, Page)> {
    context.portal().drop_mail_code(&context.visit, Purpose::Prove).await?;
    // An account's address changes on a page of its own.
    Ok(if context.visit.is_signed_in() {
        (Outcome::NoMessage, Page::ChangeAddress)
    } else {
        (Outcome::AnotherAddress, here)
    })
}

pub async fn check(context: RequestContext, fields: FormFields, here: Page) -> Answer<(Outcome, Page)> {
    let passed = context.portal().answer_mail_code(&context.visit, &fields.code("code")?).await?;
    context.after(passed).await?;
    Ok((Outcome::AddressProved, here))
}
