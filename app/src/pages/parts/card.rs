//! A slab with one concern on it, and the fold that hides what few people need.

use leptos::prelude::*;

#[component]
pub fn Card(#[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    view! { <div class=format!("card {class}").trim_end().to_owned()>{children()}</div> }
}

/// Opens and closes without scripts.
#[component]
pub fn Disclosure(#[prop(into)] summary: String, #[prop(optional)] open: bool, children: Children) -> impl IntoView {
    view! {
        <details class="disclosure" open=open>
            <summary>{summary}</summary>
            <div class="disclosed">{children()}</div>
        </details>
    }
}
