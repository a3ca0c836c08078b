//! Where the account is open.

use leptos::prelude::*;

use super::Actions;
use super::section::Section;
use crate::pages::parts::{ButtonLink, Card, Kind, OneButton, When};
use crate::words::account as words;
use postern_core::model::Timestamp;

#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Comes back in the field `session`. Says nothing that opens it.
    pub id: String,
    /// `Firefox on Linux`.
    pub browser: String,
    pub network: String,
    pub begun: Timestamp,
    pub seen: Timestamp,
    /// The one that asks.
    pub this: bool,
}

pub(super) fn sessions(sessions: Vec<SessionRow>, actions: Actions, now: Timestamp) -> AnyView {
    let others = sessions.iter().any(|session| !session.this);
    let rows = sessions.into_iter().map(|session| row(session, actions, now)).collect_view();
    view! {
        <Section id="sessions" title=words::SESSIONS text=words::SESSIONS_TEXT>
            <Card class="rows">
                <ul>{rows}</ul>
            </Card>
            {others.then(|| view! { <p><ButtonLink label=words::END_OTHERS href=actions.end_others kind=Kind::Outlined /></p> })}
        </Section>
    }
    .into_any()
}

fn row(session: SessionRow, actions: Actions, now: Timestamp) -> AnyView {
    let SessionRow { id, browser, network, begun, seen, this } = session;
    let end = if this {
        view! { <p class="badge">{words::THIS_ONE}</p> }.into_any()
    } else {
        view! {
            <OneButton
                action=actions.end_session
                label=words::END
                kind=Kind::Quiet
                hidden=vec![("session", id)]
                described=words::end_label(&browser, &network)
            />
        }
        .into_any()
    };
    view! {
        <li class="row">
            <div class="row-words">
                <h3>{browser}</h3>
                <p class="quiet small">
                    {words::from(&network)}", "{words::BEGUN}<When at=begun now=now />", "{words::SEEN}
                    <When at=seen now=now />
                </p>
            </div>
            {end}
        </li>
    }
    .into_any()
}
