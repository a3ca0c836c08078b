//! The one page that ever shows an API secret.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, CopyBox, Heading, Note, NoteView, Plain};
use crate::words::clients as words;
use postern_core::model::Secret;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["copy.js"];

#[derive(Debug)]
pub struct SecretView {
    pub key: String,
    pub secret: Secret<String>,
    /// `scheme://host[:port]`.
    pub origin: String,
    /// Where one goes on once it is kept.
    pub back: &'static str,
}

pub fn secret(page: SecretView) -> impl IntoView {
    let SecretView { key, secret, origin, back } = page;
    let example = words::example(&origin, &key);
    view! {
        <Plain class="clients">
            <Heading title=words::SECRET_HEADING lede=words::SECRET_LEDE />
            <Note note=NoteView::wait(words::secret_warning()) />
            <Card class="secret-sheet">
                <CopyBox
                    id="api-secret"
                    text=secret.expose().clone()
                    label=words::SECRET
                    copy=words::COPY_SECRET
                    copied=words::COPIED
                    not_copied=words::NOT_COPIED
                />
                <CopyBox
                    id="api-key"
                    text=key
                    label=words::KEY
                    copy=words::COPY_KEY
                    copied=words::COPIED
                    not_copied=words::NOT_COPIED
                />
                <div class="aside">
                    <h2>{words::EXAMPLE}</h2>
                    <p class="quiet">{words::EXAMPLE_TEXT}</p>
                    <pre class="key example"><code>{example}</code></pre>
                </div>
            </Card>
            <p class="next-step"><ButtonLink label=words::KEPT href=back /></p>
        </Plain>
    }
}
