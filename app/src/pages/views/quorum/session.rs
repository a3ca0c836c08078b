//! A session: as the custodians see it, and as the one who asked does.

use leptos::prelude::*;

use super::QuorumNote;
use crate::pages::parts::{
    AtEnd, ButtonLink, Card, CopyBox, Countdown, Digits, Disclosure, Fact, Facts, Heading, Kind, Moment, Note,
    NoteView, OneButton, Plain, PostForm, QrCode, Submit, TextArea, TimeRing,
};
use crate::quorum::{Progress, Refusal};
use crate::words::quorum as words;
use postern_core::model::{Secret, Timestamp};

#[derive(Clone, Debug)]
pub struct SessionView {
    /// This page's own path.
    pub here: String,
    /// Tells of every change (`text/event-stream`).
    pub events: String,
    pub now: Timestamp,
    pub progress: Progress,
    pub note: Option<QuorumNote>,
    pub role: Role,
}

#[derive(Clone, Debug)]
pub enum Role {
    Custodian {
        /// Where the form posts to. Field: `share`.
        action: String,
        /// What was typed as a share and refused.
        typed: Secret<String>,
        /// The path of the module that reads QR codes.
        reader: Option<String>,
    },
    /// The browser that has the session's private key.
    Dealer {
        link: String,
        /// Once enough agreed.
        code: Option<CodeView>,
        /// Enough agreed, but a share is forged.
        forged: bool,
        /// Ends the session, by a form.
        end: String,
    },
}

#[derive(Clone, Debug)]
pub struct CodeView {
    pub digits: Secret<String>,
    pub left_secs: u64,
    /// Of every code of this secret.
    pub period_secs: u64,
}

pub fn session(page: SessionView) -> impl IntoView {
    let SessionView { here, events, now, progress, note, role } = page;
    let (heading, lede) = match role {
        Role::Custodian { .. } => (words::CUSTODIAN_HEADING, words::CUSTODIAN_LEDE),
        Role::Dealer { code: Some(_), .. } => (words::CODE_HEADING, words::CODE_LEDE),
        Role::Dealer { .. } => (words::DEALER_HEADING, words::DEALER_LEDE),
    };
    let is_dealer = matches!(role, Role::Dealer { .. });
    let note = match &role {
        Role::Dealer { forged: true, .. } => Some(NoteView::refused(words::refused(&Refusal::Forged))),
        _ => note.as_ref().map(QuorumNote::note),
    };
    let facts = facts(&progress, now, is_dealer);
    let (again, shown) = (here.clone(), progress.told());
    let (code, rest) = match role {
        Role::Custodian { action, typed, reader } => {
            (None, custodian(&progress, action, (typed, reader), note.as_ref()))
        }
        Role::Dealer { link, code, end, .. } => (code.map(|code| show(code, here)), dealer(&progress, link, end)),
    };
    view! {
        <Plain class="quorum">
            <Heading title=heading lede=lede />
            {note.map(|note| view! { <Note note=note /> })}
            {code}
            <div id="live" data-events=events data-shown=shown data-whole=is_dealer.then_some("")>
                {facts}
            </div>
            {rest}
            <p class="quiet">{words::LIVE}" "<a href=again>{words::LOOK_AGAIN}</a></p>
        </Plain>
    }
}

