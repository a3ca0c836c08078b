//! Asked for a second factor, in sign-in and in step-up: one way in the middle, the others under it.

mod code;
mod key;
mod mail;
mod recovery;
mod ways;

use leptos::prelude::*;

use crate::pages::parts::{Card, Note, NoteView};
use crate::words::challenge as words;
use crate::words::labels::FactorLabel;

pub use super::oath::CodeRefusal;
pub use code::CodeChallenge;
pub use key::{KeyChallenge, KeyRefusal};
pub use mail::{MailChallenge, MailStage};
pub use recovery::{RecoveryChallenge, RecoveryRefusal};
pub use ways::{ChoiceState, ChoiceView};

/// What of `public/` a page with a challenge loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js", "security-key.js"];

#[derive(Clone, Debug)]
pub struct ChallengeView {
    /// What the account has, in the order to be shown: strongest first, recovery codes last.
    pub choices: Vec<ChoiceView>,
    pub current: Current,
    /// Whom to ask when everything is lost.
    pub support: Option<String>,
}

/// The way that is asked for.
#[derive(Clone, Debug)]
pub enum Current {
    SecurityKey(KeyChallenge),
    Totp(CodeChallenge),
    Hotp(CodeChallenge),
    RecoveryCode(RecoveryChallenge),
    EmailCode(MailChallenge),
}

impl Current {
    const fn way(&self) -> FactorLabel {
        match self {
            Self::SecurityKey(_) => FactorLabel::SecurityKey,
            Self::Totp(_) => FactorLabel::Totp,
            Self::Hotp(_) => FactorLabel::Hotp,
            Self::RecoveryCode(_) => FactorLabel::RecoveryCode,
            Self::EmailCode(_) => FactorLabel::EmailCode,
        }
    }

    /// `others` are there to be used instead.
    fn note(&self, others: bool) -> Option<NoteView> {
        if self.is_shut() {
            return Some(NoteView::refused(words::shut(others)));
        }
        match self {
            Self::SecurityKey(key) => key.note(),
            Self::Totp(code) | Self::Hotp(code) => code.note(self.way()),
            Self::RecoveryCode(code) => code.refusal.map(RecoveryRefusal::note),
            Self::EmailCode(mail) => mail.note(),
        }
    }

    fn is_shut(&self) -> bool {
        match self {
            Self::SecurityKey(key) => key.refusal == Some(KeyRefusal::Blocked),
            Self::Totp(code) | Self::Hotp(code) => code.refusal == Some(CodeRefusal::Blocked),
            Self::RecoveryCode(code) => code.refusal == Some(RecoveryRefusal::Blocked),
            Self::EmailCode(_) => false,
        }
    }
}

/// Everything below the page's heading, note first.
pub fn challenge(page: ChallengeView) -> AnyView {
    let ChallengeView { choices, current, support } = page;
    let way = current.way();
    let name = choices.iter().find(|choice| choice.way == way).and_then(|choice| choice.name.clone());
    let others: Vec<_> = choices.into_iter().filter(|choice| choice.way != way).collect();
    let open = others.iter().any(|choice| choice.state == ChoiceState::Open);
    let note = current.note(open);
    let shut = current.is_shut();
    let middle = match current {
        _ if shut => None,
        Current::SecurityKey(key) => return key_in_the_middle(key, note, name, others, support),
        Current::Totp(code) => Some(titled(way, name, code::code(code, words::TOTP_CODE))),
        Current::Hotp(code) => Some(titled(way, name, code::code(code, words::HOTP_CODE))),
        Current::RecoveryCode(code) => Some(titled(way, name, recovery::recovery(code))),
        Current::EmailCode(mail) => Some(mail::mail(mail)),
    };
    view! {
        {note.map(|note| view! { <Note note=note /> })}
        {middle}
        {ways::others(others, way != FactorLabel::EmailCode, support)}
    }
    .into_any()
}

/// Its note stands where the script puts its own.
fn key_in_the_middle(
    key: KeyChallenge,
    note: Option<NoteView>,
    name: Option<String>,
    others: Vec<ChoiceView>,
    support: Option<String>,
) -> AnyView {
    let around = key::around(note, key.origin.clone(), others.iter().any(|choice| choice.state == ChoiceState::Open));
    view! {
        {around}
        {titled(FactorLabel::SecurityKey, name, key::key(&key))}
        {ways::others(others, true, support)}
    }
    .into_any()
}

/// A card with the way's name on it, and what its owner calls it.
fn titled(way: FactorLabel, name: Option<String>, inside: AnyView) -> AnyView {
    let own = name.filter(|name| name != way.name() && way != FactorLabel::RecoveryCode);
    let name = own.map(|name| view! { <span class="quiet">{name}</span> });
    view! {
        <Card class="challenge">
            <div class="challenge-head">
                <h2>{way.name()}</h2>
                {name}
            </div>
            {inside}
        </Card>
    }
    .into_any()
}
