//! `/vault`. The page is the same for everybody: what is in a vault, its browser finds out by itself.

use leptos::prelude::*;

use super::document::page;
use super::views::vault::{self, SCRIPTS, VaultView};
use crate::portal::Answer;
use crate::web::front::Front;
use crate::web::path::Page;
use crate::words::vault as words;

pub fn vault_page() -> impl IntoView {
    page(Page::Vault, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let (portal, unused_days) = (front.portal().name().to_owned(), front.house.vaults.unused_days());
    Ok(vault::vault(VaultView { portal, unused_days }).into_any())
}
