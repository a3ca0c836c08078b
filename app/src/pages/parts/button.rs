//! Buttons: at most one filled a page.

use leptos::prelude::*;

/// How loud a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one obvious next step.
    #[default]
    Filled,
    Outlined,
    /// Looks like a link.
    Quiet,
    /// Takes something away.
    Danger,
}

impl Kind {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Filled => "button filled",
            Self::Outlined => "button outlined",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
        }
    }
}

/// Submits the form it stands in.
#[component]
pub fn Submit(
    #[prop(optional)] kind: Kind,
    #[prop(into)] label: String,
    /// Message instead of `label` where several buttons share one text.
    #[prop(optional, into)]
    described: Option<String>,
    /// Where a form has several buttons: what stands among the fields when this one sent it.
    #[prop(optional, into)]
    name: Option<&'static str>,
) -> impl IntoView {
    let value = name.map(|_| "1");
    view! { <button type="submit" class=kind.class() aria-label=described name=name value=value>{label}</button> }
}

/// Goes to another page, but looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(optional)] kind: Kind,
    #[prop(into)] label: String,
    #[prop(into)] href: String,
    /// Message instead of `label` where several links share one text.
    #[prop(optional, into)]
    described: Option<String>,
) -> impl IntoView {
    view! { <a class=kind.class() href=href aria-label=described>{label}</a> }
}
