//! What the forms about keys answer once: a new secret, and what a rotation moved. The process calls these from handlers
//! of its own.

use leptos::prelude::*;
use serde::Deserialize;

use super::super::document::standing_alone;
use super::super::once::Once;
use super::super::views::clients::{self as views, RotatedView, SCRIPTS, SECRET_SCRIPTS, SecretView};
use super::{ACTIVATE, ROTATE};
use crate::client::Pair;
use crate::portal::{Answer, No};
use crate::web::front::Front;
use crate::web::note::Typed;
use crate::web::path::Page;
use crate::web::reply::refused;
use crate::words::clients as words;
use postern_core::model::{ApiKey, Refusal, Secret};

/// What activates a key.
#[derive(Deserialize)]
pub struct KeyForm {
    key: Option<String>,
}

/// What rotates one client to another.
#[derive(Deserialize)]
pub struct PairsForm {
    old_key: Option<String>,
    old_secret: Option<String>,
    new_key: Option<String>,
    new_secret: Option<String>,
}

/// Activates a key of the visit's address: a page with its secret.
pub async fn activate(front: &Front, typed: KeyForm) -> Answer<Once<Secret<String>>> {
    let key = typed.key.unwrap_or_default();
    let activated = async {
        let owner = front.house.clients.owner(&front.visit).await?;
        if key.trim().is_empty() {
            return Err(Refusal::Missing.into());
        }
        front.house.clients.activate(front.visit.network, &owner.to_string(), &key).await
    };
    let secret = match activated.await {
        Ok(secret) => secret.to_text(),
        Err(no) => return elsewhere(front, Page::Clients, vec![("key".into(), key)], no).await,
    };
    let view = SecretView {
        // As it is kept, however it was typed.
        key: key.parse::<ApiKey>().map_or(key, |key| key.to_string()),
        secret,
        origin: front.house.origin.to_string(),
        back: Page::Clients.path(),
    };
    let inside = move || views::secret(view).into_any();
    let html = standing_alone(front, ACTIVATE, words::SECRET_TITLE, SECRET_SCRIPTS, inside);
    Ok(Once::Shown(Secret::new(html)))
}

/// Moves what one pair opens to another: a page that counts. Needs no address, as whoever has both secrets may.
pub async fn rotate(front: &Front, typed: PairsForm) -> Answer<Once<Secret<String>>> {
    let text = Option::unwrap_or_default;
    let (old_key, new_key) = (text(typed.old_key), text(typed.new_key));
    let (old_secret, new_secret) = (text(typed.old_secret), text(typed.new_secret));
    let rotated = async {
        if [&old_key, &old_secret, &new_key, &new_secret].iter().any(|field| field.trim().is_empty()) {
            return Err(Refusal::Missing.into());
        }
        let old = Pair { key: &old_key, secret: &old_secret };
        let new = Pair { key: &new_key, secret: &new_secret };
        front.house.clients.rotate(front.visit.network, old, new).await
    };
    let moved = match rotated.await {
        Ok(moved) => moved,
        Err(no) => {
            let typed = vec![("old_key".into(), old_key), ("new_key".into(), new_key)];
            return elsewhere(front, Page::RotateClient, typed, no).await;
        }
    };
    let view = RotatedView {
        apps: (moved.totp_complete, moved.totp_incomplete),
        keys: (moved.keys_complete, moved.keys_incomplete),
        again: Page::RotateClient.path(),
        back: Page::Clients.path(),
    };
    let inside = move || views::rotated(view).into_any();
    let html = standing_alone(front, ROTATE, words::ROTATED_TITLE, SCRIPTS, inside);
    Ok(Once::Shown(Secret::new(html)))
}

/// A refusal is told by the page that the form stands on.
async fn elsewhere<T>(front: &Front, page: Page, typed: Typed, no: No) -> Answer<Once<T>> {
    match no {
        No::Refused(refusal) => Ok(Once::Elsewhere(refused(front, page, typed, refusal).await?)),
        fault @ No::Fault(_) => Err(fault),
    }
}
