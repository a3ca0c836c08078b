//! A field for what is longer than a line, or stands on several: the one place where text goes into a `<textarea>`.

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
                {escapable_text(&value)}
            </textarea>
            {children.map(|children| children())}
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// Escapes the text of a `<textarea>`: the renderer writes what is in one as it is, like that of `<style>` and `<script>`.
/// What could end the element or begin a character reference is replaced. A line break at the very beginning is doubled, as
/// HTML drops the first one after `<textarea>` (HTML Standard, 13.2.6.4.7).
fn escapable_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    if text.starts_with(['\n', '\r']) {
        escaped.push('\n');
    }
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // Not needed there, but nothing that reads the page by a simpler grammar is misled either.
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_character_references_are_escaped() {
        let escaped = escapable_text("</textarea><h1>a &amp; b</h1>");
        assert_eq!(escaped, "&lt;/textarea&gt;&lt;h1&gt;a &amp;amp; b&lt;/h1&gt;");
    }

    #[test]
    fn leading_line_break_is_doubled() {
        assert_eq!(escapable_text("\na\nb"), "\n\na\nb");
        assert_eq!(escapable_text("\r\na"), "\n\r\na");
        assert_eq!(escapable_text("a\n"), "a\n");
    }
}
