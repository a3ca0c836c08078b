//! `/vault`. The page is the same for everybody: what is in a vault, its browser finds out by itself.

use leptos::prelude::*;

use super::document::page;
use super::views::vault::{self, SCRIPTS, VaultView};
use crate::portal::Answer;
use crate::web::context::RequestContext;
use crate::web::path::Page;
use crate::words::vault as words;

pub fn vault_page() -> impl IntoView {
    page(Page::Vault, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let (portal, unused_days) = (context.portal().name().to_owned(), context.app.vaults.unused_days());
    Ok(vault::vault(VaultView { portal, unused_days }).into_any())
}
