//! The session: whose it is, how far it got, and the way out.

use leptos::prelude::*;

use super::{Countdown, Kind, OneButton};
use crate::words::{account, level, session};

/// A browser is a visitor's, or signed in to an account.
#[derive(Clone, Debug)]
pub enum SessionView {
    Visitor(VisitorSession),
    Account(AccountSession),
}

#[derive(Clone, Copy, Debug)]
pub struct VisitorSession {
    pub left_secs: u64,
    pub whole_secs: u64,
    /// 0 to 3.
    pub level: u8,
    /// Where the form that ends it posts to.
    pub end_action: &'static str,
}

#[derive(Clone, Debug)]
pub struct AccountSession {
    pub address: String,
    /// 1 to 3.
    pub level: u8,
    /// The account's page.
    pub account: &'static str,
    /// Where the form that signs out posts to.
    pub sign_out: &'static str,
}

/// Under the rail: a visitor's with a bar that empties.
#[component]
pub fn SessionPanel(session: SessionView) -> impl IntoView {
    match session {
        SessionView::Visitor(session) => view! {
            <section class="session-panel" aria-label=session::LABEL>
                <p><Countdown words=session::ENDS secs=session.left_secs short=true /></p>
                <progress
                    class="bar"
                    aria-label=session::BAR
                    max=session.whole_secs.to_string()
                    value=session.left_secs.to_string()
                    data-drain=""
                ></progress>
                <p class="level"><Level level=session.level /></p>
                <OneButton action=session.end_action label=session::END kind=Kind::Outlined />
            </section>
        }
        .into_any(),
        SessionView::Account(account) => view! {
            <section class="session-panel" aria-label=session::ACCOUNT_LABEL>{signed_in(account)}</section>
        }
        .into_any(),
    }
}

/// At the foot of the overview: one line. `start_over`, where there is nothing left to do in this session, is where the
/// form posts to that ends it for a new one.
#[component]
pub fn SessionFoot(session: SessionView, start_over: Option<&'static str>) -> impl IntoView {
    let start_over = start_over.map(|action| view! { <OneButton action=action label=session::START_OVER /> });
    match session {
        SessionView::Visitor(session) => view! {
            <section class="session-foot" aria-label=session::LABEL>
                <p><Countdown words=session::ENDS secs=session.left_secs short=true /></p>
                <p class="level"><Level level=session.level /></p>
                <div class="ways-out">
                    {start_over}
                    <OneButton action=session.end_action label=session::END kind=Kind::Outlined />
                </div>
            </section>
        }
        .into_any(),
        SessionView::Account(account) => view! {
            <section class="session-foot" aria-label=session::ACCOUNT_LABEL>{signed_in(account)}</section>
        }
        .into_any(),
    }
}

fn signed_in(session: AccountSession) -> impl IntoView {
    let AccountSession { address, level, account, sign_out } = session;
    view! {
        <p class="who">{session::SIGNED_IN_AS}<a href=account>{address}</a></p>
        <p class="level">{account::level(level)}</p>
        <OneButton action=sign_out label=session::SIGN_OUT kind=Kind::Outlined />
    }
}

#[component]
fn Level(level: u8) -> impl IntoView {
    view! { {level::LEVEL}<strong>{level.to_string()}</strong>{level::after(level)} }
}
