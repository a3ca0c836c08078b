//! A ring that empties with a code's time. It needs no script: the drawing animates itself, and stylesheets hide
//! it from those who want no motion, to whom the sentence beside it says the same.

use leptos::prelude::*;

#[component]
pub fn TimeRing(left: u64, period: u64) -> impl IntoView {
    let gone = 100 - (100 * left.min(period)).checked_div(period).unwrap_or(0);
    view! {
        <svg class="ring" viewBox="0 0 36 36" width="36" height="36" aria-hidden="true" focusable="false">
            <circle class="ring-ground" cx="18" cy="18" r="15" />
            <circle
                class="ring-left"
                cx="18"
                cy="18"
                r="15"
                pathLength="100"
                stroke-dasharray="100"
                stroke-dashoffset=gone.to_string()
                transform="rotate(-90 18 18)"
            >
                <animate
                    attributeName="stroke-dashoffset"
                    from=gone.to_string()
                    to="100"
                    dur=format!("{left}s")
                    fill="freeze"
                />
            </circle>
        </svg>
    }
}
