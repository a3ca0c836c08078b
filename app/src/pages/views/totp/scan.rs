//! A key that waits for its first code.

use leptos::prelude::*;

use super::{Actions, CodeRefusal, SettingView};
use crate::pages::parts::{
    AtEnd, Card, CodeField, Countdown, Disclosure, Heading, KeyBox, Kind, Note, NoteView, OneButton, PostForm, QrCode,
    Submit,
};
use crate::words::totp as words;

#[derive(Clone, Debug)]
pub struct Scan {
    /// What the QR code holds, and where the link for this device leads.
    pub uri: String,
    /// Base32 without spaces or padding.
    pub key: String,
    pub setting: SettingView,
    /// Until the next step.
    pub next_code_secs: u64,
    /// Until the key dies unconfirmed.
    pub expires_in_secs: u64,
    pub refusal: Option<CodeRefusal>,
}

impl CodeRefusal {
    pub(super) fn note(&self, digits: u8) -> NoteView {
        match self {
            Self::Missing => NoteView::refused(words::no_code()),
            Self::Malformed => NoteView::refused(words::malformed(digits)),
            Self::Wrong { .. } => NoteView::refused(words::wrong()),
            Self::Replayed { next_secs } => NoteView::refused(words::replayed(*next_secs)),
            Self::Throttled { wait_secs } => NoteView::wait(words::throttled(*wait_secs)),
            Self::Blocked => NoteView::refused(words::blocked()),
            Self::ClockOff { secs, ahead, .. } => NoteView::refused(words::clock_off(*secs, *ahead)),
            Self::SettingIgnored { ignored, .. } => NoteView::refused(words::setting_ignored(ignored)),
        }
    }

    /// Something about what was typed, not about when.
    pub(super) const fn concerns_the_field(&self) -> bool {
        !matches!(self, Self::Throttled { .. } | Self::Blocked)
    }

    const fn tries_left(&self) -> Option<u32> {
        match self {
            Self::Wrong { tries_left }
            | Self::ClockOff { tries_left, .. }
            | Self::SettingIgnored { tries_left, .. } => Some(*tries_left),
            _ => None,
        }
    }
}

/// Under the code field, here and once confirmed: how long to wait, how many tries, when the next code comes.
pub(super) fn hint(refusal: Option<&CodeRefusal>, next_code_secs: u64, period: u64) -> AnyView {
    if let Some(CodeRefusal::Throttled { wait_secs }) = refusal {
        return view! { <Countdown words=words::TRY_IN secs=*wait_secs /> }.into_any();
    }
    let tries = refusal.and_then(CodeRefusal::tries_left).map(|n| view! { <strong>{words::tries_left(n)}</strong>" " });
    view! {
        {tries}
        <Countdown words=words::NEXT_CODE secs=next_code_secs at_end=AtEnd::Again(period) />
    }
    .into_any()
}

pub(super) fn scan(stage: Scan, actions: Actions) -> impl IntoView {
    let Scan { uri, key, setting, next_code_secs, expires_in_secs, refusal } = stage;
    let refused = refusal.as_ref().is_some_and(CodeRefusal::concerns_the_field);
    let ignored = matches!(refusal, Some(CodeRefusal::SettingIgnored { .. }));
    let hint = hint(refusal.as_ref(), next_code_secs, setting.period);
    view! {
        <Heading title=words::SCAN_HEADING lede=words::scan_lede(setting.period) />
        {refusal.as_ref().map(|refusal| view! { <Note note=refusal.note(setting.digits) /> })}
        <Card>
            <div class="scan-card">
                <QrCode text=uri.clone() label=words::QR_LABEL />
                <div class="scan-side">
                    <KeyBox
                        key=key
                        label=words::NO_CAMERA
                        copy=words::COPY
                        copied=words::COPIED
                        not_copied=words::NOT_COPIED
                    />
                    <p class="quiet small">{setting.said()}" \u{b7} "<a href=uri>{words::OPEN_IN_APP}</a></p>
                    <PostForm action=actions.confirm>
                        <CodeField label=words::CODE refused=refused autofocus=refusal.is_some() hint=hint>
                            <Submit label=words::CONFIRM />
                        </CodeField>
                    </PostForm>
                </div>
            </div>
            <Disclosure summary=words::OVER_AGAIN open=ignored>
                <p class="quiet"><Countdown words=words::KEY_LASTS secs=expires_in_secs /></p>
                <p class="quiet">{words::OVER_AGAIN_TEXT}</p>
                <OneButton action=actions.start_over label=words::START_OVER kind=Kind::Outlined />
            </Disclosure>
        </Card>
    }
}
