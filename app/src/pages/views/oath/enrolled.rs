//! A paired factor: verified again, renamed, removed.

use leptos::prelude::*;

use super::refusal::hint;
use super::{Actions, CodeRefusal};
use crate::pages::parts::{CodeField, Disclosure, Fact, Kind, Moment, OneButton, PostForm, Submit, TextField};
use crate::words::oath as words;
use postern_core::model::Timestamp;

#[derive(Clone, Debug)]
pub struct Enrolled {
    pub name: String,
    pub added: Timestamp,
    pub last_used: Option<Timestamp>,
    pub note: Option<EnrolledNote>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolledNote {
    Paired,
    Verified,
    /// Two codes brought it back in step.
    InStep,
    /// The two codes were refused, and why.
    NotInStep(CodeRefusal),
    Renamed,
    /// Holds what was typed.
    BadName(String),
    Refused(CodeRefusal),
}

impl EnrolledNote {
    const fn refusal(&self) -> Option<&CodeRefusal> {
        if let Self::Refused(refusal) = self { Some(refusal) } else { None }
    }
}

/// The code field, with one filled button a page: the next door if there is one, else the code.
#[component]
pub fn Verify(note: Option<EnrolledNote>, under: AnyView, quiet: bool, actions: Actions) -> impl IntoView {
    let refusal = note.as_ref().and_then(EnrolledNote::refusal);
    let refused = refusal.is_some_and(CodeRefusal::concerns_the_field);
    let (tried, hint) = (refusal.is_some(), hint(refusal, under));
    let kind = if quiet { Kind::Outlined } else { Kind::Filled };
    view! {
        <PostForm once=true action=actions.check>
            <CodeField label=words::CODE refused=refused autofocus=tried hint=hint>
                <Submit label=words::VERIFY kind=kind />
            </CodeField>
        </PostForm>
    }
}

#[component]
pub fn NameAndSetting(name: String, said: String) -> impl IntoView {
    view! {
        <Fact name=words::NAME>{name}</Fact>
        <Fact name=words::SETTING>{said}</Fact>
    }
}

#[component]
pub fn Times(added: Timestamp, last_used: Option<Timestamp>) -> impl IntoView {
    let used = match last_used {
        Some(at) => view! { <Moment at=at /> }.into_any(),
        None => words::NOT_USED.into_any(),
    };
    view! {
        <Fact name=words::ADDED>
            <Moment at=added />
        </Fact>
        <Fact name=words::LAST_USED>{used}</Fact>
    }
}

/// Rename and remove, each in its fold.
#[component]
pub fn Manage(name: String, note: Option<EnrolledNote>, remove: &'static str, actions: Actions) -> impl IntoView {
    let (bad, typed) = match note {
        Some(EnrolledNote::BadName(typed)) => (true, typed),
        _ => (false, name),
    };
    view! {
        <Disclosure summary=words::RENAME open=bad>
            <PostForm once=true action=actions.rename>
                <TextField label=words::NEW_NAME name="name" value=typed maxlength=40 refused=bad autofocus=bad>
                    <Submit label=words::SAVE_NAME kind=Kind::Outlined />
                </TextField>
            </PostForm>
        </Disclosure>
        <Disclosure summary=words::REMOVE>
            <p class="quiet">{words::REMOVE_TEXT}</p>
            <OneButton once=true action=actions.remove label=remove kind=Kind::Danger />
        </Disclosure>
    }
}
