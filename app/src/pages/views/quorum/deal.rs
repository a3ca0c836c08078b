//! A secret, its custodians, and two buttons: one shows a code to compare, the other deals.

use leptos::prelude::*;

use super::QuorumNote;
use super::session::from_picture;
use crate::pages::parts::{
    ButtonLink, Card, Countdown, Digits, Disclosure, Heading, Kind, Note, Plain, PostForm, Submit, TextArea, TextField,
};
use crate::words::quorum as words;
use postern_core::model::Secret;

#[derive(Clone, Debug)]
pub struct DealView {
    /// Where the form posts to. Fields: `key`, `size`, `threshold`, `names`, `ages`; and `check` from the one button.
    pub action: &'static str,
    pub ask: &'static str,
    /// What was typed so far.
    pub key: Secret<String>,
    pub size: String,
    /// Custodians that there may be.
    pub max_size: u8,
    pub threshold: String,
    pub names: String,
    pub ages: String,
    /// The path of the module that reads QR codes.
    pub reader: Option<String>,
    pub note: Option<QuorumNote>,
    pub checked: Option<Checked>,
}

/// A code of the key, to compare.
#[derive(Clone, Debug)]
pub struct Checked {
    pub code: Secret<String>,
    pub left_secs: u64,
}

pub fn deal(page: DealView) -> impl IntoView {
    let DealView { action, ask, key, size, max_size, threshold, names, ages, reader, note, checked } = page;
    let concerns = |what: fn(&QuorumNote) -> bool| note.as_ref().is_some_and(what);
    let (key_refused, numbers_refused) =
        (concerns(QuorumNote::concerns_the_key), concerns(QuorumNote::concerns_the_numbers));
    let (ages_refused, names_refused) =
        (concerns(QuorumNote::concerns_the_age_keys), note == Some(QuorumNote::TooManyNames));
    let open = ages_refused || !ages.is_empty();
    view! {
        <Plain class="quorum">
            <Heading title=words::DEAL_HEADING lede=words::DEAL_LEDE />
            {note.map(|note| view! { <Note note=note.note() /> })}
            <Card>
                <PostForm once=true action=action class="stack">
                    <TextArea
                        label=words::KEY
                        name="key"
                        value=key.expose().clone()
                        maxlength=2048
                        hint=words::KEY_HINT
                        refused=key_refused
                        mono=true
                    >
                        {reader.map(|reader| from_picture("key", reader))}
                    </TextArea>
                    {checked.map(compare)}
                    <Submit label=words::CHECK name="check" kind=Kind::Outlined />
                    <div class="settings numbers">
                        <TextField
                            label=words::SIZE
                            name="size"
                            value=size
                            inputmode="numeric"
                            autocomplete="off"
                            maxlength=3
                            hint=words::size_hint(max_size)
                            refused=numbers_refused
                        />
                        <TextField
                            label=words::THRESHOLD
                            name="threshold"
                            value=threshold
                            inputmode="numeric"
                            autocomplete="off"
                            maxlength=3
                            hint=words::THRESHOLD_HINT
                            refused=numbers_refused
                        />
                    </div>
                    <TextArea
                        label=words::NAMES
                        name="names"
                        value=names
                        rows=5
                        maxlength=16_000
                        hint=words::NAMES_HINT
                        refused=names_refused
                    />
                    <Disclosure summary=words::AGE open=open>
                        <TextArea
                            label=words::AGE_KEYS
                            name="ages"
                            value=ages
                            rows=5
                            maxlength=20_000
                            hint=words::AGE_HINT
                            refused=ages_refused
                            mono=true
                        />
                    </Disclosure>
                    <Submit label=words::DEAL />
                </PostForm>
            </Card>
            <section class="section" aria-labelledby="ask-title">
                <h2 id="ask-title">{words::ASK_INSTEAD}</h2>
                <div class="actions">
                    <ButtonLink label=words::ASK_LINK href=ask kind=Kind::Outlined />
                </div>
            </section>
        </Plain>
    }
}

fn compare(Checked { code, left_secs }: Checked) -> AnyView {
    view! {
        <div class="compare" role="status">
            <h2>{words::CHECKED}</h2>
            <p>
                <Digits code=code.expose().clone() />
            </p>
            <p>{words::CHECKED_TEXT}</p>
            <p class="quiet" aria-live="off">
                <Countdown words=words::CHECKED_LEFT secs=left_secs />
            </p>
        </div>
    }
    .into_any()
}
