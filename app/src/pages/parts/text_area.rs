//! A field for what is longer than a line, or stands on several.

use leptos::prelude::*;

use super::field::described;

#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    name: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(default = 3)] rows: u8,
    #[prop(default = 4096)] maxlength: u16,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] refused: bool,
    /// For what is compared letter by letter.
    #[prop(optional)]
    mono: bool,
    /// Beside or below the field.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    let described = described(hint.is_some(), &hint_id, refused);
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea
                class="input area"
                class:mono=mono
                id=name
                name=name
                rows=rows.to_string()
                maxlength=maxlength.to_string()
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-invalid=refused.then_some("true")
                aria-describedby=described
            >
                {value}
            </textarea>
            {children.map(|children| children())}
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
