//! The one page that ever shows the shares of a deal: a card each, and on paper a page each.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, CopyButton, Fact, Facts, Heading, Kind, Mark, Note, NoteView, Plain, QrCode};
use crate::words::quorum as words;
use crate::words::when;
use postern_core::model::{Secret, Timestamp};

#[derive(Debug)]
pub struct SharesView {
    /// What the portal calls itself.
    pub portal: String,
    /// `scheme://host[:port]`.
    pub origin: String,
    pub prefix: String,
    pub threshold: u8,
    pub dealt: Timestamp,
    /// In the order of their numbers.
    pub shares: Vec<ShareView>,
    /// Where the next deal begins.
    pub again: &'static str,
}

#[derive(Debug)]
pub struct ShareView {
    /// Of its custodian.
    pub name: String,
    /// A line, or an armored age file.
    pub text: Secret<String>,
    pub encrypted: bool,
}

pub fn shares(page: SharesView) -> impl IntoView {
    let SharesView { portal, origin, prefix, threshold, dealt, shares, again } = page;
    let size = shares.len();
    let deal = Deal { portal, origin, prefix, threshold, size, dealt };
    let cards = shares.into_iter().enumerate().map(|(at, share)| card(&deal, at + 1, share)).collect_view();
    view! {
        <Plain class="quorum shares-page">
            <Heading title=words::SHARES_HEADING />
            <Note note=NoteView::wait(words::nothing_is_kept(threshold, size)) />
            <p hidden=true data-print="" class="print-all">
                <button type="button" class="button filled">{words::PRINT}</button>
            </p>
            {cards}
            <p class="next-step"><ButtonLink label=words::DEAL_ANOTHER href=again kind=Kind::Outlined /></p>
        </Plain>
    }
}

/// What the shares have in common.
#[derive(Clone)]
struct Deal {
    portal: String,
    origin: String,
    prefix: String,
    threshold: u8,
    size: usize,
    dealt: Timestamp,
}

/// In its file stands what has `data-line`; of an encrypted one nothing but the file itself.
fn card(deal: &Deal, index: usize, ShareView { name, text, encrypted }: ShareView) -> AnyView {
    let (id, sheet) = (format!("share-{index}"), format!("sheet-{index}"));
    let file = words::file_name(&deal.prefix, index, encrypted);
    let how = if encrypted { words::how_to_decrypt(&file) } else { words::how_to(&deal.origin) };
    let line = (!encrypted).then_some("");
    let lines = text.expose().lines().map(|line| view! { <span data-line="">{line.to_owned()}"\n"</span> });
    let of = if encrypted { id.clone() } else { sheet.clone() };
    let (label, named) = (format!("{id}-label"), format!("{id}-name"));
    let which = words::share_of(&deal.portal, &deal.prefix, index, deal.size);
    let by_name = named.clone();
    let Deal { prefix, threshold, size, dealt, .. } = deal.clone();
    view! {
        <article class="card share" id=sheet aria-labelledby=by_name>
            <div class="share-head">
                <Mark />
                <div>
                    <h2 id=named data-line=line>{name}</h2>
                    <p class="quiet" data-line=line>{which}</p>
                </div>
            </div>
            <Facts>
                <Fact name=words::GROUP><code>{prefix}</code></Fact>
                <Fact name=words::NEEDED>{words::needed(threshold, size)}</Fact>
                <Fact name=words::DEALT>{when::day(dealt)}</Fact>
            </Facts>
            <div class="share-body">
                <QrCode text=text.expose().clone() label=words::QR_LABEL />
                <div class="key-box">
                    <p class="label" id=label.clone()>{words::SHARE}</p>
                    <p class="key one-piece" class:file=encrypted>
                        <code id=id.clone() aria-labelledby=label role="group" data-as-is="">{lines.collect_view()}</code>
                    </p>
                    <div class="keeping">
                        <CopyButton of=id copy=words::COPY copied=words::COPIED not_copied=words::NOT_COPIED />
                        <p hidden=true data-download=file data-of=of>
                            <button type="button" class="button outlined small">{words::DOWNLOAD}</button>
                        </p>
                    </div>
                </div>
            </div>
            <p class="sheet-for" data-line=line>{how}</p>
        </article>
    }
    .into_any()
}
