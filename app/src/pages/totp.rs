//! `/totp`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::document::{doors_of, page, session_of};
use super::views::totp::{
    Actions, Choose, ChooseNote, CodeRefusal, Confirmed, ConfirmedNote, SCRIPTS, Scan, SettingView, Stage, TotpView,
    totp,
};
use crate::factor::totp::{KIND, Setting};
use crate::model::{Hint, NextTry, Refusal, Timestamp};
use crate::portal::{Answer, TotpEnrolment, TotpStanding};
use crate::web::front::Front;
use crate::web::note::{Done, Note, Typed};
use crate::web::path::Page;
use crate::web::reply::{form, typed_code};
use crate::words::totp as words;

const HERE: Page = Page::Totp;

pub fn totp_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let portal = front.portal();
    let note: Option<Note> = portal.take_note(&front.visit, HERE).await?;
    let look = portal.look(&front.visit).await?;
    let next = portal.totp_next_try(&front.visit).await?;
    let stage = match portal.totp_standing(&look)? {
        TotpStanding::None => Stage::Choose(choose(note.as_ref())),
        TotpStanding::Waiting(enrolment) => Stage::Scan(scan(&enrolment, note.as_ref(), next, look.now)),
        TotpStanding::Enrolled { record, setting, step_ends } => Stage::Confirmed(Confirmed {
            added: record.confirmed_at.unwrap_or(record.added_at),
            last_used: record.last_used_at.filter(|used| Some(*used) != record.confirmed_at),
            name: record.name,
            setting: shown(setting),
            next_code_secs: look.now.secs_until(step_ends),
            note: confirmed_note(note.as_ref(), setting, next, look.now),
        }),
    };
    let actions = Actions {
        begin: BeginTotp::PATH,
        confirm: CheckTotp::PATH,
        start_over: StartOver::PATH,
        verify: CheckTotp::PATH,
        rename: RenameTotp::PATH,
        remove: RemoveTotp::PATH,
    };
    let (doors, session) = (doors_of(&look, note.as_ref()), session_of(&look));
    Ok(totp(TotpView { doors, session, here: HERE.path(), actions, stage }).into_any())
}

fn choose(note: Option<&Note>) -> Choose {
    let said = note.and_then(|note| match (note.refusal(), note.done()) {
        (Some(Refusal::BadSetting(_)), _) => Some(ChooseNote::BadSetting),
        (Some(Refusal::NotEnrolled), _) => Some(ChooseNote::Expired),
        (_, Some(Done::Removed)) => Some(ChooseNote::Removed),
        _ => None,
    });
    let typed = |field| note.and_then(|note| note.typed(field));
    let default = SettingView::default();
    let algorithm = crate::factor::totp::Algorithm::named(typed("algorithm").unwrap_or_default());
    let setting = SettingView {
        algorithm: algorithm.map_or(default.algorithm, crate::factor::totp::Algorithm::name),
        digits: typed("digits").and_then(|digits| digits.parse().ok()).unwrap_or(default.digits),
        period: typed("period").and_then(|period| period.trim().parse().ok()).unwrap_or(default.period),
    };
    Choose { setting, note: said }
}

fn scan(enrolment: &TotpEnrolment, note: Option<&Note>, next: NextTry, now: Timestamp) -> Scan {
    Scan {
        uri: enrolment.provisioning.uri.expose().clone(),
        key: enrolment.provisioning.key.expose().clone(),
        setting: shown(enrolment.setting),
        next_code_secs: now.secs_until(enrolment.step_ends),
        expires_in_secs: now.secs_until(enrolment.lapses_at),
        refusal: refusal(note, enrolment.setting, next, now),
    }
}

fn confirmed_note(note: Option<&Note>, setting: Setting, next: NextTry, now: Timestamp) -> Option<ConfirmedNote> {
    match (note.and_then(Note::done), note.and_then(|note| note.typed("name"))) {
        (Some(Done::TotpConfirmed), _) => Some(ConfirmedNote::Paired),
        (Some(Done::TotpPassed), _) => Some(ConfirmedNote::Verified),
        (Some(Done::Renamed), _) => Some(ConfirmedNote::Renamed),
        (_, Some(name)) => Some(ConfirmedNote::BadName(name.to_owned())),
        _ => refusal(note, setting, next, now).map(ConfirmedNote::Refused),
    }
}

