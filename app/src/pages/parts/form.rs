//! Plain forms that post. The browser's own checks stay off: our words say what is wrong.

use leptos::prelude::*;

use super::{Kind, Submit};
use crate::web::submission::{FIELD, page_token};

#[component]
pub fn PostForm(
    #[prop(into)] action: String,
    #[prop(optional, into)] class: Option<String>,
    /// The form must not run twice: it carries the page's submission token.
    #[prop(optional)]
    once: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action=action class=class novalidate=true>
            {once.then(submission_token)}
            {children()}
        </form>
    }
}

/// The hidden field with the page's submission token.
pub fn submission_token() -> Option<AnyView> {
    page_token().map(|token| view! { <input type="hidden" name=FIELD value=token /> }.into_any())
}

/// A form that is one button, with hidden fields if it needs any.
#[component]
pub fn OneButton(
    #[prop(into)] action: String,
    #[prop(into)] label: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] hidden: Vec<(&'static str, String)>,
    #[prop(optional, into)] described: Option<String>,
    /// It must not run twice: it carries the page's submission token.
    #[prop(optional)]
    once: bool,
) -> impl IntoView {
    let hidden =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let button = match described {
        Some(described) => view! { <Submit kind=kind label=label described=described /> }.into_any(),
        None => view! { <Submit kind=kind label=label /> }.into_any(),
    };
    view! {
        <PostForm action=action class="one-button" once=once>
            {hidden}
            {button}
        </PostForm>
    }
}
