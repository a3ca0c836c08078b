//! `/hotp`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::document::{doors_of, page, session_of};
use super::oath::{Chosen, PAIR, choose_note, enrolled, number, refusal, remove, rename, settled};
use super::views::hotp::{Actions, Choose, Confirmed, HotpView, Refused, SCRIPTS, Scan, SettingView, Stage, hotp};
use super::views::oath::{self, Waiting};
use crate::portal::{Answer, HotpStanding};
use crate::web::front::Front;
use crate::web::note::{Done, Note, Typed};
use crate::web::path::Page;
use crate::web::reply::{form, typed_code};
use crate::words::hotp as words;
use postern_core::factor::hotp::{KIND, Setting};
use postern_core::factor::oath::Algorithm;
use postern_core::model::Refusal;

const HERE: Page = Page::Hotp;

pub fn hotp_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let portal = front.portal();
    let note: Option<Note> = portal.take_note(&front.visit, HERE).await?;
    let (look, next) = (portal.look(&front.visit).await?, portal.hotp_next_try(&front.visit).await?);
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
    let oath = oath::Actions {
        begin: BeginHotp::PATH,
        check: CheckHotp::PATH,
        start_over: HotpStartOver::PATH,
        rename: RenameHotp::PATH,
        remove: RemoveHotp::PATH,
    };
    Actions { oath, resync: ResyncHotp::PATH }
}

fn choose(note: Option<&Note>) -> Choose {
    let typed = |field| note.and_then(|note| note.typed(field));
    let default = SettingView::default();
    let algorithm = Algorithm::named(typed("algorithm").unwrap_or_default());
    let setting = SettingView {
        algorithm: algorithm.map_or(default.algorithm, Algorithm::name),
        digits: typed("digits").and_then(|digits| digits.parse().ok()).unwrap_or(default.digits),
        counter: typed("counter").map_or(default.counter, str::to_owned),
        look_ahead: typed("look_ahead").map_or(default.look_ahead, str::to_owned),
    };
    let refused = match note.and_then(Note::refusal) {
        Some(Refusal::BadSetting(field)) if field == "initial_count" => Some(Refused::Counter),
        Some(Refusal::BadSetting(field)) if field == "resync_threshold" => Some(Refused::LookAhead),
        _ => None,
    };
    Choose { setting, note: choose_note(note), refused }
}

fn chosen(setting: Setting) -> Chosen {
    Chosen { algorithm: setting.algorithm.name(), digits: setting.digits, period: None }
}

#[server(prefix = "/forms", endpoint = "hotp/begin")]
pub async fn begin_hotp(
    algorithm: Option<String>,
    digits: Option<String>,
    counter: Option<String>,
    look_ahead: Option<String>,
) -> Result<(), ServerFnError> {
    let field = |name: &'static str, text: &Option<String>| (name.into(), text.clone().unwrap_or_default());
    let typed = vec![
        field("algorithm", &algorithm),
        field("digits", &digits),
        field("counter", &counter),
        field("look_ahead", &look_ahead),
    ];
    form(HERE, typed, async move |front| {
        let setting = Setting::choose(
            algorithm.as_deref(),
            number(digits.as_deref(), "digits")?,
            number(counter.as_deref(), "initial_count")?,
            number(look_ahead.as_deref(), "resync_threshold")?,
        )?;
        front.portal().begin_hotp(&front.visit, setting, None).await?;
        Ok((Done::Quietly, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "hotp/check")]
pub async fn check_hotp(code: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async move |front| {
        let code = typed_code(code.as_deref())?;
        let passed = front.portal().answer_hotp(&front.visit, &code).await?;
        settled(&front, HERE, passed, Done::HotpConfirmed, Done::HotpPassed).await
    })
    .await
}

#[server(prefix = "/forms", endpoint = "hotp/resync")]
pub async fn resync_hotp(code: Option<String>, next_code: Option<String>) -> Result<(), ServerFnError> {
    // The codes themselves are not echoed.
    let typed = vec![(PAIR.into(), String::new())];
    form(HERE, typed, async move |front| {
        let (code, next) = (typed_code(code.as_deref())?, typed_code(next_code.as_deref())?);
        let passed = front.portal().resync_hotp(&front.visit, &code, &next).await?;
        settled(&front, HERE, passed, Done::HotpConfirmed, Done::HotpInStep).await
    })
    .await
}

#[server(prefix = "/forms", endpoint = "hotp/start-over")]
pub async fn hotp_start_over() -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async |front| {
        front.portal().abandon_hotp(&front.visit).await?;
        Ok((Done::Quietly, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "hotp/rename")]
pub async fn rename_hotp(name: Option<String>) -> Result<(), ServerFnError> {
    rename(HERE, KIND, name).await
}

#[server(prefix = "/forms", endpoint = "hotp/remove")]
pub async fn remove_hotp() -> Result<(), ServerFnError> {
    remove(HERE, KIND).await
}