/// Why the last code was not taken; or, without a last one, that no code is taken yet.
fn refusal(note: Option<&Note>, setting: Setting, next: NextTry, now: Timestamp) -> Option<CodeRefusal> {
    match (note.and_then(Note::refusal), next) {
        (_, NextTry::Never) => Some(CodeRefusal::Blocked),
        (Some(Refusal::Replayed { fresh_at, .. }), _) => {
            Some(CodeRefusal::Replayed { next_secs: now.secs_until(*fresh_at) })
        }
        (_, NextTry::At(until)) => Some(CodeRefusal::Throttled { wait_secs: now.secs_until(until) }),
        (Some(Refusal::Missing), _) => Some(CodeRefusal::Missing),
        (Some(Refusal::NotACode), _) => Some(CodeRefusal::Malformed),
        (Some(Refusal::Wrong { hint, .. }), NextTry::Left(tries_left)) => {
            Some(wrong(hint.as_ref(), setting, tries_left))
        }
        _ => None,
    }
}

fn wrong(hint: Option<&Hint>, setting: Setting, tries_left: u32) -> CodeRefusal {
    match hint {
        None => CodeRefusal::Wrong { tries_left },
        Some(Hint::Clock { ahead_secs }) => {
            CodeRefusal::ClockOff { secs: ahead_secs.unsigned_abs(), ahead: *ahead_secs > 0, tries_left }
        }
        Some(Hint::Setting { algorithm, digits, period }) => {
            let ignored = [
                (algorithm.as_str() != setting.algorithm.name()).then(|| setting.algorithm.name().to_owned()),
                (*digits != setting.digits).then(|| words::digits(setting.digits)),
                (*period != setting.period).then(|| words::seconds(setting.period)),
            ];
            let ignored = ignored.into_iter().flatten().collect::<Vec<_>>().join(", ");
            CodeRefusal::SettingIgnored { ignored, tries_left }
        }
    }
}

fn shown(setting: Setting) -> SettingView {
    SettingView { algorithm: setting.algorithm.name(), digits: setting.digits, period: setting.period }
}

#[server(prefix = "/forms", endpoint = "totp/begin")]
pub async fn begin_totp(
    algorithm: Option<String>,
    digits: Option<String>,
    period: Option<String>,
) -> Result<(), ServerFnError> {
    let field = |name: &'static str, text: &Option<String>| (name.into(), text.clone().unwrap_or_default());
    let typed = vec![field("algorithm", &algorithm), field("digits", &digits), field("period", &period)];
    form(HERE, typed, async move |front| {
        let setting = Setting::choose(
            algorithm.as_deref(),
            number(digits.as_deref(), "digits")?,
            number(period.as_deref(), "interval")?,
        )?;
        front.portal().begin_totp(&front.visit, setting, None).await?;
        Ok((Done::Quietly, HERE))
    })
    .await
}

/// A number from a form; an empty field is none.
fn number<T: std::str::FromStr>(text: Option<&str>, field: &str) -> Result<Option<T>, Refusal> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| text.parse().map_err(|_| Refusal::BadSetting(field.to_owned()))).transpose()
}

#[server(prefix = "/forms", endpoint = "totp/check")]
pub async fn check_totp(code: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async move |front| {
        let code = typed_code(code.as_deref())?;
        let passed = front.portal().answer_totp(&front.visit, &code).await?;
        front.after(passed).await?;
        Ok((if passed.confirmed_now { Done::TotpConfirmed } else { Done::TotpPassed }, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "totp/start-over")]
pub async fn start_over() -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async |front| {
        front.portal().abandon_totp(&front.visit).await?;
        Ok((Done::Quietly, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "totp/rename")]
pub async fn rename_totp(name: Option<String>) -> Result<(), ServerFnError> {
    let name = name.unwrap_or_default();
    let typed = vec![("name".into(), name.clone())];
    form(HERE, typed, async move |front| {
        let look = front.portal().look(&front.visit).await?;
        let factor = look.only(&KIND).ok_or(Refusal::NotEnrolled)?;
        front.portal().rename_factor(&front.visit, factor.id, &name).await?;
        Ok((Done::Renamed, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "totp/remove")]
pub async fn remove_totp() -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async |front| {
        front.portal().remove_totp(&front.visit).await?;
        Ok((Done::Removed, HERE))
    })
    .await
}
