//! A part of the page with its own heading, and the list of them all.

use leptos::prelude::*;

use crate::words::account as words;

const ALL: [(&str, &str); 5] = [
    ("factors", words::FACTORS),
    ("codes", words::CODES),
    ("sessions", words::SESSIONS),
    ("activity", words::ACTIVITY),
    ("data", words::DATA),
];

/// `id` is one of the list's.
#[component]
pub fn Section(
    id: &'static str,
    title: &'static str,
    #[prop(optional, into)] text: Option<String>,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled = heading.clone();
    view! {
        <section class="section" id=id aria-labelledby=labelled>
            <div class="section-head">
                <h2 id=heading>{title}</h2>
                {text.map(|text| view! { <p class="quiet">{text}</p> })}
            </div>
            {children()}
        </section>
    }
}

/// Where the rail stands elsewhere.
pub fn contents() -> AnyView {
    let items = ALL.map(|(id, title)| view! { <li><a href=format!("#{id}")>{title}</a></li> }).collect_view();
    view! {
        <nav class="contents" aria-label=words::CONTENTS>
            <ul>{items}</ul>
        </nav>
    }
    .into_any()
}
