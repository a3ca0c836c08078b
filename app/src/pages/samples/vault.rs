//! The vault as it leaves the portal: the same for everybody.

use super::document;
use crate::pages::views::vault::{VaultView, vault};
use crate::words::vault as words;

pub fn vaults(pages: &mut Vec<(String, String)>) {
    let view = VaultView { portal: "Postern".to_owned() };
    pages.push(("vault".to_owned(), document(words::TITLE, "/vault", move || vault(view))));
}
