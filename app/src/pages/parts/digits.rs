//! A code to be read aloud or typed: large, in groups.

use leptos::prelude::*;

#[component]
pub fn Digits(#[prop(into)] code: String) -> impl IntoView {
    view! { <span class="digits">{grouped(&code)}</span> }
}

/// `482 913`, `1234 5678`: two halves, kept on one line.
fn grouped(code: &str) -> String {
    match code.split_at_checked(code.len().div_ceil(2)) {
        Some((head, tail)) if code.len() > 4 => format!("{head}\u{a0}{tail}"),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shown_in_two_halves() {
        assert_eq!(grouped("482913"), "482\u{a0}913");
        assert_eq!(grouped("12345678"), "1234\u{a0}5678");
        assert_eq!(grouped(""), "");
    }
}
