//! Plain forms that post. The browser's own checks stay off: our words say what is wrong.

use leptos::prelude::*;

use super::{Kind, Submit};

#[component]
pub fn PostForm(
    #[prop(into)] action: String,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action=action class=class novalidate=true>
            {children()}
        </form>
    }
}

/// A form that is one button, with hidden fields if it needs any.
#[component]
pub fn OneButton(
    #[prop(into)] action: String,
    #[prop(into)] label: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] hidden: Vec<(&'static str, String)>,
    #[prop(optional, into)] described: Option<String>,
) -> impl IntoView {
    let hidden =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let button = match described {
        Some(described) => view! { <Submit kind=kind label=label described=described /> }.into_any(),
        None => view! { <Submit kind=kind label=label /> }.into_any(),
    };
    view! {
        <PostForm action=action class="one-button">
            {hidden}
            {button}
        </PostForm>
    }
}
