//! Moments: in UTC and said so; `public/local-time.js` turns them into the viewer's.

use leptos::prelude::*;

use crate::words::when;
use postern_core::model::Timestamp;

/// A time of day, for what was a while ago at most.
#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.rfc3339() data-local="">{format!("{}\u{a0}UTC", at.clock_face())}</time> }
}

/// How long ago it was; the date and the time if that is over a day.
#[component]
pub fn When(at: Timestamp, now: Timestamp) -> impl IntoView {
    match when::ago(at, now) {
        Some(ago) => view! { <time datetime=at.rfc3339()>{ago}</time> }.into_any(),
        None => view! { <time datetime=at.rfc3339() data-local="">{when::day_and_time(at)}</time> }.into_any(),
    }
}

/// A date alone.
#[component]
pub fn Day(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.rfc3339()>{when::day(at)}</time> }
}
