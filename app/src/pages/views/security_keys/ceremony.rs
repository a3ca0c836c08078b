//! Where `public/security-key.js` works: forms that it fills, and the sentences that it says.

use leptos::prelude::*;

use crate::pages::parts::{Note, NoteView, submission_token};
use crate::words::{Message, security_keys as words};

/// A form like any other, but for a field that only a script can fill. So it is hidden until the script shows it.
#[component]
pub fn CeremonyForm(
    action: &'static str,
    /// Where the script gets what to ask the key.
    options: &'static str,
    /// `create` or `get`.
    ceremony: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <form
            method="post"
            action=action
            class="ceremony"
            novalidate=true
            hidden=true
            data-ceremony=ceremony
            data-options=options
        >
            {submission_token()}
            <input type="hidden" name="answer" value="" />
            {children()}
        </form>
    }
}

/// What the last form came to. The script puts its own note in this place.
#[component]
pub fn Says(note: Option<NoteView>) -> impl IntoView {
    view! { <div class="says" data-says="">{note.map(|note| view! { <Note note=note /> })}</div> }
}

/// The notes that the script may put there.
#[component]
pub fn Sentences(origin: String) -> impl IntoView {
    words::from_the_browser(&origin)
        .map(|(when, Message { title, text })| {
            let (class, role) = if when == "waiting" { ("note info", "status") } else { ("note refused", "alert") };
            view! {
                <template data-when=when>
                    <div class=class role=role>
                        <p class="note-title">{title}</p>
                        <p>{text}</p>
                    </div>
                </template>
            }
        })
        .collect_view()
}

/// No dead end: what is missing, and what works instead.
#[component]
pub fn WithoutScripts(
    text: &'static str,
    /// A link behind the text: its words, and where it leads.
    #[prop(optional, into)]
    way: Option<(&'static str, &'static str)>,
) -> impl IntoView {
    view! {
        <noscript>
            <div class="note wait">
                <p class="note-title">{words::NO_SCRIPTS}</p>
                <p>{text}{way.map(|(label, href)| view! { <a href=href>{label}</a> })}</p>
            </div>
        </noscript>
    }
}