/// What there is to know, kept right by `public/quorum.js`.
fn facts(progress: &Progress, now: Timestamp, is_dealer: bool) -> AnyView {
    let Progress { prefix, why, provided, waiting, threshold, ends_at, .. } = progress.clone();
    let who = (!is_dealer).then(|| {
        view! {
            <Fact name=words::WHO>
                {words::WHO_TEXT}" "<span class="badge unverified">{words::UNVERIFIED}</span>
            </Fact>
        }
    });
    let reason = if why.is_empty() { words::NO_REASON.to_owned() } else { why };
    view! {
        <Card>
            <Facts>
                {who}
                <Fact name=if is_dealer { words::REASON_OF_YOURS } else { words::REASON }>{reason}</Fact>
                <Fact name=words::GROUP><code>{prefix}</code></Fact>
                <Fact name=words::AGREED>
                    <span role="status">{words::agreed(provided, threshold, waiting)}</span>
                </Fact>
                <Fact name=words::UNTIL>
                    <Moment at=ends_at />
                    {words::left(now.secs_until(ends_at))}
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

fn custodian(
    progress: &Progress,
    action: String,
    (typed, reader): (Secret<String>, Option<String>),
    note: Option<&NoteView>,
) -> AnyView {
    if progress.is_complete() {
        return view! { <p class="complete">{words::COMPLETE}</p> }.into_any();
    }
    let refused = note.is_some_and(NoteView::is_alert);
    let (tek, command) = (progress.tek.clone(), words::command(&progress.tek));
    view! {
        <Card>
            <PostForm once=true action=action class="stack">
                <TextArea
                    label=words::SHARE_TO_GIVE
                    name="share"
                    value=typed.expose().clone()
                    rows=4
                    hint=words::SHARE_TO_GIVE_HINT
                    refused=refused
                    mono=true
                >
                    {reader.map(|reader| from_picture("share", reader))}
                </TextArea>
                <Submit label=words::AGREE />
            </PostForm>
            <Disclosure summary=words::ENCRYPT>
                <p class="quiet">{words::ENCRYPT_TEXT}</p>
                <pre class="key example"><code>{command}</code></pre>
                <CopyBox
                    id="tek"
                    text=tek
                    label=words::TEK
                    copy=words::COPY_TEK
                    copied=words::COPIED
                    not_copied=words::NOT_COPIED
                />
            </Disclosure>
        </Card>
    }
    .into_any()
}

fn dealer(progress: &Progress, link: String, end: String) -> AnyView {
    let dropped = (!progress.dropped.is_empty()).then(|| {
        let each = progress.dropped.iter().map(|refusal| view! { <li>{words::dropped(refusal)}</li> }).collect_view();
        view! {
            <section class="section" aria-labelledby="dropped-title">
                <h2 id="dropped-title">{words::DROPPED}</h2>
                <ul class="dropped">{each}</ul>
            </section>
        }
    });
    let others = (!progress.is_complete()).then(|| {
        view! {
            <Card>
                <div class="share-body">
                    <QrCode text=link.clone() label=words::LINK_QR_LABEL />
                    <CopyBox
                        id="link"
                        text=link
                        label=words::LINK
                        copy=words::COPY_LINK
                        copied=words::COPIED
                        not_copied=words::NOT_COPIED
                    />
                </div>
            </Card>
        }
    });
    view! {
        {others}
        {dropped}
        <div class="actions">
            <OneButton once=true action=end label=words::END kind=Kind::Danger />
            <span class="quiet">{words::END_TEXT}</span>
        </div>
    }
    .into_any()
}

fn show(CodeView { digits, left_secs, period_secs }: CodeView, here: String) -> AnyView {
    view! {
        <Card class="quorum-code">
            <h2>{words::CODE}</h2>
            <p class="code-line" role="status">
                <Digits code=digits.expose().clone() />
                <TimeRing left=left_secs period=period_secs />
            </p>
            <p class="quiet" aria-live="off">
                <Countdown words=words::CODE_LEFT secs=left_secs at_end=AtEnd::Reload />
            </p>
            <p>
                <ButtonLink label=words::FRESH href=here kind=Kind::Outlined />
            </p>
        </Card>
    }
    .into_any()
}

/// Hidden until `public/quorum.js` shows it: fills a field from a picture of a QR code, by the module that reads one.
pub(super) fn from_picture(field: &'static str, reader: String) -> AnyView {
    view! {
        <p class="copy picture" hidden=true data-picture=field data-reader=reader data-none=words::NO_PICTURE>
            <label class="button outlined small">
                {words::PICTURE} <input type="file" accept="image/*" class="unseen" />
            </label>
            <span class="copy-said" role="status"></span>
        </p>
    }
    .into_any()
}
