//! A paired app: verify again, rename, remove.

use leptos::prelude::*;

use super::scan::hint;
use super::{Actions, CodeRefusal, SettingView};
use crate::model::Timestamp;
use crate::pages::parts::{
    ButtonLink, Card, CodeField, Disclosure, DoorView, Fact, Facts, Heading, Kind, Moment, Note, NoteView, OneButton,
    PostForm, Submit, TextField,
};
use crate::words::totp as words;

#[derive(Clone, Debug)]
pub struct Confirmed {
    pub name: String,
    pub setting: SettingView,
    pub added: Timestamp,
    pub last_used: Option<Timestamp>,
    pub next_code_secs: u64,
    pub note: Option<ConfirmedNote>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmedNote {
    Paired,
    Verified,
    Renamed,
    /// Holds what was typed.
    BadName(String),
    Refused(CodeRefusal),
}

impl ConfirmedNote {
    fn view(&self, digits: u8) -> NoteView {
        match self {
            Self::Paired => NoteView::done(words::paired()),
            Self::Verified => NoteView::done(words::verified()),
            Self::Renamed => NoteView::done(words::renamed()),
            Self::BadName(_) => NoteView::refused(words::bad_name()),
            Self::Refused(refusal) => refusal.note(digits),
        }
    }
}

pub(super) fn confirmed(stage: Confirmed, next: Option<DoorView>, actions: Actions) -> impl IntoView {
    let Confirmed { name, setting, added, last_used, next_code_secs, note } = stage;
    let refusal = match &note {
        Some(ConfirmedNote::Refused(refusal)) => Some(refusal),
        _ => None,
    };
    let hint = hint(refusal, next_code_secs, setting.period);
    let (tried, refused) = (refusal.is_some(), refusal.is_some_and(CodeRefusal::concerns_the_field));
    let (bad_name, typed) = match &note {
        Some(ConfirmedNote::BadName(typed)) => (true, typed.clone()),
        _ => (false, name.clone()),
    };
    // One filled button: the next door if there is one, else the code.
    let verify = if next.is_some() { Kind::Outlined } else { Kind::Filled };
    let used = match last_used {
        Some(at) => view! { <Moment at=at /> }.into_any(),
        None => words::NOT_USED.into_any(),
    };
    view! {
        <Heading title=words::CONFIRMED_HEADING lede=words::CONFIRMED_LEDE />
        {note.as_ref().map(|note| view! { <Note note=note.view(setting.digits) /> })}
        {next.map(|door| view! { <p class="next-step"><ButtonLink label=door.words.go_on href=door.path /></p> })}
        <Card>
            <PostForm action=actions.verify>
                <CodeField label=words::CODE refused=refused autofocus=tried hint=hint>
                    <Submit label=words::VERIFY kind=verify />
                </CodeField>
            </PostForm>
            <Facts>
                <Fact name=words::NAME>{name}</Fact>
                <Fact name=words::SETTING>{setting.said()}</Fact>
                <Fact name=words::ADDED>
                    <Moment at=added />
                </Fact>
                <Fact name=words::LAST_USED>{used}</Fact>
            </Facts>
            <Disclosure summary=words::RENAME open=bad_name>
                <PostForm action=actions.rename>
                    <TextField label=words::NEW_NAME name="name" value=typed maxlength=40 refused=bad_name autofocus=bad_name>
                        <Submit label=words::SAVE_NAME kind=Kind::Outlined />
                    </TextField>
                </PostForm>
            </Disclosure>
            <Disclosure summary=words::REMOVE>
                <p class="quiet">{words::REMOVE_TEXT}</p>
                <OneButton action=actions.remove label=words::REMOVE_NOW kind=Kind::Danger />
            </Disclosure>
        </Card>
    }
}
