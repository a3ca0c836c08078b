//! A custodian asks the others: the own share, why, and for how long.

use leptos::prelude::*;

use super::QuorumNote;
use super::session::from_picture;
use crate::pages::parts::{Card, Heading, Note, Plain, PostForm, Submit, TextArea, TextField};
use crate::words::quorum as words;
use postern_core::model::Secret;

#[derive(Clone, Debug)]
pub struct AskView {
    /// Where the form posts to. Fields: `share`, `why`, `lasts`.
    pub action: &'static str,
    /// What was typed so far.
    pub share: Secret<String>,
    pub why: String,
    /// Seconds.
    pub lasts: String,
    /// The path of the module that reads QR codes.
    pub reader: Option<String>,
    pub note: Option<QuorumNote>,
}

pub fn ask(page: AskView) -> impl IntoView {
    let AskView { action, share, why, lasts, reader, note } = page;
    let share_refused = note.as_ref().is_some_and(QuorumNote::concerns_the_share);
    let why_refused = note.as_ref().is_some_and(QuorumNote::concerns_the_reason);
    let choices = words::LASTINGS.map(|(secs, said)| {
        view! {
            <label class="choice">
                <input type="radio" name="lasts" value=secs checked=secs == lasts />
                <span>{said}</span>
            </label>
        }
    });
    view! {
        <Plain class="quorum">
            <Heading title=words::ASK_HEADING lede=words::ASK_LEDE />
            {note.map(|note| view! { <Note note=note.note() /> })}
            <Card>
                <PostForm once=true action=action class="stack">
                    <TextArea
                        label=words::YOUR_SHARE
                        name="share"
                        value=share.expose().clone()
                        rows=4
                        hint=words::YOUR_SHARE_HINT
                        refused=share_refused
                        mono=true
                    >
                        {reader.map(|reader| from_picture("share", reader))}
                    </TextArea>
                    <TextField
                        label=words::WHY
                        name="why"
                        value=why
                        autocomplete="off"
                        maxlength=200
                        hint=words::WHY_HINT
                        refused=why_refused
                    />
                    <fieldset>
                        <legend>{words::LASTS}</legend>
                        <div class="choices">{choices.collect_view()}</div>
                    </fieldset>
                    <Submit label=words::ASK />
                </PostForm>
            </Card>
        </Plain>
    }
}
