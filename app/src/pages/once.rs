//! What is answered once, by the form that asked for it: recovery codes and the export of an account. The process calls
//! these from handlers of its own, as nothing of it may stand in a redirect, a note or a store.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::account::{AccountKeepCodes, NEW_CODES};
use super::document::standing_alone;
use super::views::recovery_codes::{self, RecoveryCodesView};
use crate::portal::{Answer, Export, No};
use crate::web::front::Front;
use crate::web::path::Page;
use crate::web::reply::refused;
use crate::words::recovery_codes as words;
use postern_core::model::{Refusal, Secret};

/// What comes of a form that is answered once.
pub enum Once<T> {
    Shown(T),
    /// Refused; a page tells why, or asks for a factor first.
    Elsewhere(Page),
}

/// A page with ten new codes.
pub async fn new_codes(front: &Front) -> Answer<Once<Secret<String>>> {
    let renewed = match front.portal().renew_recovery_codes(&front.visit).await {
        Ok(renewed) => renewed,
        Err(no) => return elsewhere(front, "codes", no).await,
    };
    let address = front.portal().look(&front.visit).await?.address()?;
    let codes = renewed.codes.iter().map(|code| code.expose().clone()).collect();
    let view = RecoveryCodesView {
        codes: Secret::new(codes),
        portal: front.portal().name().to_owned(),
        address: address.map(|address| address.to_string()).unwrap_or_default(),
        made: renewed.made_at,
        keep: renewed.waits.map(|set| (AccountKeepCodes::PATH, set.to_string())),
        account: Page::Account.path(),
    };
    let inside = move || recovery_codes::recovery_codes(view).into_any();
    let html = standing_alone(front, NEW_CODES, words::TITLE, recovery_codes::SCRIPTS, inside);
    Ok(Once::Shown(Secret::new(html)))
}

/// Everything that is kept of the account and can be told.
pub async fn export(front: &Front) -> Answer<Once<Export>> {
    match front.portal().export(&front.visit).await {
        Ok(export) => Ok(Once::Shown(export)),
        Err(no) => elsewhere(front, "export", no).await,
    }
}

async fn elsewhere<T>(front: &Front, act: &str, no: No) -> Answer<Once<T>> {
    match no {
        No::Refused(Refusal::NoSession) if !front.visit.is_signed_in() => Ok(Once::Elsewhere(Page::SignIn)),
        No::Refused(refusal) => {
            let typed = vec![("act".into(), act.to_owned())];
            Ok(Once::Elsewhere(refused(front, Page::Account, typed, refusal).await?))
        }
        fault @ No::Fault(_) => Err(fault),
    }
}
