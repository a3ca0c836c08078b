//! Asking for a second factor, for sign-in and for step-up: which one, what was wrong with the last answer, and how an
//! answer is read.

use super::labels::label_of;
use super::mail_codes::{ask_refusal, sent};
use super::oath::{CodeSettings as Setting, refusal as code_refusal};
use super::views::challenge::{
    ChallengeView, ChoiceState, ChoiceView, CodeChallenge, Current, KeyChallenge, KeyRefusal, MailChallenge, MailStage,
    RecoveryChallenge, RecoveryRefusal,
};
use crate::portal::{Choice, FactorAnswer, MailCode};
use crate::web::context::RequestContext;
use crate::web::flash::{EchoedFields, FlashMessage, Outcome};
use crate::web::form::FormFields;
use crate::web::path::Page;
use postern_core::factor::security_key::AssertionAnswer;
use postern_core::factor::{email_code, hotp, recovery_codes, security_key, totp};
use postern_core::model::{FactorKind, KeyFlaw, MailAddress, NextTry, Refusal, Timestamp};

/// The field, and the part of the address, that names the way that is asked for.
pub const WITH: &str = "with";

/// Where the forms post to.
#[derive(Clone, Copy)]
pub struct Paths {
    pub totp: &'static str,
    pub hotp: &'static str,
    pub recovery: &'static str,
    pub key: &'static str,
    pub key_options: &'static str,
    pub mail_send: &'static str,
    pub mail_check: &'static str,
    pub mail_resend: &'static str,
}

/// What a challenge is made of.
pub struct ChallengeForm<'a> {
    pub here: Page,
    pub paths: Paths,
    pub choices: Vec<Choice>,
    /// From the page's address.
    pub with: Option<String>,
    pub note: Option<&'a FlashMessage>,
    /// For the way by mail: where it goes, and the code that waits.
    pub mail: Option<(MailAddress, Option<MailCode>)>,
    pub now: Timestamp,
}

/// What was typed, so that the page asks for the same way again.
pub fn with(kind: &FactorKind) -> EchoedFields {
    vec![(WITH.into(), kind.to_string())]
}

pub fn challenge(context: &RequestContext, asking: ChallengeForm<'_>) -> Option<ChallengeView> {
    let current = current(&asking)?.clone();
    let view = |choice: &Choice| ChoiceView {
        way: label_of(&choice.kind),
        name: choice.name.clone(),
        href: format!("{}?{WITH}={}", asking.here.path(), choice.kind),
        state: if choice.next == NextTry::Never { ChoiceState::Shut } else { ChoiceState::Open },
    };
    let choices = asking.choices.iter().map(view).collect();
    let current = in_the_middle(context, &asking, &current);
    Some(ChallengeView { choices, current, support: context.app.support.as_deref().map(str::to_owned) })
}

/// The one that was asked for; else the first that is open; else the first.
fn current<'c>(asking: &'c ChallengeForm<'_>) -> Option<&'c Choice> {
    let named = |text: &str| asking.choices.iter().find(|choice| choice.kind.as_str() == text);
    let noted = asking.note.and_then(|note| note.typed(WITH)).and_then(named);
    let wanted = noted.or_else(|| asking.with.as_deref().and_then(named));
    let open = || asking.choices.iter().find(|choice| choice.next != NextTry::Never);
    wanted.or_else(open).or(asking.choices.first())
}

fn in_the_middle(context: &RequestContext, asking: &ChallengeForm<'_>, choice: &Choice) -> Current {
    let (paths, kind) = (asking.paths, &choice.kind);
    let note = asking.note.filter(|note| note.typed(WITH).is_none_or(|with| with == kind.as_str()));
    let code = |check, algorithm| {
        let setting = Setting { algorithm, digits: choice.digits, period: None };
        let refusal = code_refusal(note, setting, choice.next, asking.now);
        CodeChallenge { check, digits: choice.digits, refusal }
    };
    if *kind == totp::KIND {
        Current::Totp(code(paths.totp, ""))
    } else if *kind == hotp::KIND {
        Current::Hotp(code(paths.hotp, ""))
    } else if *kind == recovery_codes::KIND {
        let refusal = recovery_refusal(note.and_then(FlashMessage::refusal), choice.next, asking.now);
        Current::RecoveryCode(RecoveryChallenge { check: paths.recovery, refusal })
    } else if *kind == security_key::KIND {
        Current::SecurityKey(KeyChallenge {
            check: paths.key,
            options: paths.key_options,
            origin: context.app.origin.to_string(),
            refusal: key_refusal(note.and_then(FlashMessage::refusal), choice, asking.now),
        })
    } else {
        Current::EmailCode(mail(asking))
    }
}

