//! The page that moves an account to another mail address: the new one, then the code that went there.

use leptos::prelude::*;

use super::mail_code::{Actions, AskCard, AskRefusal, Sent, SentCard};
use crate::pages::parts::{Heading, Note, NoteView, Plain};
use crate::words::{change_address as words, email_code};

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js"];

#[derive(Clone, Debug)]
pub struct ChangeAddressView {
    /// As it is now.
    pub current: String,
    pub actions: Actions,
    pub stage: Stage,
    pub back: &'static str,
}

#[derive(Clone, Debug)]
pub enum Stage {
    Ask { typed: String, refusal: Option<NewAddressRefusal> },
    Sent(Sent),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewAddressRefusal {
    Ask(AskRefusal),
    /// Told only to somebody who has just proved it.
    Taken,
    Same,
    /// The portal has a list of addresses and domains, and this is not of it.
    NotListed,
}

impl NewAddressRefusal {
    fn note(self) -> NoteView {
        match self {
            Self::Ask(refusal) => refusal.note(),
            Self::Taken => NoteView::refused(words::taken()),
            Self::Same => NoteView::refused(words::same()),
            Self::NotListed => NoteView::refused(words::not_listed()),
        }
    }

    const fn concerns_the_field(self) -> bool {
        match self {
            Self::Ask(refusal) => refusal.concerns_the_field(),
            Self::Taken | Self::Same | Self::NotListed => true,
        }
    }
}

pub fn change_address(page: ChangeAddressView) -> impl IntoView {
    let ChangeAddressView { current, actions, stage, back } = page;
    let content = match stage {
        Stage::Ask { typed, refusal } => {
            let refused = refusal.is_some_and(NewAddressRefusal::concerns_the_field);
            view! {
                <Heading title=words::HEADING lede=words::lede(&current) />
                {refusal.map(|refusal| view! { <Note note=refusal.note() /> })}
                <AskCard send=actions.send typed=typed label=words::ADDRESS hint=words::HINT refused=refused />
            }
            .into_any()
        }
        Stage::Sent(sent) => view! {
            <Heading title=words::SENT_HEADING lede=email_code::SENT_TO.join(&sent.masked) />
            {sent.note().map(|note| view! { <Note note=note /> })}
            <SentCard sent=sent actions=actions />
        }
        .into_any(),
    };
    view! {
        <Plain class="act">
            {content}
            <p><a href=back>{words::BACK}</a></p>
        </Plain>
    }
}
