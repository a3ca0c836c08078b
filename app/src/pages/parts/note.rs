//! Notes: what happened, then what to do. The colour is never the only sign.

use leptos::prelude::*;

use super::Countdown;
use crate::words::{Message, Pause};

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

/// What a note says, at once or while time passes.
#[derive(Clone, Debug)]
pub enum Told {
    Message(Message),
    Pause(Pause),
}

impl From<Message> for Told {
    fn from(said: Message) -> Self {
        Self::Message(said)
    }
}

impl From<Pause> for Told {
    fn from(pause: Pause) -> Self {
        Self::Pause(pause)
    }
}

/// At most one a page.
#[derive(Clone, Debug)]
pub struct NoteView {
    pub kind: NoteKind,
    pub told: Told,
}

impl NoteView {
    pub fn new(kind: NoteKind, told: impl Into<Told>) -> Self {
        Self { kind, told: told.into() }
    }

    pub fn done(said: Message) -> Self {
        Self::new(NoteKind::Done, said)
    }

    pub fn refused(told: impl Into<Told>) -> Self {
        Self::new(NoteKind::Refused, told)
    }

    pub fn wait(told: impl Into<Told>) -> Self {
        Self::new(NoteKind::Wait, told)
    }

    /// It tells of something that was not done.
    pub const fn is_alert(&self) -> bool {
        matches!(self.kind, NoteKind::Wait | NoteKind::Refused)
    }

    pub fn info(said: Message) -> Self {
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
            {told(note.told)}
        </div>
    }
}

fn told(told: Told) -> AnyView {
    match told {
        Told::Message(Message { title, text }) => view! {
            <p class="note-title">{title}</p>
            <p>{text}</p>
        }
        .into_any(),
        // Read out once, and not again at every second.
        Told::Pause(Pause { title, text, secs }) => view! {
            <p class="note-title">{title}</p>
            <p aria-live="off"><Countdown words=text secs=secs /></p>
        }
        .into_any(),
    }
}
