//! Before a key is made: the setting.

use leptos::prelude::*;

use super::{Actions, SettingView};
use crate::pages::parts::{Card, Disclosure, Heading, Note, NoteView, PostForm, Submit, TextField};
use crate::words::totp as words;

#[derive(Clone, Debug, Default)]
pub struct Choose {
    /// What was chosen before, or the default.
    pub setting: SettingView,
    pub note: Option<ChooseNote>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseNote {
    BadSetting,
    /// The key before this one waited too long.
    Expired,
    Removed,
}

impl ChooseNote {
    fn view(self) -> NoteView {
        match self {
            Self::BadSetting => NoteView::refused(words::bad_setting()),
            Self::Expired => NoteView::wait(words::secret_expired()),
            Self::Removed => NoteView::done(words::removed()),
        }
    }
}

pub fn choose(stage: Choose, actions: Actions) -> impl IntoView {
    let Choose { setting, note } = stage;
    let bad = note == Some(ChooseNote::BadSetting);
    let open = bad || setting != SettingView::default();
    let steps = words::STEPS.map(|step| view! { <li>{step}</li> }).collect_view();
    let algorithms =
        ["SHA1", "SHA256", "SHA512"].map(|it| choice("algorithm", it, it, it == setting.algorithm)).collect_view();
    let digits = ["6", "8"].map(|it| choice("digits", it, it, it == setting.digits.to_string())).collect_view();
    view! {
        <Heading title=words::CHOOSE_HEADING lede=words::CHOOSE_LEDE />
        {note.map(|note| view! { <Note note=note.view() /> })}
        <Card>
            <PostForm action=actions.begin class="stack">
                <ol class="steps">{steps}</ol>
                <Submit label=words::SHOW />
                <Disclosure summary=words::ADVANCED open=open>
                    <p class="quiet">{words::ADVANCED_WARNING}</p>
                    <div class="settings">
                        <fieldset>
                            <legend>{words::ALGORITHM}</legend>
                            <div class="choices">{algorithms}</div>
                        </fieldset>
                        <fieldset>
                            <legend>{words::DIGITS}</legend>
                            <div class="choices">{digits}</div>
                        </fieldset>
                        <TextField
                            label=words::INTERVAL
                            name="period"
                            value=setting.period.to_string()
                            inputmode="numeric"
                            maxlength=4
                            hint=words::INTERVAL_HINT
                            refused=bad
                        />
                    </div>
                </Disclosure>
            </PostForm>
        </Card>
    }
}

fn choice(name: &'static str, value: &'static str, label: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name value=value checked=checked />
            <span>{label}</span>
        </label>
    }
}
