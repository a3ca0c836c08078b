//! Where "this was not me" in a letter leads: what was done, the button, what came of it.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, Door, Fact, FactorCardState, Facts, Heading, Kind, OneButton, Plain};
use crate::words::activity::Happened;
use crate::words::{message, not_me as words, when};
use postern_core::model::Timestamp;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js"];

#[derive(Clone, Debug)]
pub enum NotMeView {
    /// Looking changes nothing: programs that read mail follow links.
    Ask {
        what: Happened,
        at: Timestamp,
        /// The network it came from, with the browser where that is known.
        from: String,
        /// The letter went to an address that was replaced and can be restored.
        restores_address: bool,
        /// Posts the field `ticket`.
        action: &'static str,
        ticket: String,
    },
    Done {
        frozen_until: Timestamp,
        sessions_ended: usize,
        /// Names of factors and recovery codes that were added in the hour before.
        removed: Vec<String>,
        /// The address that is the account's again.
        restored: Option<String>,
        /// With which the freeze can be lifted.
        has_second_factor: bool,
        sign_in: &'static str,
        support: Option<String>,
    },
    /// It did what it does already, or the link of another letter did.
    Used { sign_in: &'static str, support: Option<String> },
    /// Too old, or unreadable.
    Gone { sign_in: &'static str, support: Option<String> },
}

pub fn not_me(page: NotMeView) -> impl IntoView {
    let content = match page {
        NotMeView::Ask { what, at, from, restores_address, action, ticket } => {
            ask(&what, at, from, restores_address, action, ticket)
        }
        NotMeView::Done { frozen_until, sessions_ended, removed, restored, has_second_factor, sign_in, support } => {
            let done = words::done(sessions_ended, &removed, restored.as_deref(), frozen_until);
            let steps = words::steps(restored.as_deref(), has_second_factor, support.as_deref());
            self::done(done, steps, sign_in)
        }
        NotMeView::Used { sign_in, support } => over(words::USED, sign_in, support.as_deref()),
        NotMeView::Gone { sign_in, support } => over(words::GONE, sign_in, support.as_deref()),
    };
    view! { <Plain class="not-me">{content}</Plain> }
}

fn ask(
    what: &Happened,
    at: Timestamp,
    from: String,
    restores_address: bool,
    action: &'static str,
    ticket: String,
) -> AnyView {
    let what = what.said();
    let restores = restores_address.then(|| view! { <li>{words::RESTORES_ADDRESS}</li> });
    let consequences = words::CONSEQUENCES.map(|consequence| view! { <li>{consequence}</li> }).collect_view();
    view! {
        <Heading title=words::HEADING lede=words::LEDE />
        <Card>
            <Facts>
                <Fact name=words::WHAT><strong>{what}</strong></Fact>
                <Fact name=words::AT>
                    <time datetime=at.rfc3339() data-local="">{when::day_and_time(at)}</time>
                </Fact>
                <Fact name=words::FROM>{from}</Fact>
            </Facts>
            <div class="aside">
                <p>{words::CONSEQUENCE}</p>
                <ul class="points">
                    {restores}
                    {consequences}
                </ul>
                <OneButton once=true action=action label=words::NOT_ME kind=Kind::Danger hidden=vec![("ticket", ticket)] />
            </div>
        </Card>
    }
    .into_any()
}

fn done(done: Vec<String>, steps: Vec<String>, sign_in: &'static str) -> AnyView {
    let done = done.into_iter().map(|done| view! { <li>{done}</li> }).collect_view();
    let steps = steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <Heading title=words::DONE_HEADING lede=words::DONE_LEDE />
        <Card>
            <h2>{words::DONE}</h2>
            <ul class="points">{done}</ul>
            <h2>{words::NEXT}</h2>
            <ol class="steps">{steps}</ol>
            <p><ButtonLink label=words::SIGN_IN href=sign_in /></p>
        </Card>
    }
    .into_any()
}

fn over(
    (heading, lede, text): (&'static str, &'static str, &'static str),
    sign_in: &'static str,
    support: Option<&str>,
) -> AnyView {
    let support = support.map(|contact| view! { <p class="quiet">{message::support(contact)}</p> });
    view! {
        <Door state=FactorCardState::Closed />
        <Heading title=heading lede=lede />
        <p>{text}</p>
        <p><ButtonLink label=words::SIGN_IN href=sign_in /></p>
        {support}
    }
    .into_any()
}
