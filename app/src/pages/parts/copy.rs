//! What is copied rather than typed: a text that selects as a whole, and the button that copies it.

use leptos::prelude::*;

/// Hidden until `public/copy.js` shows it.
#[component]
pub fn CopyButton(
    /// The id of what is copied.
    #[prop(into)]
    of: String,
    copy: &'static str,
    copied: &'static str,
    not_copied: &'static str,
) -> impl IntoView {
    view! {
        <p class="copy" hidden=true data-copy=of data-copied=copied data-not-copied=not_copied>
            <button type="button" class="button outlined small">{copy}</button>
            <span class="copy-said" role="status"></span>
        </p>
    }
}

/// A text in one piece, however long.
#[component]
pub fn CopyBox(
    id: &'static str,
    #[prop(into)] text: String,
    label: &'static str,
    copy: &'static str,
    copied: &'static str,
    not_copied: &'static str,
) -> impl IntoView {
    let label_id = format!("{id}-label");
    view! {
        <div class="key-box">
            <p class="label" id=label_id.clone()>{label}</p>
            <p class="key one-piece">
                <code id=id aria-labelledby=label_id role="group">{text}</code>
            </p>
            <CopyButton of=id copy=copy copied=copied not_copied=not_copied />
        </div>
    }
}
