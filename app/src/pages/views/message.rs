//! Pages that say why something did not happen, and show a way on.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Door, DoorState, Plain};
use crate::words::message::{self as words, Words};

/// None is needed.
pub const SCRIPTS: &[&str] = &[];

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    NotFound,
    /// A form from elsewhere.
    Refused,
    /// A form that does not parse.
    Unreadable,
    TooLarge,
    /// The session's 60 minutes are over.
    TimeOver,
    /// The person ended it.
    Ended,
    TooMany {
        wait_secs: u64,
    },
    /// Ours. The reference stands in the log too.
    Fault {
        reference: String,
    },
    /// The store does not answer.
    Away {
        wait_secs: u64,
    },
}

impl Message {
    const fn words(&self) -> &'static Words {
        match self {
            Self::NotFound => &words::NOT_FOUND,
            Self::Refused => &words::REFUSED,
            Self::Unreadable => &words::UNREADABLE,
            Self::TooLarge => &words::TOO_LARGE,
            Self::TimeOver => &words::TIME_OVER,
            Self::Ended => &words::ENDED,
            Self::TooMany { .. } => &words::TOO_MANY,
            Self::Fault { .. } => &words::FAULT,
            Self::Away { .. } => &words::AWAY,
        }
    }

    /// For the document's title.
    pub const fn title(&self) -> &'static str {
        self.words().heading
    }

    const fn way_on(&self) -> &'static str {
        match self {
            Self::TimeOver | Self::Ended => words::BACK_IN,
            Self::TooMany { .. } | Self::Away { .. } => words::AGAIN,
            _ => words::HOME,
        }
    }
}

/// `way_on` is the path of the one button: the overview, or the page that failed where trying again helps.
pub fn message(message: &Message, way_on: &str) -> impl IntoView + use<> {
    let &Words { heading, text } = message.words();
    let (label, href) = (message.way_on(), way_on.to_owned());
    let more = match message {
        Message::TooMany { wait_secs } | Message::Away { wait_secs } => {
            Some(view! { <p>{words::wait(*wait_secs)}</p> }.into_any())
        }
        Message::Fault { reference } => {
            Some(view! { <p>{words::REFERENCE}": "<code class="reference">{reference.clone()}</code></p> }.into_any())
        }
        _ => None,
    };
    view! {
        <Plain class="message">
            <Door state=DoorState::Closed />
            <h1>{heading}</h1>
            <p class="lede">{text}</p>
            {more}
            <p><ButtonLink label=label href=href /></p>
        </Plain>
    }
}
