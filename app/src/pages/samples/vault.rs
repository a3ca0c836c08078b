//! The vault as it leaves the portal: the same for everybody.

use super::document;
use crate::pages::views::vault::{VaultView, vault};
use crate::words::vault as words;

pub fn vaults(pages: &mut Vec<(String, String)>) {
    for (name, unused_days) in [("vault", None), ("vault-with-an-end", Some(400))] {
        let view = VaultView { portal: "Postern".to_owned(), unused_days };
        pages.push((name.to_owned(), document(words::TITLE, "/vault", move || vault(view))));
    }
}
