//! `/email-code`: ask for an address, type the code, proved.

use leptos::prelude::*;

use crate::model::Timestamp;
use crate::pages::parts::{
    Beside, ButtonLink, Card, CodeField, Countdown, DoorState, DoorView, Fact, Facts, Heading, Kind, Moment, Note,
    NoteView, OneButton, PostForm, SessionView, Submit, TextField,
};
use crate::words::{Said, email_code as words};

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js"];

/// Where the forms post to. Fields: `address` (send), `code` (check); the others have none.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub send: &'static str,
    pub check: &'static str,
    pub resend: &'static str,
    /// Forgets the address or the proof, and asks anew.
    pub another: &'static str,
}

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
    Sent {
        masked: String,
        tries_left: u32,
        expires_in_secs: u64,
        /// Zero: now.
        resend_in_secs: u64,
        /// How many digits the code has.
        digits: u8,
        /// A code was sent anew by the request before this one.
        fresh: bool,
        refusal: Option<CodeRefusal>,
    },
    Proved {
        address: String,
        at: Timestamp,
        /// By the request before this one.
        just_now: bool,
        /// A code was typed that does not wait any more: another tab was first.
        stale: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskRefusal {
    Missing,
    NotAnAddress,
    NotAscii,
    TooLong,
    TooSoon { wait_secs: u64 },
    TooMany { wait_secs: u64 },
    Blocked,
}

impl AskRefusal {
    fn note(self) -> NoteView {
        match self {
            Self::Missing => NoteView::refused(words::no_address()),
            Self::NotAnAddress => NoteView::refused(words::not_an_address()),
            Self::NotAscii => NoteView::refused(words::not_ascii()),
            Self::TooLong => NoteView::refused(words::address_too_long()),
            Self::TooSoon { wait_secs } => NoteView::wait(words::sent_too_soon(wait_secs)),
            Self::TooMany { wait_secs } => NoteView::wait(words::too_many_sends(wait_secs)),
            Self::Blocked => NoteView::refused(words::blocked()),
        }
    }

    const fn concerns_the_field(self) -> bool {
        matches!(self, Self::Missing | Self::NotAnAddress | Self::NotAscii | Self::TooLong)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    Missing,
    Malformed,
    Wrong,
    Expired,
    /// After five tries.
    Void,
    Throttled {
        wait_secs: u64,
    },
    TooSoon {
        wait_secs: u64,
    },
    TooMany {
        wait_secs: u64,
    },
}

impl CodeRefusal {
    fn note(self, digits: u8) -> NoteView {
        let refused: Said = match self {
            Self::Missing => words::no_code(),
            Self::Malformed => words::malformed(digits),
            Self::Wrong => words::wrong(),
            Self::Expired => words::expired(),
            Self::Void => words::void(),
            Self::Throttled { wait_secs } => return NoteView::wait(words::throttled(wait_secs)),
            Self::TooSoon { wait_secs } => return NoteView::wait(words::sent_too_soon(wait_secs)),
            Self::TooMany { wait_secs } => return NoteView::wait(words::too_many_sends(wait_secs)),
        };
        NoteView::refused(refused)
    }

    /// The code can open nothing any more.
    const fn is_final(self) -> bool {
        matches!(self, Self::Expired | Self::Void)
    }

    const fn concerns_the_field(self) -> bool {
        matches!(self, Self::Missing | Self::Malformed | Self::Wrong)
    }
}

pub fn email_code(page: EmailCodeView) -> impl IntoView {
    let EmailCodeView { doors, session, here, actions, stage } = page;
    let next = doors.iter().find(|door| door.state == DoorState::Next).copied();
    let content = match stage {
        Stage::Ask { typed, refusal } => ask(typed, refusal, actions).into_any(),
        Stage::Sent { masked, tries_left, expires_in_secs, resend_in_secs, digits, fresh, refusal } => {
            let note =
                refusal.map(|refusal| refusal.note(digits)).or_else(|| fresh.then(|| NoteView::info(words::fresh())));
            view! {
                <Heading title=words::SENT_HEADING lede=words::sent_to(&masked) />
                {note.map(|note| view! { <Note note=note /> })}
                {if refusal.is_some_and(CodeRefusal::is_final) {
                    dead_code(resend_in_secs, actions).into_any()
                } else {
                    let refused = refusal.is_some_and(CodeRefusal::concerns_the_field);
                    live_code(refused, tries_left, expires_in_secs, resend_in_secs, actions).into_any()
                }}
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
    view! {
        <Heading title=words::ASK_HEADING lede=words::ASK_LEDE />
        {refusal.map(|refusal| view! { <Note note=refusal.note() /> })}
        <Card>
            <PostForm action=actions.send>
                <TextField
                    label=words::ADDRESS
                    name="address"
                    value=typed
                    kind="email"
                    autocomplete="email"
                    hint=words::ADDRESS_HINT
                    refused=refusal.is_some_and(AskRefusal::concerns_the_field)
                    autofocus=true
                >
                    <Submit label=words::SEND />
                </TextField>
            </PostForm>
        </Card>
    }
}

fn live_code(refused: bool, tries_left: u32, expires: u64, resend_in: u64, actions: Actions) -> impl IntoView {
    let hint = view! {
        {words::SPACES}
        " "
        {if refused {
            view! { <strong>{words::tries_left(tries_left)}</strong> }.into_any()
        } else {
            words::tries_left(tries_left).into_any()
        }}
        " "
        <Countdown words=words::EXPIRES secs=expires />
    };
    view! {
        <Card>
            <PostForm action=actions.check>
                <CodeField label=words::CODE refused=refused autofocus=true hint=hint.into_any()>
                    <Submit label=words::CONFIRM />
                </CodeField>
            </PostForm>
            <div class="aside">
                <h2>{words::NOTHING_CAME}</h2>
                <p class="quiet">{words::LOOK}" "<Countdown words=words::RESEND_IN secs=resend_in /></p>
                <div class="actions">
                    <OneButton action=actions.resend label=words::RESEND kind=Kind::Outlined />
                    <OneButton action=actions.another label=words::ANOTHER kind=Kind::Quiet />
                </div>
            </div>
        </Card>
    }
}

fn dead_code(resend_in: u64, actions: Actions) -> impl IntoView {
    // Filled once pressing it does something.
    let resend = if resend_in == 0 { Kind::Filled } else { Kind::Outlined };
    view! {
        <Card>
            <p class="quiet"><Countdown words=words::RESEND_IN secs=resend_in /></p>
            <div class="actions">
                <OneButton action=actions.resend label=words::RESEND kind=resend />
                <OneButton action=actions.another label=words::ANOTHER kind=Kind::Quiet />
            </div>
        </Card>
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
                <Fact name=words::PROVED_ADDRESS>{address}</Fact>
                <Fact name=words::PROVED_AT>
                    <Moment at=at />
                </Fact>
            </Facts>
            <div class="actions">
                {next.map(|door| view! { <ButtonLink label=door.words.go_on href=door.path /> })}
                <OneButton action=actions.resend label=words::AGAIN kind=Kind::Outlined />
                <OneButton action=actions.another label=words::ANOTHER kind=Kind::Quiet />
            </div>
        </Card>
    }
}
