//! Notes: what happened, then what to do. The colour is never the only sign.

use leptos::prelude::*;

use crate::words::Said;

/// Fields point here when what was typed in them is refused.
pub const REFUSAL_ID: &str = "refusal";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    Info,
    /// It takes time, or time has to pass.
    Wait,
    Refused,
    Done,
}

/// At most one a page.
#[derive(Clone, Debug)]
pub struct NoteView {
    pub kind: NoteKind,
    pub said: Said,
}

impl NoteView {
    pub const fn new(kind: NoteKind, said: Said) -> Self {
        Self { kind, said }
    }

    pub const fn done(said: Said) -> Self {
        Self::new(NoteKind::Done, said)
    }

    pub const fn refused(said: Said) -> Self {
        Self::new(NoteKind::Refused, said)
    }

    pub const fn wait(said: Said) -> Self {
        Self::new(NoteKind::Wait, said)
    }

    pub const fn info(said: Said) -> Self {
        Self::new(NoteKind::Info, said)
    }
}

#[component]
pub fn Note(note: NoteView) -> impl IntoView {
    let (class, role) = match note.kind {
        NoteKind::Info => ("note info", "status"),
        NoteKind::Wait => ("note wait", "alert"),
        NoteKind::Refused => ("note refused", "alert"),
        NoteKind::Done => ("note done", "status"),
    };
    let id = (role == "alert").then_some(REFUSAL_ID);
    view! {
        <div class=class role=role id=id>
            <p class="note-title">{note.said.title}</p>
            <p>{note.said.text}</p>
        </div>
    }
}
