//! Where "this was not me" in a letter leads: what was done, the button, what came of it.

use leptos::prelude::*;

use crate::model::Timestamp;
use crate::pages::parts::{ButtonLink, Card, Door, DoorState, Fact, Facts, Heading, Kind, OneButton, Plain};
use crate::words::activity::Happened;
use crate::words::{message, not_me as words, when};

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
        /// Posts the field `ticket`.
        action: &'static str,
        ticket: String,
    },
    Done {
        frozen_until: Timestamp,
        sign_in: &'static str,
        support: Option<String>,
    },
    /// Too old, used already, or unreadable.
    Gone {
        sign_in: &'static str,
        support: Option<String>,
    },
}

pub fn not_me(page: NotMeView) -> impl IntoView {
    let content = match page {
        NotMeView::Ask { what, at, from, action, ticket } => ask(&what, at, from, action, ticket),
        NotMeView::Done { frozen_until, sign_in, support } => done(frozen_until, sign_in, support.as_deref()),
        NotMeView::Gone { sign_in, support } => gone(sign_in, support.as_deref()),
    };
    view! { <Plain class="not-me">{content}</Plain> }
}

fn ask(what: &Happened, at: Timestamp, from: String, action: &'static str, ticket: String) -> AnyView {
    let what = what.said();
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
                <OneButton action=action label=words::NOT_ME kind=Kind::Danger hidden=vec![("ticket", ticket)] />
            </div>
        </Card>
    }
    .into_any()
}

fn done(frozen_until: Timestamp, sign_in: &'static str, support: Option<&str>) -> AnyView {
    let steps = words::steps(support).map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <Heading title=words::DONE_HEADING lede=words::done_lede(frozen_until) />
        <Card>
            <h2>{words::NEXT}</h2>
            <ol class="steps">{steps}</ol>
            <p><ButtonLink label=words::SIGN_IN href=sign_in /></p>
        </Card>
    }
    .into_any()
}

fn gone(sign_in: &'static str, support: Option<&str>) -> AnyView {
    let support = support.map(|contact| view! { <p class="quiet">{message::support(contact)}</p> });
    view! {
        <Door state=DoorState::Closed />
        <Heading title=words::GONE_HEADING lede=words::GONE_LEDE />
        <p>{words::GONE_TEXT}</p>
        <p><ButtonLink label=words::SIGN_IN href=sign_in /></p>
        {support}
    }
    .into_any()
}