fn mail(asking: &ChallengeForm<'_>) -> MailChallenge {
    let Paths { mail_send: send, mail_check: check, mail_resend: resend, .. } = asking.paths;
    let refusal = asking.note.and_then(FlashMessage::refusal);
    let fresh = asking.note.and_then(FlashMessage::done) == Some(Outcome::CodeSentAnew);
    let stage = match &asking.mail {
        Some((_, Some(waiting))) => MailStage::Sent(sent(waiting, asking.now, refusal, fresh)),
        other => MailStage::Ask {
            masked: other.as_ref().map(|(address, _)| address.masked()).unwrap_or_default(),
            refusal: refusal.and_then(|refusal| ask_refusal(refusal, asking.now)),
        },
    };
    MailChallenge { send, check, resend, stage }
}

fn recovery_refusal(refusal: Option<&Refusal>, next: NextTry, now: Timestamp) -> Option<RecoveryRefusal> {
    Some(match (refusal, next) {
        (_, NextTry::Never) => RecoveryRefusal::Blocked,
        (_, NextTry::At(until)) => RecoveryRefusal::Throttled { wait_secs: now.secs_until(until) },
        (Some(Refusal::Missing), _) => RecoveryRefusal::Missing,
        (Some(Refusal::NotARecoveryCode), _) => RecoveryRefusal::Malformed,
        (Some(Refusal::Replayed { .. }), _) => RecoveryRefusal::Used,
        (Some(Refusal::Wrong { .. }), NextTry::Left(tries_left)) => RecoveryRefusal::Wrong { tries_left },
        _ => return None,
    })
}

fn key_refusal(refusal: Option<&Refusal>, choice: &Choice, now: Timestamp) -> Option<KeyRefusal> {
    Some(match (refusal, choice.next) {
        (_, NextTry::Never) => KeyRefusal::Blocked,
        (Some(Refusal::Cloned { .. }), _) => {
            KeyRefusal::Cloned(choice.name.clone().unwrap_or_else(|| "this key".to_owned()))
        }
        (_, NextTry::At(until)) => KeyRefusal::Throttled { wait_secs: now.secs_until(until) },
        (Some(Refusal::Missing), _) => KeyRefusal::Missing,
        (Some(Refusal::TooManyChallenges { until }), _) => KeyRefusal::TooOften { wait_secs: now.secs_until(*until) },
        (Some(Refusal::BadAssertion(flaw)), _) => flawed(*flaw),
        _ => return None,
    })
}

const fn flawed(flaw: KeyFlaw) -> KeyRefusal {
    match flaw {
        KeyFlaw::NoCeremony => KeyRefusal::TooLate,
        KeyFlaw::OtherOrigin | KeyFlaw::OtherSite | KeyFlaw::Framed => KeyRefusal::Elsewhere,
        KeyFlaw::UnknownKey | KeyFlaw::OtherUser => KeyRefusal::Unknown,
        KeyFlaw::Untouched => KeyRefusal::NotTouched,
        KeyFlaw::Signature => KeyRefusal::Signature,
        _ => KeyRefusal::Malformed,
    }
}

/// An answer as it came from a form.
pub fn chosen(kind: &FactorKind, fields: &FormFields) -> Result<FactorAnswer, Refusal> {
    if *kind == totp::KIND {
        return fields.code("code").map(FactorAnswer::Totp);
    }
    if *kind == hotp::KIND {
        return fields.code("code").map(FactorAnswer::Hotp);
    }
    if *kind == recovery_codes::KIND {
        let code = fields.required("code")?.trim();
        return code.parse().map(FactorAnswer::Recovery).map_err(|_| Refusal::NotARecoveryCode);
    }
    let answer = AssertionAnswer::read(fields.required("answer")?.trim());
    answer.map(|answer| FactorAnswer::Key(Box::new(answer))).map_err(Refusal::BadAssertion)
}

/// Whether a way is the one by mail.
pub fn is_mail(choices: &[Choice]) -> bool {
    choices.iter().any(|choice| choice.kind == email_code::KIND)
}

/// So that every way has a kind and every kind a way.
#[cfg(test)]
mod tests {
    use crate::pages::labels::{kind_of, label_of};
    use crate::words::labels::FactorLabel;

    #[test]
    fn ways_and_kinds_are_one_to_one() {
        for way in [
            FactorLabel::SecurityKey,
            FactorLabel::Totp,
            FactorLabel::Hotp,
            FactorLabel::RecoveryCode,
            FactorLabel::EmailCode,
        ] {
            assert_eq!(label_of(&kind_of(way)), way);
        }
    }
}
