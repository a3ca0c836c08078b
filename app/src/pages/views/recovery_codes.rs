//! Recovery codes, shown once: the answer to the form that makes them, and the sheet that is printed of it.

use leptos::prelude::*;

use crate::model::{Secret, Timestamp};
use crate::pages::parts::{ButtonLink, Card, Heading, Mark, Plain};
use crate::words::recovery_codes as words;
use crate::words::when;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["copy.js", "save.js"];

#[derive(Clone, Debug)]
pub struct RecoveryCodesView {
    /// `k7qm-x3fp-9t2w-hc4v-b8nd`
    pub codes: Secret<Vec<String>>,
    /// What the portal calls itself.
    pub portal: String,
    pub address: String,
    pub made: Timestamp,
    /// Where one goes on once they are kept.
    pub account: &'static str,
}

/// On paper and in the file stands what has `data-line`, and on paper the mark above it.
pub fn recovery_codes(page: RecoveryCodesView) -> impl IntoView {
    let RecoveryCodesView { codes, portal, address, made, account } = page;
    let items =
        codes.expose().iter().map(|code| view! { <li><code data-line="">{code.clone()}</code></li> }).collect_view();
    let dated = format!("{}{}", words::MADE, when::day(made));
    view! {
        <Plain class="codes-page">
            <Heading title=words::HEADING lede=words::LEDE />
            <Card class="sheet">
                <div class="sheet-head">
                    <Mark />
                    <div>
                        <p class="sheet-title" data-line="">{words::sheet_title(&portal)}</p>
                        <p class="quiet" data-line="">{words::of_account(&address)}</p>
                        <p class="quiet" data-line="">{dated}</p>
                    </div>
                </div>
                <ol class="codes" id="codes" aria-label=words::LIST>{items}</ol>
                <p class="sheet-for" data-line="">{words::FOR}</p>
                <div class="keeping">
                    <p class="copy" hidden=true data-copy="codes" data-copied=words::COPIED data-not-copied=words::NOT_COPIED>
                        <button type="button" class="button outlined">{words::COPY}</button>
                        <span class="copy-said" role="status"></span>
                    </p>
                    <p hidden=true data-download=words::FILE data-of="page">
                        <button type="button" class="button outlined">{words::DOWNLOAD}</button>
                    </p>
                    <p hidden=true data-print="">
                        <button type="button" class="button outlined">{words::PRINT}</button>
                    </p>
                </div>
            </Card>
            <p class="next-step"><ButtonLink label=words::KEPT href=account /></p>
        </Plain>
    }
}
