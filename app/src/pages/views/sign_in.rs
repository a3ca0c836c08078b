//! `/sign-in`: an address, the code that went there, the second factor.

use leptos::prelude::*;

use super::challenge::{self, ChallengeView};
use super::mail_code::{Actions, AskCard, AskRefusal, Sent, SentCard};
use crate::pages::parts::{Card, FactorCardState, Heading, Kind, Note, NoteView, OneButton, Plain, StepView, Steps};
use crate::words::{email_code, sign_in as words};
use postern_core::model::Timestamp;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = challenge::SCRIPTS;

#[derive(Clone, Debug)]
pub struct SignInView {
    /// `another` also gives up a sign-in that waits for its second factor.
    pub actions: Actions,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub enum Stage {
    Ask {
        /// What was typed before, given back when it was refused.
        typed: String,
        refusal: Option<AskRefusal>,
        note: Option<SignInNote>,
    },
    Sent(Sent),
    /// The mail code was right, and the account has a second factor.
    Second {
        /// As it was typed.
        address: String,
        /// When the mail code was right.
        mail_at: Timestamp,
        challenge: ChallengeView,
    },
    /// The mail code was right, and that is all there is: nobody makes an account here by themselves.
    NoAccount {
        masked: String,
        /// Whom to ask.
        support: Option<String>,
    },
}

/// Why the page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNote {
    SignedOut,
    AccountDeleted,
    /// Ten minutes without the second factor.
    RanOut,
    /// An account for this address is being made, or was about to be.
    Busy,
    /// An account gave this address up a short while ago, and can restore it until then.
    Replaced(Timestamp),
}

impl SignInNote {
    fn note(self) -> NoteView {
        match self {
            Self::SignedOut => NoteView::done(words::signed_out()),
            Self::AccountDeleted => NoteView::done(words::account_deleted()),
            Self::RanOut => NoteView::wait(words::ran_out()),
            Self::Replaced(until) => NoteView::wait(words::replaced(until)),
            Self::Busy => NoteView::wait(words::busy()),
        }
    }
}

pub fn sign_in(page: SignInView) -> impl IntoView {
    let SignInView { actions, stage } = page;
    let content = match stage {
        Stage::Ask { typed, refusal, note } => ask(typed, refusal, note, actions),
        Stage::Sent(sent) => view! {
            {steps(None)}
            <Heading title=email_code::SENT_HEADING lede=email_code::SENT_TO.join(&sent.masked) />
            {sent.note().map(|note| view! { <Note note=note /> })}
            <SentCard sent=sent actions=actions />
        }
        .into_any(),
        Stage::Second { address, mail_at, challenge } => view! {
            {steps(Some(mail_at))}
            <Heading title=words::SECOND_HEADING lede=words::second_lede(&address) />
            {challenge::challenge(challenge)}
            <div class="way-out">
                <span class="quiet">{words::NOT_YOU}</span>
                <OneButton action=actions.another label=words::START_OVER kind=Kind::Quiet />
            </div>
        }
        .into_any(),
        Stage::NoAccount { masked, support } => view! {
            <Heading title=words::NO_ACCOUNT_HEADING lede=words::no_account_lede(&masked) />
            <Card>
                <p>{words::ask_for_one(support.as_deref())}</p>
                <OneButton action=actions.another label=words::ANOTHER kind=Kind::Outlined />
            </Card>
        }
        .into_any(),
    };
    view! { <Plain class="sign-in">{content}</Plain> }
}

fn ask(typed: String, refusal: Option<AskRefusal>, note: Option<SignInNote>, actions: Actions) -> AnyView {
    let refused = refusal.is_some_and(AskRefusal::concerns_the_field);
    let note = refusal.map(AskRefusal::note).or_else(|| note.map(SignInNote::note));
    view! {
        {steps(None)}
        <Heading title=words::ASK_HEADING lede=words::ASK_LEDE />
        {note.map(|note| view! { <Note note=note /> })}
        <AskCard send=actions.send typed=typed hint=words::ADDRESS_HINT refused=refused />
    }
    .into_any()
}

/// Both doors from the start: whether an address has a second factor is nobody's business before its mail was read.
fn steps(mail_at: Option<Timestamp>) -> AnyView {
    let (mail, second) = match mail_at {
        None => ((FactorCardState::Next, words::STEP_NOW), (FactorCardState::Closed, words::STEP_IF_ANY)),
        Some(at) => ((FactorCardState::Passed(at), words::STEP_PASSED), (FactorCardState::Next, words::STEP_NOW)),
    };
    let steps = vec![
        StepView { state: mail.0, name: words::FIRST_STEP, small: mail.1 },
        StepView { state: second.0, name: words::SECOND_STEP, small: second.1 },
    ];
    view! { <Steps steps=steps label=words::STEPS_LABEL /> }.into_any()
}
