//! `/email-code`: ask for an address, type the code, proved.

use leptos::prelude::*;

use super::mail_code::{AskCard, Sent, SentCard};
use crate::pages::parts::{
    Address, Beside, ButtonLink, Card, DoorView, Fact, FactorCardState, Facts, Heading, Kind, Moment, Note, NoteView,
    OneButton, SessionView,
};
use crate::words::email_code as words;
use postern_core::model::Timestamp;

pub use super::mail_code::{Actions, AskRefusal, CodeRefusal};

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js"];

#[derive(Clone, Debug)]
pub struct EmailCodeView {
    pub doors: Vec<DoorView>,
    pub session: SessionView,
    pub here: &'static str,
    pub actions: Actions,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub enum Stage {
    Ask {
        /// What was typed before, given back when it was refused.
        typed: String,
        refusal: Option<AskRefusal>,
    },
    Sent(Sent),
    Proved {
        address: String,
        at: Timestamp,
        /// By the request before this one.
        just_now: bool,
        /// A code was typed that does not wait any more: another tab was first.
        stale: bool,
    },
}

pub fn email_code(page: EmailCodeView) -> impl IntoView {
    let EmailCodeView { doors, session, here, actions, stage } = page;
    let next = doors.iter().find(|door| door.state == FactorCardState::Next).copied();
    let content = match stage {
        Stage::Ask { typed, refusal } => ask(typed, refusal, actions).into_any(),
        Stage::Sent(sent) => {
            let [before, after] = words::SENT_TO;
            let address = sent.masked.clone();
            view! {
                <Heading title=words::SENT_HEADING>{before}<Address address=address />{after}</Heading>
                {sent.note().map(|note| view! { <Note note=note /> })}
                <SentCard sent=sent actions=actions />
            }
            .into_any()
        }
        Stage::Proved { address, at, just_now, stale } => {
            let note = if just_now {
                Some(NoteView::done(words::proved()))
            } else {
                stale.then(|| NoteView::info(words::no_code_waits()))
            };
            proved(address, at, note, next, actions).into_any()
        }
    };
    view! { <Beside doors=doors session=session here=here>{content}</Beside> }
}

fn ask(typed: String, refusal: Option<AskRefusal>, actions: Actions) -> impl IntoView {
    let refused = refusal.is_some_and(AskRefusal::concerns_the_field);
    view! {
        <Heading title=words::ASK_HEADING lede=words::ASK_LEDE />
        {refusal.map(|refusal| view! { <Note note=refusal.note() /> })}
        <AskCard send=actions.send typed=typed hint=words::ADDRESS_HINT refused=refused />
    }
}

fn proved(
    address: String,
    at: Timestamp,
    note: Option<NoteView>,
    next: Option<DoorView>,
    actions: Actions,
) -> impl IntoView {
    view! {
        <Heading title=words::PROVED_HEADING lede=words::PROVED_LEDE />
        {note.map(|note| view! { <Note note=note /> })}
        <Card>
            <Facts>
                <Fact name=words::PROVED_ADDRESS>
                    <Address address=address />
                </Fact>
                <Fact name=words::PROVED_AT>
                    <Moment at=at />
                </Fact>
            </Facts>
            <div class="actions">
                {next.map(|door| view! { <ButtonLink label=door.words.go_on href=door.path /> })}
                <OneButton once=true action=actions.resend label=words::AGAIN kind=Kind::Outlined />
                <OneButton action=actions.another label=words::ANOTHER kind=Kind::Quiet />
            </div>
        </Card>
    }
}
