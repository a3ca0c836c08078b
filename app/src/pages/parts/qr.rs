//! A QR code as inline SVG: dark on white with its quiet zone, in both themes.

use std::fmt::Write as _;

use leptos::prelude::*;
use qrcode::{Color, EcLevel};

/// Modules of white on each side (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;

/// Draws `text`. Shows nothing if it is longer than any QR code holds, which no otpauth URI is.
#[component]
pub fn QrCode(#[prop(into)] text: String, label: &'static str) -> impl IntoView {
    let (path, side) = drawing(&text)?;
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

/// One subpath a run of dark modules, and the side of the whole drawing in modules.
fn drawing(text: &str) -> Option<(String, usize)> {
    let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                write!(path, "M{} {}h{n}v1h-{n}z", x + QUIET, y + QUIET, n = run.len()).ok()?;
            }
            x += run.len();
        }
    }
    Some((path, width + 2 * QUIET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_keeps_its_quiet_zone() {
        let (path, side) = drawing("A").expect("a short text");
        assert_eq!(side, 21 + 2 * QUIET);
        assert!(path.starts_with("M4 4h7v1h-7z"), "the first finder pattern begins inside the zone: {path}");
    }
}
