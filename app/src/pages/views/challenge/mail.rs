//! A code by mail, for accounts that have nothing else.

use leptos::prelude::*;

use crate::pages::parts::{Card, NoteView, OneButton};
use crate::pages::views::mail_code::{AskRefusal, Sent, SentActions, SentCard};
use crate::words::{challenge as words, email_code};

#[derive(Clone, Debug)]
pub struct MailChallenge {
    /// Posts nothing.
    pub send: &'static str,
    /// Posts the field `code`.
    pub check: &'static str,
    pub resend: &'static str,
    pub stage: MailStage,
}

#[derive(Clone, Debug)]
pub enum MailStage {
    Ask { masked: String, refusal: Option<AskRefusal> },
    Sent(Sent),
}

impl MailChallenge {
    pub(super) fn note(&self) -> Option<NoteView> {
        match &self.stage {
            MailStage::Ask { refusal, .. } => refusal.map(AskRefusal::note),
            MailStage::Sent(sent) => sent.note(),
        }
    }
}

pub(super) fn mail(challenge: MailChallenge) -> AnyView {
    let MailChallenge { send, check, resend, stage } = challenge;
    match stage {
        MailStage::Ask { masked, .. } => view! {
            <Card>
                <p>{words::mail_goes_to(&masked)}</p>
                <OneButton once=true action=send label=words::MAIL_SEND />
            </Card>
        }
        .into_any(),
        MailStage::Sent(sent) => {
            let to = email_code::SENT_TO.join(&sent.masked);
            view! {
                <p class="quiet">{to}</p>
                <SentCard sent=sent actions=SentActions { check, resend, another: None } />
            }
            .into_any()
        }
    }
}
