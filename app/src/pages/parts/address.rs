//! A mail address that breaks where a reader would, after its marks, and not within a name or a mask.

use leptos::prelude::*;

/// A piece ends with one of these.
const MARKS: [char; 5] = ['@', '.', '+', '-', '_'];

#[component]
pub fn Address(#[prop(into)] address: String) -> impl IntoView {
    address
        .split_inclusive(MARKS)
        .map(|piece| {
            let piece = piece.to_owned();
            // "a…@", within which browsers would break.
            let piece = if piece.contains('\u{2026}') {
                view! { <span class="whole">{piece}</span> }.into_any()
            } else {
                piece.into_any()
            };
            view! {
                {piece}
                <wbr />
            }
        })
        .collect_view()
}
