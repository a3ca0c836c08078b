//! Around every page: the document with what it loads, the doors and the session, and what is shown when a page
//! cannot be.

use std::future::Future;

use leptos::prelude::*;

use super::parts::{
    AccountSession, DemoLinks, DoorView, FactorCardState, Frame, Link, Person, SessionView, Shell, VisitorSession,
};
use super::session::{BEGIN_SESSION, END_SESSION};
use super::sign_in::SIGN_OUT;
use super::views::message::{self as message_view, Message, WaysOn};
use crate::portal::{Answer, InternalError, UseCaseError, VisitState};
use crate::web::context::{AppState, RequestContext};
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::path::Page;
use crate::web::reply;
use crate::web::submission::provide_token;
use crate::words::{doors, shell};
use postern_core::factor::{email_code, hotp, security_key, totp};
use postern_core::model::{FactorKind, Refusal};
use postern_core::rules::limits;

/// A page: loads what it shows, then shows it. What goes wrong meanwhile is marked on the answer, and told by the page
/// for it.
pub fn page<F>(
    here: Page,
    title: &'static str,
    scripts: &'static [&'static str],
    load: fn(RequestContext) -> F,
) -> impl IntoView
where
    F: Future<Output = Answer<AnyView>> + Send + 'static,
{
    Suspend::new(async move {
        let loaded = match RequestContext::of_request() {
            Ok(context) => load(context.clone()).await.map(|view| (context, view)),
            Err(fault) => Err(fault.into()),
        };
        match loaded {
            Ok((context, view)) => document(&context.app, Some(&context), here.path(), title, scripts, view),
            Err(no) => elsewhere(no),
        }
    })
}

/// No page: a way to one, or the process makes the one that tells of it.
fn elsewhere(no: UseCaseError) -> AnyView {
    match no {
        UseCaseError::InternalError(fault) => reply::broken(&fault),
        UseCaseError::Refused(Refusal::NoSession) => reply::see_other(Page::SignIn),
        // No page of ours is refused to its own session for anything else.
        UseCaseError::Refused(_) => reply::broken(&InternalError::Unplaced),
    }
    ().into_any()
}

/// A page outside Leptos' own handlers.
pub fn standing_alone(
    context: &RequestContext,
    here: &'static str,
    title: &'static str,
    scripts: &[&str],
    inside: impl FnOnce() -> AnyView,
) -> String {
    Owner::new().with(|| {
        provide_token(context.portal());
        document(&context.app, Some(context), here, title, scripts, inside()).to_html()
    })
}

/// A page that needs no session, outside Leptos' own handlers.
pub fn without_session(
    app: &AppState,
    here: &'static str,
    title: &'static str,
    scripts: &[&str],
    inside: impl FnOnce() -> AnyView,
) -> String {
    Owner::new().with(|| {
        provide_token(&app.portal);
        document(app, None, here, title, scripts, inside()).to_html()
    })
}

fn document(
    app: &AppState,
    context: Option<&RequestContext>,
    here: &'static str,
    title: &'static str,
    scripts: &[&str],
    inside: AnyView,
) -> AnyView {
    let nav = [
        (shell::OVERVIEW, Page::Overview),
        (shell::VAULT, Page::Vault),
        (shell::OUTBOX, Page::Outbox),
        (shell::PHONE, Page::Phone),
    ];
    let shown = |(_, page): &(&str, Page)| app.demo || !page.is_of_demo();
    let frame = Frame {
        name: app.portal.name().to_owned(),
        title,
        stylesheet: app.assets.stylesheet.clone(),
        icon: app.assets.icon.clone(),
        scripts: scripts.iter().filter_map(|name| app.assets.script(name)).map(str::to_owned).collect(),
        home: Page::Overview.path(),
        here,
        nav: nav.into_iter().filter(shown).map(|(label, page)| Link { label, path: page.path() }).collect(),
        person: context.map(person),
        footer: vec![
            Link { label: shell::CLIENTS, path: Page::Clients.path() },
            Link { label: shell::QUORUM, path: Page::Quorum.path() },
        ],
        demo: app.demo.then_some(DemoLinks { outbox: Page::Outbox.path(), phone: Page::Phone.path() }),
        version: env!("CARGO_PKG_VERSION"),
    };
    view! { <Shell frame=frame>{inside}</Shell> }.into_any()
}

fn person(context: &RequestContext) -> Person {
    if context.visit.is_signed_in() {
        Person::SignedIn { account: Page::Account.path(), sign_out: SIGN_OUT }
    } else {
        Person::Stranger { sign_in: Page::SignIn.path() }
    }
}

/// The document that says why something did not happen. `path` is what was asked for.
pub fn message(app: &AppState, message: &Message, path: &str) -> String {
    let to =
        WaysOn { support: app.support.as_deref(), again: path, overview: Page::Overview.path(), begin: BEGIN_SESSION };
    Owner::new().with(|| {
        let inside = message_view::message(message, to).into_any();
        document(app, None, "", message.title(), message_view::SCRIPTS, inside).to_html()
    })
}

/// The doors as they stand, in the order of the walk.
pub fn doors_of(look: &VisitState, note: Option<&FlashMessage>) -> Vec<DoorView> {
    let opened = note.and_then(FlashMessage::done);
    let walk = [
        (&doors::EMAIL_CODE, Page::EmailCode.path(), email_code::KIND, Outcome::AddressProved),
        (&doors::TOTP, Page::Totp.path(), totp::KIND, Outcome::TotpConfirmed),
        (&doors::HOTP, Page::Hotp.path(), hotp::KIND, Outcome::HotpConfirmed),
        (&doors::SECURITY_KEYS, Page::SecurityKeys.path(), security_key::KIND, Outcome::KeyPassed),
    ];
    let mut next_is_named = false;
    walk.into_iter()
        .map(|(words, path, kind, opens)| {
            let state = match passed_at(look, &kind) {
                Some(at) => FactorCardState::Passed(at),
                None if !std::mem::replace(&mut next_is_named, true) => FactorCardState::Next,
                None => FactorCardState::Closed,
            };
            DoorView { words, path, state, just_opened: Some(opens) == opened }
        })
        .collect()
}

fn passed_at(look: &VisitState, kind: &FactorKind) -> Option<postern_core::model::Timestamp> {
    look.enrolled().filter(|factor| factor.kind == *kind).filter_map(|factor| factor.last_used_at).max()
}

pub fn session_of(look: &VisitState) -> Answer<SessionView> {
    let level = look.level.number();
    if look.account().is_none() {
        let (left_secs, whole_secs) = (look.now.secs_until(look.session.ends_at), limits::VISIT_LASTS.as_secs());
        return Ok(SessionView::Visitor(VisitorSession { left_secs, whole_secs, level, end_action: END_SESSION }));
    }
    let address = look.address()?.map(|address| address.to_string()).unwrap_or_default();
    Ok(SessionView::Account(AccountSession { address, level, account: Page::Account.path(), sign_out: SIGN_OUT }))
}
