//! Pages that say why something did not happen, and show a way on.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Door, FactorCardState, OneButton, Plain};
use crate::words::message::{self as words, Words};

/// None is needed.
pub const SCRIPTS: &[&str] = &[];

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    NotFound,
    /// The request names another host than this portal's.
    OtherHost {
        origin: String,
    },
    /// A form from elsewhere.
    Refused,
    /// A form that does not parse.
    Unreadable,
    TooLarge,
    /// A form that was submitted before, too long ago to be answered again.
    AlreadySubmitted,
    /// A form of a page that was opened too long ago.
    PageTooOld,
    /// The session's 60 minutes are over.
    TimeOver,
    /// An account's session that is over, for whichever reason.
    SignedOut,
    /// The person ended it.
    Ended,
    TooMany {
        wait_secs: u64,
    },
    /// Ours. The reference stands in the log too.
    InternalError {
        reference: String,
    },
    /// The store does not answer.
    Away {
        wait_secs: u64,
    },
    /// The queue of heavy work is full.
    Busy {
        wait_secs: u64,
    },
}

impl Message {
    const fn words(&self) -> &'static Words {
        match self {
            Self::NotFound => &words::NOT_FOUND,
            Self::OtherHost { .. } => &words::OTHER_HOST,
            Self::Refused => &words::REFUSED,
            Self::Unreadable => &words::UNREADABLE,
            Self::TooLarge => &words::TOO_LARGE,
            Self::AlreadySubmitted => &words::ALREADY_SUBMITTED,
            Self::PageTooOld => &words::PAGE_TOO_OLD,
            Self::TimeOver => &words::TIME_OVER,
            Self::SignedOut => &words::SIGNED_OUT,
            Self::Ended => &words::ENDED,
            Self::TooMany { .. } => &words::TOO_MANY,
            Self::InternalError { .. } => &words::FAULT,
            Self::Away { .. } => &words::AWAY,
            Self::Busy { .. } => &words::BUSY,
        }
    }

    /// For the document's title.
    pub const fn title(&self) -> &'static str {
        self.words().heading
    }
}

/// Where the one button leads.
#[derive(Clone, Copy, Debug)]
pub struct WaysOn<'a> {
    /// Whom to ask.
    pub support: Option<&'a str>,
    /// The page that failed, where trying again helps.
    pub again: &'a str,
    pub overview: &'static str,
    /// Where the form that begins a new session posts to.
    pub begin: &'static str,
}

fn way_on(message: &Message, to: WaysOn<'_>) -> AnyView {
    match message {
        Message::TimeOver | Message::Ended => view! { <OneButton action=to.begin label=words::BACK_IN /> }.into_any(),
        Message::SignedOut => {
            let hidden = vec![("sign-in", String::new())];
            view! { <OneButton action=to.begin label=words::SIGN_IN hidden=hidden /> }.into_any()
        }
        Message::OtherHost { origin } => {
            let label = words::go_to(origin);
            view! { <p><ButtonLink label=label href=format!("{origin}/") /></p> }.into_any()
        }
        Message::TooMany { .. } | Message::Away { .. } | Message::Busy { .. } => {
            view! { <p><ButtonLink label=words::AGAIN href=to.again.to_owned() /></p> }.into_any()
        }
        _ => view! { <p><ButtonLink label=words::HOME href=to.overview /></p> }.into_any(),
    }
}

pub fn message(message: &Message, to: WaysOn<'_>) -> impl IntoView + use<> {
    let &Words { heading, text } = message.words();
    let more = match message {
        Message::TooMany { wait_secs } | Message::Away { wait_secs } | Message::Busy { wait_secs } => {
            Some(view! { <p>{words::wait(*wait_secs)}</p> }.into_any())
        }
        Message::InternalError { reference } => {
            Some(view! { <p>{words::REFERENCE}": "<code class="reference">{reference.clone()}</code></p> }.into_any())
        }
        _ => None,
    };
    let support = to.support.map(|contact| view! { <p class="quiet">{words::support(contact)}</p> });
    let on = way_on(message, to);
    view! {
        <Plain class="message">
            <Door state=FactorCardState::Closed />
            <h1>{heading}</h1>
            <p class="lede">{text}</p>
            {more}
            {on}
            {support}
        </Plain>
    }
}
