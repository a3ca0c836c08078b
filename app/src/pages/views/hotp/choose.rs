//! Before a key is made: the setting.

use leptos::prelude::*;

use super::SettingView;
use crate::pages::parts::{Card, Disclosure, Heading, Note, NoteView, PostForm, Submit, TextField};
use crate::pages::views::oath::{Actions, ChooseNote, CutFields};
use crate::words::hotp as words;
use crate::words::oath as shared;

#[derive(Clone, Debug, Default)]
pub struct Choose {
    /// What was chosen before, or the default.
    pub setting: SettingView,
    pub note: Option<ChooseNote>,
    /// The field that was refused.
    pub refused: Option<Refused>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Counter,
    LookAhead,
}

fn said(note: ChooseNote) -> NoteView {
    match note {
        ChooseNote::BadSetting => NoteView::refused(words::bad_setting()),
        ChooseNote::Expired => NoteView::wait(shared::secret_expired()),
        ChooseNote::Removed => NoteView::done(words::removed()),
    }
}

pub fn choose(stage: Choose, actions: Actions) -> impl IntoView {
    let Choose { setting, note, refused } = stage;
    let bad = note == Some(ChooseNote::BadSetting);
    let (bad_counter, bad_look_ahead) = (refused == Some(Refused::Counter), refused == Some(Refused::LookAhead));
    let open = bad || setting != SettingView::default();
    let steps = words::STEPS.map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <Heading title=words::CHOOSE_HEADING lede=words::CHOOSE_LEDE />
        {note.map(|note| view! { <Note note=said(note) /> })}
        <Card>
            <PostForm action=actions.begin class="stack">
                <ol class="steps">{steps}</ol>
                <Submit label=shared::SHOW />
                <Disclosure summary=words::ADVANCED open=open>
                    <p class="quiet">{words::ADVANCED_WARNING}</p>
                    <div class="settings">
                        <CutFields algorithm=setting.algorithm digits=setting.digits />
                        <TextField
                            label=words::COUNTER
                            name="counter"
                            value=setting.counter
                            inputmode="numeric"
                            maxlength=20
                            hint=words::COUNTER_HINT
                            refused=bad_counter
                        />
                        <TextField
                            label=words::LOOK_AHEAD
                            name="look_ahead"
                            value=setting.look_ahead
                            inputmode="numeric"
                            maxlength=4
                            hint=words::LOOK_AHEAD_HINT
                            refused=bad_look_ahead
                        />
                    </div>
                </Disclosure>
            </PostForm>
        </Card>
    }
}
