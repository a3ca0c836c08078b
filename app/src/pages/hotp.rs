//! `/hotp`.

use leptos::prelude::*;

use super::document::{doors_of, page, session_of};
use super::oath::{CodeSettings, PAIR, choose_note, enrolled, refusal, remove, rename, settled};
use super::views::hotp::{Actions, Choose, Confirmed, HotpView, Refused, SCRIPTS, Scan, SettingView, Stage, hotp};
use super::views::oath::{self, Waiting};
use crate::portal::{Answer, HotpStanding};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::words::hotp as words;
use postern_core::factor::hotp::{KIND, Setting};
use postern_core::factor::oath::Algorithm;
use postern_core::model::Refusal;

const HERE: Page = Page::Hotp;

const BEGIN: &str = "/forms/hotp/begin";
const CHECK: &str = "/forms/hotp/check";
const RESYNC: &str = "/forms/hotp/resync";
const START_OVER: &str = "/forms/hotp/start-over";
const RENAME: &str = "/forms/hotp/rename";
const REMOVE: &str = "/forms/hotp/remove";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(BEGIN, HERE, begin).echo(&["algorithm", "digits", "counter", "look_ahead"]),
        FormRoute::new(CHECK, HERE, check),
        FormRoute::new(RESYNC, HERE, resync).mark(PAIR, ""),
        FormRoute::new(START_OVER, HERE, start_over),
        FormRoute::new(RENAME, HERE, async |context, fields| rename(context, fields, HERE, KIND).await).echo(&["name"]),
        FormRoute::new(REMOVE, HERE, async |context, _| remove(context, HERE, KIND).await),
    ]
}

pub fn hotp_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let portal = context.portal();
    let note: Option<FlashMessage> = portal.take_note(&context.visit, HERE).await?;
    let (look, next) = (context.state().await?, portal.hotp_next_try(&context.visit).await?);
    let refusal = |setting| refusal(note.as_ref(), chosen(setting), next, look.now);
    let stage = match portal.hotp_standing(&look)? {
        HotpStanding::None => Stage::Choose(choose(note.as_ref())),
        HotpStanding::Waiting(enrolment) => Stage::Scan(Scan {
            waiting: Waiting {
                uri: enrolment.provisioning.uri.expose().clone(),
                key: enrolment.provisioning.key.expose().clone(),
                expires_in_secs: look.now.secs_until(enrolment.lapses_at),
                refusal: refusal(enrolment.setting),
            },
            algorithm: enrolment.setting.algorithm.name(),
            digits: enrolment.setting.digits,
            counter: enrolment.setting.initial_count,
            not_in_step: note.as_ref().is_some_and(|note| note.typed(PAIR).is_some()),
        }),
        HotpStanding::Enrolled { record, setting } => Stage::Confirmed(Confirmed {
            enrolled: enrolled(record, note.as_ref(), refusal(setting)),
            algorithm: setting.algorithm.name(),
            digits: setting.digits,
            look_ahead: setting.resync_threshold,
            counter: setting.initial_count,
        }),
    };
    let (doors, session) = (doors_of(&look, note.as_ref()), session_of(&look)?);
    Ok(hotp(HotpView { doors, session, here: HERE.path(), actions: actions(), stage }).into_any())
}

fn actions() -> Actions {
    let oath = oath::Actions { begin: BEGIN, check: CHECK, start_over: START_OVER, rename: RENAME, remove: REMOVE };
    Actions { oath, resync: RESYNC }
}

fn choose(note: Option<&FlashMessage>) -> Choose {
    let typed = |field| note.and_then(|note| note.typed(field));
    let default = SettingView::default();
    let algorithm = Algorithm::named(typed("algorithm").unwrap_or_default());
    let setting = SettingView {
        algorithm: algorithm.map_or(default.algorithm, Algorithm::name),
        digits: typed("digits").and_then(|digits| digits.parse().ok()).unwrap_or(default.digits),
        counter: typed("counter").map_or(default.counter, str::to_owned),
        look_ahead: typed("look_ahead").map_or(default.look_ahead, str::to_owned),
    };
    let refused = match note.and_then(FlashMessage::refusal) {
        Some(Refusal::BadSetting(field)) if field == "initial_count" => Some(Refused::Counter),
        Some(Refusal::BadSetting(field)) if field == "resync_threshold" => Some(Refused::LookAhead),
        _ => None,
    };
    Choose { setting, note: choose_note(note), refused }
}

fn chosen(setting: Setting) -> CodeSettings {
    CodeSettings { algorithm: setting.algorithm.name(), digits: setting.digits, period: None }
}

async fn begin(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let setting = Setting::choose(
        fields.optional("algorithm"),
        fields.number("digits", "digits")?,
        fields.number("counter", "initial_count")?,
        fields.number("look_ahead", "resync_threshold")?,
    )?;
    context.portal().begin_hotp(&context.visit, setting, None).await?;
    Ok((Outcome::NoMessage, HERE))
}

async fn check(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let passed = context.portal().answer_hotp(&context.visit, &fields.code("code")?).await?;
    settled(&context, HERE, passed, Outcome::HotpConfirmed, Outcome::HotpPassed).await
}

async fn resync(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let (code, next) = (fields.code("code")?, fields.code("next_code")?);
    let passed = context.portal().resync_hotp(&context.visit, &code, &next).await?;
    settled(&context, HERE, passed, Outcome::HotpConfirmed, Outcome::HotpInStep).await
}

async fn start_over(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().abandon_hotp(&context.visit).await?;
    Ok((Outcome::NoMessage, HERE))
}
