//! The page that removes one factor, and says what that means.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, Heading, Kind, Note, NoteView, OneButton, Plain};
use crate::words::Message;
use crate::words::labels::FactorLabel;
use crate::words::remove_factor as words;

/// None is needed.
pub const SCRIPTS: &[&str] = &[];

#[derive(Clone, Debug)]
pub struct RemoveFactorView {
    /// Comes back in the field `factor`.
    pub id: String,
    pub way: FactorLabel,
    pub name: String,
    /// No second factor is left afterwards.
    pub last: bool,
    /// This session was opened with it.
    pub opened_this: bool,
    pub action: &'static str,
    pub back: &'static str,
}

pub fn remove_factor(page: RemoveFactorView) -> impl IntoView {
    let RemoveFactorView { id, way, name, last, opened_this, action, back } = page;
    let warning = last.then(|| view! { <Note note=NoteView::wait(Message::new(words::LAST_TITLE, words::LAST)) /> });
    let too = if way == FactorLabel::SecurityKey { words::KEY_TOO } else { words::CODES_TOO };
    view! {
        <Plain class="act">
            <Heading title=words::heading(&name) />
            {warning}
            <Card>
                <p>{words::AT_ONCE}</p>
                {opened_this.then(|| view! { <p><strong>{words::OPENED_THIS}</strong></p> })}
                <p class="quiet">{too}" "{words::MAIL}</p>
                <div class="actions">
                    <OneButton once=true action=action label=words::REMOVE kind=Kind::Danger hidden=vec![("factor", id)] />
                    <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
                </div>
            </Card>
        </Plain>
    }
}
