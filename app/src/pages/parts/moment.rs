//! A time of day: in UTC and said so; `public/local-time.js` turns it into the viewer's.

use leptos::prelude::*;

use crate::model::Timestamp;

#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.rfc3339() data-local="">{format!("{}\u{a0}UTC", at.clock_face())}</time> }
}
