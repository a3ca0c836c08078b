//! `/totp`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::document::{doors_of, page, session_of};
use super::oath::{Chosen, choose_note, enrolled, number, refusal, remove, rename, settled};
use super::views::oath::{Actions, Waiting};
use super::views::totp::{Choose, Confirmed, SCRIPTS, Scan, SettingView, Stage, TotpView, totp};
use crate::portal::{Answer, TotpStanding};
use crate::web::front::Front;
use crate::web::note::{Done, Note, Typed};
use crate::web::path::Page;
use crate::web::reply::{form, typed_code};
use crate::words::totp as words;
use postern_core::factor::oath::Algorithm;
use postern_core::factor::totp::{KIND, Setting};

const HERE: Page = Page::Totp;

pub fn totp_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let portal = front.portal();
    let note: Option<Note> = portal.take_note(&front.visit, HERE).await?;
    let (look, next) = (portal.look(&front.visit).await?, portal.totp_next_try(&front.visit).await?);
    let refusal = |setting| refusal(note.as_ref(), chosen(setting), next, look.now);
    let stage = match portal.totp_standing(&look)? {
        TotpStanding::None => Stage::Choose(choose(note.as_ref())),
        TotpStanding::Waiting(enrolment) => Stage::Scan(Scan {
            waiting: Waiting {
                uri: enrolment.provisioning.uri.expose().clone(),
                key: enrolment.provisioning.key.expose().clone(),
                expires_in_secs: look.now.secs_until(enrolment.lapses_at),
                refusal: refusal(enrolment.setting),
            },
            setting: shown(enrolment.setting),
            next_code_secs: look.now.secs_until(enrolment.step_ends),
        }),
        TotpStanding::Enrolled { record, setting, step_ends } => Stage::Confirmed(Confirmed {
            enrolled: enrolled(record, note.as_ref(), refusal(setting)),
            setting: shown(setting),
            next_code_secs: look.now.secs_until(step_ends),
        }),
    };
    let actions = Actions {
        begin: BeginTotp::PATH,
        check: CheckTotp::PATH,
        start_over: StartOver::PATH,
        rename: RenameTotp::PATH,
        remove: RemoveTotp::PATH,
    };
    let (doors, session) = (doors_of(&look, note.as_ref()), session_of(&look)?);
    Ok(totp(TotpView { doors, session, here: HERE.path(), actions, stage }).into_any())
}

fn choose(note: Option<&Note>) -> Choose {
    let typed = |field| note.and_then(|note| note.typed(field));
    let default = SettingView::default();
    let algorithm = Algorithm::named(typed("algorithm").unwrap_or_default());
    let setting = SettingView {
        algorithm: algorithm.map_or(default.algorithm, Algorithm::name),
        digits: typed("digits").and_then(|digits| digits.parse().ok()).unwrap_or(default.digits),
        period: typed("period").and_then(|period| period.trim().parse().ok()).unwrap_or(default.period),
    };
    Choose { setting, note: choose_note(note) }
}

fn chosen(setting: Setting) -> Chosen {
    Chosen { algorithm: setting.algorithm.name(), digits: setting.digits, period: Some(setting.period) }
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

#[server(prefix = "/forms", endpoint = "totp/check")]
pub async fn check_totp(code: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async move |front| {
        let code = typed_code(code.as_deref())?;
        let passed = front.portal().answer_totp(&front.visit, &code).await?;
        settled(&front, HERE, passed, Done::TotpConfirmed, Done::TotpPassed).await
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
    rename(HERE, KIND, name).await
}

#[server(prefix = "/forms", endpoint = "totp/remove")]
pub async fn remove_totp() -> Result<(), ServerFnError> {
    remove(HERE, KIND).await
}
