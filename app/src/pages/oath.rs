//! What `/totp` and `/hotp` make of notes, standings and forms in the same way.

use super::confirmations::{added, to_removal};
use super::views::oath::{ChooseNote, CodeRefusal, Enrolled, EnrolledNote};
use crate::portal::{Answer, Passed};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::FormFields;
use crate::web::path::Page;
use crate::words::oath as words;
use postern_core::model::{FactorKind, FactorRecord, Hint, NextTry, Refusal, Timestamp};

/// The field that goes along with a pair of codes, so that the page knows which form was refused.
pub const PAIR: &str = "pair";

pub fn choose_note(note: Option<&FlashMessage>) -> Option<ChooseNote> {
    let note = note?;
    match (note.refusal(), note.done()) {
        (Some(Refusal::BadSetting(_)), _) => Some(ChooseNote::BadSetting),
        (Some(Refusal::NotEnrolled), _) => Some(ChooseNote::Expired),
        (_, Some(Outcome::Removed)) => Some(ChooseNote::Removed),
        _ => None,
    }
}

pub fn enrolled(record: FactorRecord, note: Option<&FlashMessage>, refusal: Option<CodeRefusal>) -> Enrolled {
    Enrolled {
        added: record.confirmed_at.unwrap_or(record.added_at),
        last_used: record.last_used_at.filter(|used| Some(*used) != record.confirmed_at),
        name: record.name,
        note: enrolled_note(note, refusal),
    }
}

fn enrolled_note(note: Option<&FlashMessage>, refusal: Option<CodeRefusal>) -> Option<EnrolledNote> {
    let typed = |field| note.and_then(|note| note.typed(field));
    match note.and_then(FlashMessage::done) {
        Some(Outcome::TotpConfirmed | Outcome::HotpConfirmed) => Some(EnrolledNote::Paired),
        Some(Outcome::TotpPassed | Outcome::HotpPassed) => Some(EnrolledNote::Verified),
        Some(Outcome::HotpInStep) => Some(EnrolledNote::InStep),
        Some(Outcome::Renamed) => Some(EnrolledNote::Renamed),
        _ => match typed("name") {
            Some(name) => Some(EnrolledNote::BadName(name.to_owned())),
            None if typed(PAIR).is_some() => refusal.map(EnrolledNote::NotInStep),
            None => refusal.map(EnrolledNote::Refused),
        },
    }
}

/// How codes are made, as far as a hint can tell.
#[derive(Clone, Copy)]
pub struct CodeSettings {
    pub algorithm: &'static str,
    pub digits: u8,
    /// None where codes change by counter.
    pub period: Option<u64>,
}

/// Why the last code was not taken; or, without a last one, that no code is taken yet.
pub fn refusal(
    note: Option<&FlashMessage>,
    chosen: CodeSettings,
    next: NextTry,
    now: Timestamp,
) -> Option<CodeRefusal> {
    match (note.and_then(FlashMessage::refusal), next) {
        (_, NextTry::Never) => Some(CodeRefusal::Blocked),
        (Some(Refusal::Replayed { fresh_at, .. }), _) => {
            Some(CodeRefusal::Replayed { next_secs: fresh_at.map(|at| now.secs_until(at)) })
        }
        (_, NextTry::At(until)) => Some(CodeRefusal::Throttled { wait_secs: now.secs_until(until) }),
        (Some(Refusal::Missing), _) => Some(CodeRefusal::Missing),
        (Some(Refusal::NotACode), _) => Some(CodeRefusal::Malformed),
        (Some(Refusal::Wrong { hint, .. }), NextTry::Left(tries_left)) => {
            Some(wrong(hint.as_ref(), chosen, tries_left))
        }
        _ => None,
    }
}

fn wrong(hint: Option<&Hint>, chosen: CodeSettings, tries_left: u32) -> CodeRefusal {
    match hint {
        None => CodeRefusal::Wrong { tries_left },
        Some(Hint::Clock { ahead_secs }) => {
            CodeRefusal::ClockOff { secs: ahead_secs.unsigned_abs(), ahead: *ahead_secs > 0, tries_left }
        }
        Some(Hint::Counter { app_at, expected }) => match app_at.checked_sub(*expected) {
            Some(codes) => CodeRefusal::Ahead { codes, tries_left },
            None => CodeRefusal::CounterIgnored { expected: *expected, tries_left },
        },
        Some(Hint::Setting { algorithm, digits, period }) => {
            let ignored = [
                (algorithm.as_str() != chosen.algorithm).then(|| chosen.algorithm.to_owned()),
                (*digits != chosen.digits).then(|| words::digits(chosen.digits)),
                chosen.period.filter(|chosen| *period != Some(*chosen)).map(words::seconds),
            ];
            let ignored = ignored.into_iter().flatten().collect::<Vec<_>>().join(", ");
            CodeRefusal::SettingIgnored { ignored, tries_left }
        }
    }
}

/// Renames the holder's one factor of a kind.
pub async fn rename(
    context: RequestContext,
    fields: FormFields,
    here: Page,
    kind: FactorKind,
) -> Answer<(Outcome, Page)> {
    let look = context.portal().load_visit_state(&context.visit).await?;
    let factor = look.only(&kind).ok_or(Refusal::NotEnrolled)?;
    context.portal().rename_factor(&context.visit, factor.id, fields.text("name")).await?;
    Ok((Outcome::Renamed, here))
}

/// What passing it comes to: to say so here; or, where that added it to an account, on the account's page.
pub async fn settled(
    context: &RequestContext,
    here: Page,
    passed: Passed,
    confirmed: Outcome,
    again: Outcome,
) -> Answer<(Outcome, Page)> {
    context.after(passed).await?;
    match (passed.confirmed_now, context.visit.is_signed_in()) {
        (true, true) => added(context, passed.factor).await,
        (true, false) => Ok((confirmed, here)),
        (false, _) => Ok((again, here)),
    }
}

/// Removes the holder's one factor of a kind; an account's on a page that says what that means.
pub async fn remove(context: RequestContext, here: Page, kind: FactorKind) -> Answer<(Outcome, Page)> {
    let look = context.portal().load_visit_state(&context.visit).await?;
    let factor = look.only(&kind).ok_or(Refusal::NotEnrolled)?.id;
    if context.visit.is_signed_in() {
        return to_removal(&context, factor).await;
    }
    context.portal().remove_factor(&context.visit, factor).await?;
    Ok((Outcome::Removed, here))
}
