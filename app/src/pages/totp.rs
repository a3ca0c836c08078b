//! `/totp`.

use leptos::prelude::*;

use super::document::{doors_of, page, session_of};
use super::oath::{CodeSettings, choose_note, enrolled, refusal, remove, rename, settled};
use super::views::oath::{Actions, Waiting};
use super::views::totp::{Choose, Confirmed, SCRIPTS, Scan, SettingView, Stage, TotpView, totp};
use crate::portal::{Answer, TotpStanding};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::words::totp as words;
use postern_core::factor::oath::Algorithm;
use postern_core::factor::totp::{KIND, Setting};

const HERE: Page = Page::Totp;

const BEGIN: &str = "/forms/totp/begin";
const CHECK: &str = "/forms/totp/check";
const START_OVER: &str = "/forms/totp/start-over";
const RENAME: &str = "/forms/totp/rename";
const REMOVE: &str = "/forms/totp/remove";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(BEGIN, HERE, begin).echo(&["algorithm", "digits", "period"]),
        FormRoute::new(CHECK, HERE, check),
        FormRoute::new(START_OVER, HERE, start_over),
        FormRoute::new(RENAME, HERE, async |context, fields| rename(context, fields, HERE, KIND).await).echo(&["name"]),
        FormRoute::new(REMOVE, HERE, async |context, _| remove(context, HERE, KIND).await),
    ]
}

pub fn totp_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let portal = context.portal();
    let note: Option<FlashMessage> = portal.take_note(&context.visit, HERE).await?;
    let (look, next) = (context.state().await?, portal.totp_next_try(&context.visit).await?);
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
    let actions = Actions { begin: BEGIN, check: CHECK, start_over: START_OVER, rename: RENAME, remove: REMOVE };
    let (doors, session) = (doors_of(&look, note.as_ref()), session_of(&look)?);
    Ok(totp(TotpView { doors, session, here: HERE.path(), actions, stage }).into_any())
}

fn choose(note: Option<&FlashMessage>) -> Choose {
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

fn chosen(setting: Setting) -> CodeSettings {
    CodeSettings { algorithm: setting.algorithm.name(), digits: setting.digits, period: Some(setting.period) }
}

fn shown(setting: Setting) -> SettingView {
    SettingView { algorithm: setting.algorithm.name(), digits: setting.digits, period: setting.period }
}

async fn begin(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let (digits, period) = (fields.number("digits", "digits")?, fields.number("period", "interval")?);
    let setting = Setting::choose(fields.optional("algorithm"), digits, period)?;
    context.portal().begin_totp(&context.visit, setting, None).await?;
    Ok((Outcome::NoMessage, HERE))
}

async fn check(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let passed = context.portal().answer_totp(&context.visit, &fields.code("code")?).await?;
    settled(&context, HERE, passed, Outcome::TotpConfirmed, Outcome::TotpPassed).await
}

async fn start_over(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().abandon_totp(&context.visit).await?;
    Ok((Outcome::NoMessage, HERE))
}
