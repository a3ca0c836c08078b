//! Fields: label above, hint below, a refusal wired to both.

use leptos::prelude::*;

use super::note::REFUSAL_ID;

/// A code in one field. Pasted spaces are welcome, so it takes more characters than a code has.
#[component]
pub fn CodeField(
    #[prop(into)] label: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(default = "code")] name: &'static str,
    /// The last try was refused; the page's note says why.
    #[prop(optional)]
    refused: bool,
    #[prop(optional)] autofocus: bool,
    /// Below the field: what is allowed, how long, how often.
    #[prop(optional, into)]
    hint: Option<AnyView>,
    /// The button that stands beside the field.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| "code".to_owned());
    let hint_id = format!("{id}-hint");
    let described = described(hint.is_some(), &hint_id, refused);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="field-row">
                <input
                    class="input code"
                    id=id
                    name=name
                    type="text"
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength="64"
                    required=true
                    autofocus=autofocus
                    aria-invalid=refused.then_some("true")
                    aria-describedby=described
                />
                {children.map(|children| children())}
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// Any other text.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// Its name, unless several fields of the page share that.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] autocomplete: Option<&'static str>,
    #[prop(optional, into)] inputmode: Option<&'static str>,
    #[prop(default = 254)] maxlength: u16,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] refused: bool,
    #[prop(optional)] autofocus: bool,
    /// For what is compared letter by letter.
    #[prop(optional)]
    mono: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let hint_id = format!("{id}-hint");
    let described = described(hint.is_some(), &hint_id, refused);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="field-row">
                <input
                    class="input"
                    class:mono=mono
                    id=id
                    name=name
                    type=kind
                    value=value
                    autocomplete=autocomplete
                    inputmode=inputmode
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength=maxlength.to_string()
                    required=true
                    autofocus=autofocus
                    aria-invalid=refused.then_some("true")
                    aria-describedby=described
                />
                {children.map(|children| children())}
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// What explains a field: the note that says why it was refused, the hint below it.
pub(super) fn described(has_hint: bool, hint_id: &str, refused: bool) -> Option<String> {
    match (has_hint, refused) {
        (true, true) => Some(format!("{REFUSAL_ID} {hint_id}")),
        (true, false) => Some(hint_id.to_owned()),
        (false, true) => Some(REFUSAL_ID.to_owned()),
        (false, false) => None,
    }
}
