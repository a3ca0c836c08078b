//! What the page says: a place for one note, always in sight, and the notes that the script may put there.

use leptos::prelude::*;

use crate::pages::parts::Kind;
use crate::words::span;
use crate::words::vault::{self as words, Tone};

#[component]
pub fn WithoutScripts() -> impl IntoView {
    view! {
        <noscript>
            <div class="note wait">
                <p class="note-title">{words::NO_SCRIPTS}</p>
                <p>{words::NO_SCRIPTS_TEXT}</p>
            </div>
        </noscript>
    }
}

#[component]
pub fn Says() -> impl IntoView {
    let notes = words::SAYS
        .map(|(when, tone, title, text)| {
            let (class, role) = match tone {
                Tone::Info => ("note info", "status"),
                Tone::Wait => ("note wait", "alert"),
                Tone::Refused => ("note refused", "alert"),
                Tone::Done => ("note done", "status"),
            };
            view! {
                <template data-when=when>
                    <div class=class role=role>
                        <p class="note-title">{title}</p>
                        <p>{text}</p>
                    </div>
                </template>
            }
        })
        .collect_view();
    view! {
        <div class="vault-says" data-says="" data-forms=span::LONG.join("|")></div>
        {notes}
        <template data-undo="">
            <p><button type="button" class=Kind::Outlined.class()>{words::UNDO}</button></p>
        </template>
    }
}
