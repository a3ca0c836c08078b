//! Recovery codes, shown once: the answer to the form that makes them, and the sheet that is printed of it.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, Heading, Mark, OneButton, Plain};
use crate::words::recovery_codes as words;
use crate::words::when;
use postern_core::model::{Secret, Timestamp};

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
    /// They take the place of others when the form that posts the field `set` there says that they are saved.
    pub keep: Option<(&'static str, String)>,
    /// Where one goes on once they are saved, where there were none before.
    pub account: &'static str,
}

/// On paper and in the file stands what has `data-line`, and on paper the mark above it.
pub fn recovery_codes(page: RecoveryCodesView) -> impl IntoView {
    let RecoveryCodesView { codes, portal, address, made, keep, account } = page;
    let items =
        codes.expose().iter().map(|code| view! { <li><code data-line="">{code.clone()}</code></li> }).collect_view();
    let dated = format!("{}{}", words::MADE, when::day(made));
    let waits = keep.is_some().then(|| view! { <p><strong>{words::WAITS}</strong></p> });
    let go_on = match keep {
        Some((action, set)) => {
            view! { <OneButton once=true action=action label=words::KEPT hidden=vec![("set", set)] /> }.into_any()
        }
        None => view! { <p class="next-step"><ButtonLink label=words::KEPT href=account /></p> }.into_any(),
    };
    view! {
        <Plain class="codes-page">
            <Heading title=words::HEADING lede=words::LEDE />
            {waits}
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
            {go_on}
        </Plain>
    }
}
