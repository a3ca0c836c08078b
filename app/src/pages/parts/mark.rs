//! The mark: an arch with a smaller, off-centre arch in it. `public/favicon.svg` is the same drawing.

use leptos::prelude::*;

#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 28 34" width="28" height="34" aria-hidden="true" focusable="false">
            <path class="mark-wall" d="M0 34V14a14 14 0 0 1 28 0v20Z" />
            <path class="mark-door" d="M11 34V19a6.500 6.500 0 0 1 13 0v15Z" />
            <circle class="mark-knob" cx="20.500" cy="27" r="1.100" />
        </svg>
    }
}
