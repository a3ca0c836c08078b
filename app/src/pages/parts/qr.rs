//! A QR code as inline SVG: dark on white with its quiet zone, in both themes.

use leptos::prelude::*;

use postern_core::factor::otpauth::{Drawing, draw};

/// Draws `text`. Shows nothing if it is longer than any QR code holds, which no otpauth URI is.
#[component]
pub fn QrCode(#[prop(into)] text: String, label: &'static str) -> impl IntoView {
    let Drawing { path, side } = draw(&text)?;
    Some(view! {
        <svg
            class="qr"
            role="img"
            aria-label=label
            viewBox=format!("0 0 {side} {side}")
            width="240"
            height="240"
            shape-rendering="crispEdges"
        >
            <rect width=side.to_string() height=side.to_string() fill="#ffffff" />
            <path d=path fill="#000000" />
        </svg>
    })
}
