//! Fields: label above, hint below, a refusal wired to both.

use leptos::prelude::*;

use super::note::REFUSAL_ID;

/// A code in one field. Pasted spaces are welcome, so it takes more characters than a code has.
#[component]
pub fn CodeField(
    #[prop(into)] label: String,
    #[prop(optional, into)] id: Option<String>,
    /// The last try was refused; the page's note says why.
    #[prop(optional)]
    refused: bool,
    #[prop(optional)] autofocus: bool,
    /// Below the field: what is allowed, how long, how often.
    hint: AnyView,
    /// The button that stands beside the field.
    children: Children,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| "code".to_owned());
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="field-row">
                <input
                    class="input code"
                    id=id
                    name="code"
                    type="text"
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength="64"
                    required=true
                    autofocus=autofocus
                    aria-invalid=refused.then_some("true")
                    aria-describedby=described_by(&hint_id, refused)
                />
                {children()}
            </div>
            <p class="hint" id=hint_id>
                {hint}
            </p>
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
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let hint_id = format!("{id}-hint");
    let described = match (hint.is_some(), refused) {
        (true, _) => Some(described_by(&hint_id, refused)),
        (false, true) => Some(REFUSAL_ID.to_owned()),
        (false, false) => None,
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="field-row">
                <input
                    class="input"
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

fn described_by(hint_id: &str, refused: bool) -> String {
    if refused { format!("{REFUSAL_ID} {hint_id}") } else { hint_id.to_owned() }
}
