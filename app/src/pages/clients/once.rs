//! What the forms about keys answer once: a new secret, and what a rotation moved.

use leptos::prelude::*;

use super::super::document::standing_alone;
use super::super::views::clients::{self as views, RotatedView, SCRIPTS, SECRET_SCRIPTS, SecretView};
use super::{ACTIVATE, ROTATE};
use crate::client::Pair;
use crate::portal::Answer;
use crate::web::context::RequestContext;
use crate::web::form::{FormFields, FormResponse};
use crate::web::path::Page;
use crate::words::clients as words;
use postern_core::model::{ApiKey, Secret};

/// Activates a key of the visit's address: a page with its secret.
pub async fn activate(context: RequestContext, fields: FormFields) -> Answer<FormResponse> {
    let owner = context.app.clients.owner(&*context.state().await?).await?;
    let key = fields.required("key")?;
    let secret = context.app.clients.activate(context.visit.network, &owner.to_string(), key).await?;
    let view = SecretView {
        // As it is kept, however it was typed.
        key: key.parse::<ApiKey>().map_or_else(|_| key.to_owned(), |key| key.to_string()),
        secret: secret.to_text(),
        origin: context.app.origin.to_string(),
        back: Page::Clients.path(),
    };
    let inside = move || views::secret(view).into_any();
    let html = standing_alone(&context, ACTIVATE, words::SECRET_TITLE, SECRET_SCRIPTS, inside);
    Ok(FormResponse::Html(Secret::new(html)))
}

/// Moves what one pair opens to another: a page that counts. Needs no address, as whoever has both secrets may.
pub async fn rotate(context: RequestContext, fields: FormFields) -> Answer<FormResponse> {
    let old = Pair { key: fields.required("old_key")?, secret: fields.required("old_secret")? };
    let new = Pair { key: fields.required("new_key")?, secret: fields.required("new_secret")? };
    let moved = context.app.clients.rotate(context.visit.network, old, new).await?;
    let view = RotatedView {
        apps: (moved.totp_complete, moved.totp_incomplete),
        keys: (moved.keys_complete, moved.keys_incomplete),
        again: Page::RotateClient.path(),
        back: Page::Clients.path(),
    };
    let inside = move || views::rotated(view).into_any();
    let html = standing_alone(&context, ROTATE, words::ROTATED_TITLE, SCRIPTS, inside);
    Ok(FormResponse::Html(Secret::new(html)))
}
