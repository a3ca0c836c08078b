//! How codes are cut: algorithm and digits.

use leptos::prelude::*;

use crate::words::oath as words;

/// Two fieldsets, `algorithm` and `digits`.
#[component]
pub fn CutFields(algorithm: &'static str, digits: u8) -> impl IntoView {
    let algorithms = ["SHA1", "SHA256", "SHA512"].map(|it| choice("algorithm", it, it == algorithm)).collect_view();
    let lengths = ["6", "8"].map(|it| choice("digits", it, it == digits.to_string())).collect_view();
    view! {
        <fieldset>
            <legend>{words::ALGORITHM}</legend>
            <div class="choices">{algorithms}</div>
        </fieldset>
        <fieldset>
            <legend>{words::DIGITS}</legend>
            <div class="choices">{lengths}</div>
        </fieldset>
    }
}

fn choice(name: &'static str, value: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name value=value checked=checked />
            <span>{value}</span>
        </label>
    }
}
