//! Moving a client's records to another key and secret, and what came of it.

use leptos::prelude::*;

use super::disable::pair;
use super::note::ClientNote;
use crate::pages::parts::{ButtonLink, Card, Fact, Facts, Heading, Kind, Note, NoteView, Plain, PostForm, Submit};
use crate::words::Message;
use crate::words::clients as words;

#[derive(Clone, Debug)]
pub struct RotateView {
    /// Fields: `old_key`, `old_secret`, `new_key`, `new_secret`. Answers with the page of what moved itself.
    pub action: &'static str,
    /// Keys are given back when they were refused, secrets never.
    pub old_key: String,
    pub new_key: String,
    pub note: Option<ClientNote>,
    pub back: &'static str,
}

pub fn rotate(page: RotateView) -> impl IntoView {
    let RotateView { action, old_key, new_key, note, back } = page;
    let refused = note.as_ref().is_some_and(ClientNote::concerns_a_pair);
    view! {
        <Plain class="clients act">
            <Heading title=words::ROTATE_HEADING lede=words::ROTATE_LEDE />
            {note.map(|note| view! { <Note note=note.note() /> })}
            <Card>
                <p>{words::ROTATE_FIRST}</p>
                <PostForm once=true action=action class="stack">
                    <fieldset class="pair">
                        <legend>{words::ROTATE_OLD}</legend>
                        {pair(("old_key", "old_secret"), (words::OLD_KEY, words::OLD_SECRET), old_key, refused)}
                    </fieldset>
                    <fieldset class="pair">
                        <legend>{words::ROTATE_NEW}</legend>
                        {pair(("new_key", "new_secret"), (words::NEW_KEY, words::NEW_SECRET), new_key, refused)}
                    </fieldset>
                    <div class="actions">
                        <Submit label=words::ROTATE_NOW />
                        <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
                    </div>
                </PostForm>
            </Card>
        </Plain>
    }
}

/// What moved, and what is left.
#[derive(Clone, Copy, Debug)]
pub struct RotatedView {
    /// Users with an authenticator app: moved, left.
    pub apps: (u64, u64),
    /// Users with security keys: moved, left.
    pub keys: (u64, u64),
    pub again: &'static str,
    pub back: &'static str,
}

pub fn rotated(page: RotatedView) -> impl IntoView {
    let RotatedView { apps, keys, again, back } = page;
    let is_done = apps.1 + keys.1 == 0;
    let heading = if is_done { words::ROTATED_HEADING } else { words::PARTLY_HEADING };
    let said = if is_done {
        NoteView::done(Message::new(words::ROTATED_NOTE, words::ROTATED_TEXT))
    } else {
        NoteView::wait(Message::new(words::PARTLY_NOTE, words::PARTLY_TEXT))
    };
    let kind = if is_done { Kind::Filled } else { Kind::Quiet };
    view! {
        <Plain class="clients act">
            <Heading title=heading />
            <Note note=said />
            <Card>
                <Facts>
                    <Fact name=words::MOVED_APPS>{words::moved(apps.0, apps.1)}</Fact>
                    <Fact name=words::MOVED_KEYS>{words::moved(keys.0, keys.1)}</Fact>
                </Facts>
                <div class="actions">
                    {(!is_done).then(|| view! { <ButtonLink label=words::ROTATE_AGAIN href=again /> })}
                    <ButtonLink label=words::TO_KEYS href=back kind=kind />
                </div>
            </Card>
        </Plain>
    }
}
