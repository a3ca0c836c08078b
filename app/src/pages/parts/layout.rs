//! Where things stand on a page: plain, or beside the rail.

use leptos::prelude::*;

use super::{DoorView, Rail, SessionView};

/// The page's one heading and the sentence under it, as text or as children.
#[component]
pub fn Heading(
    #[prop(into)] title: String,
    #[prop(optional, into)] lede: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let lede = lede.map(IntoAny::into_any).or_else(|| children.map(|children| children()));
    view! {
        <div class="heading">
            <h1>{title}</h1>
            {lede.map(|lede| view! { <p class="lede">{lede}</p> })}
        </div>
    }
}

/// One column.
#[component]
pub fn Plain(#[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    view! {
        <main id="page" tabindex="-1" class=format!("plain {class}").trim_end().to_owned()>
            {children()}
        </main>
    }
}

/// The rail of doors with the session under it, and the page beside; on a phone above it.
#[component]
pub fn Beside(doors: Vec<DoorView>, session: SessionView, here: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="beside">
            <Rail doors=doors session=session here=here />
            <main id="page" tabindex="-1">{children()}</main>
        </div>
    }
}
