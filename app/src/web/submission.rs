//! The token of a form that must not run twice: one for each page that is rendered, in the hidden field of its forms.

use leptos::prelude::{provide_context, use_context};

use crate::portal::Portal;

/// What the hidden field is called.
pub const FIELD: &str = "submission";

/// The token of the page that is being rendered.
#[derive(Clone)]
struct PageToken(String);

/// Gives the page that is about to be rendered a token.
pub fn provide_token(portal: &Portal) {
    provide_context(PageToken(portal.submission_token().as_str().to_owned()));
}

/// The page's token; none where nobody renders it to be sent.
pub fn page_token() -> Option<String> {
    use_context::<PageToken>().map(|PageToken(token)| token)
}

/// Gives a sample page a token.
#[cfg(test)]
pub fn provide_sample_token() {
    provide_context(PageToken("1790000000-AAAAAAAAAAAAAAAAAAAAAA".to_owned()));
}
