//! What happened, newest first.

use leptos::prelude::*;

use super::section::Section;
use crate::pages::parts::{Card, Disclosure, When};
use crate::words::account as words;
use crate::words::activity::Happened;
use postern_core::model::Timestamp;

/// So many are shown; the others are a fold away.
const SHOWN: usize = 8;

#[derive(Clone, Debug)]
pub struct EventView {
    pub what: Happened,
    pub at: Timestamp,
    /// The network it came from, with the browser where that is known.
    pub from: String,
}

pub(super) fn activity(mut events: Vec<EventView>, now: Timestamp) -> AnyView {
    let older = events.split_off(SHOWN.min(events.len()));
    let more = (!older.is_empty()).then(|| {
        let count = older.len();
        view! { <Disclosure summary=words::older(count)>{list(older, now)}</Disclosure> }
    });
    view! {
        <Section id="activity" title=words::ACTIVITY text=words::ACTIVITY_TEXT>
            <Card class="rows">
                {list(events, now)}
                {more}
            </Card>
        </Section>
    }
    .into_any()
}

fn list(events: Vec<EventView>, now: Timestamp) -> AnyView {
    let rows = events
        .into_iter()
        .map(|EventView { what, at, from }| {
            view! {
                <li class="event" class:suspicious=what.is_suspicious()>
                    <p>{what.said()}</p>
                    <p class="quiet small">
                        <When at=at now=now />
                        ", "
                        {words::from(&from)}
                    </p>
                </li>
            }
        })
        .collect_view();
    view! { <ol>{rows}</ol> }.into_any()
}
