//! `/outbox`, in a demo only: the letters that this session asked for.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, Heading, Kind, Moment, Plain};
use crate::words::outbox as words;
use postern_core::model::Timestamp;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js"];

#[derive(Clone, Debug)]
pub struct LetterView {
    pub subject: String,
    pub to: String,
    pub at: Timestamp,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct OutboxView {
    /// The newest first.
    pub letters: Vec<LetterView>,
    /// Links in letters lead only to addresses that begin so, as in `http://localhost:3000/`.
    pub origin: String,
    pub email_code: &'static str,
}

pub fn outbox(page: OutboxView) -> impl IntoView {
    let OutboxView { letters, origin, email_code } = page;
    let (label, kind) = if letters.is_empty() { (words::GO, Kind::Filled) } else { (words::BACK, Kind::Outlined) };
    let content = if letters.is_empty() {
        view! {
            <Card class="empty">
                <h2>{words::EMPTY_HEADING}</h2>
                <p class="quiet">{words::EMPTY}</p>
            </Card>
        }
        .into_any()
    } else {
        letters
            .into_iter()
            .map(|letter| view! { <Letter letter=letter origin=origin.clone() /> })
            .collect_view()
            .into_any()
    };
    view! {
        <Plain class="outbox">
            <Heading title=words::HEADING lede=words::LEDE />
            {content}
            <p><ButtonLink label=label href=email_code kind=kind /></p>
        </Plain>
    }
}

#[component]
fn Letter(letter: LetterView, origin: String) -> impl IntoView {
    let LetterView { subject, to, at, text } = letter;
    view! {
        <article class="card letter">
            <h2>{subject}</h2>
            <p class="quiet">{words::TO}" "{to}", "{words::WRITTEN}" "<Moment at=at /></p>
            <div class="letter-text">{with_links(&text, &origin)}</div>
        </article>
    }
}

/// The text as it is, but for links to ourselves.
fn with_links(text: &str, origin: &str) -> Vec<AnyView> {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let url = word.trim_end();
            if url.starts_with(origin) && url.len() > origin.len() {
                let space = word[url.len()..].to_owned();
                view! { <a href=url.to_owned()>{url.to_owned()}</a>{space} }.into_any()
            } else {
                word.to_owned().into_any()
            }
        })
        .collect()
}
