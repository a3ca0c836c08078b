//! A code by mail, wherever one is asked for: the address it goes to, then the code.

use leptos::prelude::*;

use crate::pages::parts::{Card, CodeField, Countdown, Kind, NoteView, OneButton, PostForm, Submit, TextField};
use crate::words::{Message, email_code as words};
use postern_core::model::SendLimit;

/// Where the forms post to. Fields: `address` (send), `code` (check); the others have none.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub send: &'static str,
    pub check: &'static str,
    pub resend: &'static str,
    /// Forgets the address or the proof, and asks anew.
    pub another: &'static str,
}

/// As [`Actions`], once a code is on its way.
#[derive(Clone, Copy, Debug)]
pub struct SentActions {
    pub check: &'static str,
    pub resend: &'static str,
    /// None where the address is not the person's to choose.
    pub another: Option<&'static str>,
}

impl From<Actions> for SentActions {
    fn from(Actions { check, resend, another, .. }: Actions) -> Self {
        Self { check, resend, another: Some(another) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskRefusal {
    Missing,
    NotAnAddress,
    NotAscii,
    TooLong,
    TooSoon { wait_secs: u64 },
    TooMany { wait_secs: u64, limit: SendLimit },
    Blocked,
}

impl AskRefusal {
    pub fn note(self) -> NoteView {
        match self {
            Self::Missing => NoteView::refused(words::no_address()),
            Self::NotAnAddress => NoteView::refused(words::not_an_address()),
            Self::NotAscii => NoteView::refused(words::not_ascii()),
            Self::TooLong => NoteView::refused(words::address_too_long()),
            Self::TooSoon { wait_secs } => NoteView::wait(words::sent_too_soon(wait_secs)),
            Self::TooMany { wait_secs, limit } => NoteView::wait(words::too_many_sends(limit, wait_secs)),
            Self::Blocked => NoteView::refused(words::blocked()),
        }
    }

    pub const fn concerns_the_field(self) -> bool {
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
        limit: SendLimit,
    },
}

impl CodeRefusal {
    fn note(self, digits: u8) -> NoteView {
        let refused: Message = match self {
            Self::Missing => words::no_code(),
            Self::Malformed => words::malformed(digits),
            Self::Wrong => words::wrong(),
            Self::Expired => words::expired(),
            Self::Void => words::void(),
            Self::Throttled { wait_secs } => return NoteView::wait(words::throttled(wait_secs)),
            Self::TooSoon { wait_secs } => return NoteView::wait(words::sent_too_soon(wait_secs)),
            Self::TooMany { wait_secs, limit } => return NoteView::wait(words::too_many_sends(limit, wait_secs)),
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

/// A code on its way.
#[derive(Clone, Debug)]
pub struct Sent {
    pub masked: String,
    pub tries_left: u32,
    pub expires_in_secs: u64,
    /// Zero: now.
    pub resend_in_secs: u64,
    /// How many digits the code has.
    pub digits: u8,
    /// A code was sent anew by the request before this one.
    pub fresh: bool,
    pub refusal: Option<CodeRefusal>,
}

impl Sent {
    pub fn note(&self) -> Option<NoteView> {
        let refused = self.refusal.map(|refusal| refusal.note(self.digits));
        refused.or_else(|| self.fresh.then(|| NoteView::info(words::fresh())))
    }
}

/// The address field with its button. `refused`: what was typed does not do.
#[component]
pub fn AskCard(
    send: &'static str,
    typed: String,
    #[prop(default = words::ADDRESS)] label: &'static str,
    hint: &'static str,
    refused: bool,
) -> impl IntoView {
    view! {
        <Card>
            <PostForm once=true action=send>
                <TextField
                    label=label
                    name="address"
                    value=typed
                    kind="email"
                    autocomplete="email"
                    hint=hint
                    refused=refused
                    autofocus=true
                >
                    <Submit label=words::SEND />
                </TextField>
            </PostForm>
        </Card>
    }
}

/// The code field while the code lives; else how to get a new one.
#[component]
pub fn SentCard(sent: Sent, #[prop(into)] actions: SentActions) -> impl IntoView {
    if sent.refusal.is_some_and(CodeRefusal::is_final) {
        dead_code(sent.resend_in_secs, actions).into_any()
    } else {
        live_code(sent, actions).into_any()
    }
}

fn live_code(sent: Sent, actions: SentActions) -> impl IntoView {
    let refused = sent.refusal.is_some_and(CodeRefusal::concerns_the_field);
    let tries_left = words::tries_left(sent.tries_left);
    let tries = if refused { view! { <strong>{tries_left}</strong> }.into_any() } else { tries_left.into_any() };
    let hint = view! {
        {words::SPACES}
        " "
        {tries}
        " "
        <Countdown words=words::EXPIRES secs=sent.expires_in_secs />
    };
    view! {
        <Card>
            <PostForm once=true action=actions.check>
                <CodeField label=words::CODE refused=refused autofocus=true hint=hint.into_any()>
                    <Submit label=words::CONFIRM />
                </CodeField>
            </PostForm>
            <div class="aside">
                <h2>{words::NOTHING_CAME}</h2>
                <p class="quiet">{words::LOOK}" "<Countdown words=words::RESEND_IN secs=sent.resend_in_secs /></p>
                {again(Kind::Outlined, actions)}
            </div>
        </Card>
    }
}

fn dead_code(resend_in: u64, actions: SentActions) -> impl IntoView {
    // Filled once pressing it does something.
    let resend = if resend_in == 0 { Kind::Filled } else { Kind::Outlined };
    view! {
        <Card>
            <p class="quiet"><Countdown words=words::RESEND_IN secs=resend_in /></p>
            {again(resend, actions)}
        </Card>
    }
}

fn again(resend: Kind, actions: SentActions) -> impl IntoView {
    let another = actions.another.map(|to| view! { <OneButton action=to label=words::ANOTHER kind=Kind::Quiet /> });
    view! {
        <div class="actions">
            <OneButton once=true action=actions.resend label=words::RESEND kind=resend />
            {another}
        </div>
    }
}
