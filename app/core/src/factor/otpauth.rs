//! The `otpauth:` URI, the picture of it and the key in groups: one and the same secret in three forms.
//! The format is the de-facto one of Google Authenticator's wiki, "Key Uri Format".

use std::fmt::Write;

use data_encoding::BASE32_NOPAD;
use qrcode::{Color, EcLevel, QrCode};

use super::oath::OathKey;
use super::{hotp, totp};
use crate::model::Secret;
use crate::model::typed_text::display_name;

/// What a person gets to put the secret into an app.
#[derive(Debug)]
pub struct Provisioning {
    /// `otpauth://totp/Issuer:account?…` or `otpauth://hotp/…`
    pub uri: Secret<String>,
    /// The key in base32, upper case, no padding.
    pub key: Secret<String>,
}

/// Pixels of a picture for each module.
const SCALE: usize = 6;

impl Provisioning {
    pub fn of_totp(state: &totp::State, issuer: &str) -> Self {
        Self::of(&state.key, "totp", (issuer, &state.account), ("period", state.period))
    }

    /// With the counter, which the format demands.
    pub fn of_hotp(state: &hotp::State, issuer: &str) -> Self {
        Self::of(&state.key, "hotp", (issuer, &state.account), ("counter", state.counter))
    }

    /// The URI as a QR code: an SVG element with its quiet zone. Drawn for whoever asks.
    pub fn qr_svg(&self) -> Secret<String> {
        qr_svg(&self.uri)
    }

    /// The QR code as a PNG, black on white with its quiet zone, for programs that show no SVG. Empty if it cannot be
    /// drawn, which no URI of ours is.
    pub fn qr_png(&self) -> Secret<Vec<u8>> {
        Secret::new(qr_png(self.uri.expose()).unwrap_or_default())
    }

    /// `moves`: what the codes change by, and from where or how fast.
    fn of(shared: &OathKey, kind: &str, (issuer, account): (&str, &str), (moves, by): (&str, u64)) -> Self {
        let key = Secret::new(BASE32_NOPAD.encode(shared.secret.expose()));
        let (issuer, account) = (label_part(issuer), label_part(account));
        let uri = Secret::new(format!(
            "otpauth://{kind}/{issuer}:{account}?secret={}&issuer={issuer}&algorithm={}&digits={}&{moves}={by}",
            key.expose(),
            shared.algorithm.name(),
            shared.digits,
        ));
        Self { uri, key }
    }
}

/// The longest issuer or account, in characters.
const LONGEST_NAME: usize = 128;

/// An issuer or an account as an app shows it. A colon is refused: the label's one colon stands between the two ("Key Uri
/// Format": neither may contain a literal or encoded colon), and apps split at the wrong one.
pub fn label_name(text: &str) -> Option<String> {
    display_name(text, LONGEST_NAME).ok().filter(|name| !name.contains(':'))
}

/// Percent-encodes all but RFC 3986's unreserved characters and `@`, so that a space is `%20` and a colon can only be
/// the one between issuer and account: a colon inside either is dropped, as some apps split even at an encoded one.
fn label_part(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes().filter(|byte| *byte != b':') {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A QR code as an SVG element, dark on white whatever the page's colours are.
fn qr_svg(uri: &Secret<String>) -> Secret<String> {
    // Our URIs have some 250 bytes, a code holds 2,331.
    let Some(Drawing { path, side }) = draw(uri.expose()) else { return Secret::new(String::new()) };
    Secret::new(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"240\" height=\"240\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#ffffff\"/>\
         <path d=\"{path}\" fill=\"#000000\"/></svg>"
    ))
}

/// One bit a pixel: 1 is white.
fn qr_png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = (width + 2 * QUIET) * SCALE;
    let row_bytes = side.div_ceil(8);
    let mut pixels = vec![0xff; row_bytes * side];
    let dark =
        (0..width).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|(x, y)| colors[y * width + x] == Color::Dark);
    for (x, y) in dark {
        for pixel_y in (y + QUIET) * SCALE..(y + QUIET + 1) * SCALE {
            for pixel_x in (x + QUIET) * SCALE..(x + QUIET + 1) * SCALE {
                pixels[pixel_y * row_bytes + pixel_x / 8] &= !(0x80 >> (pixel_x % 8));
            }
        }
    }
    let mut file = Vec::new();
    let side = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

/// Modules of white on each side (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;

/// A QR code's dark modules.
pub struct Drawing {
    /// An SVG path: one subpath a run of modules.
    pub path: String,
    /// The whole drawing's side in modules, quiet zone included.
    pub side: usize,
}

/// Draws `text`; nothing if it is longer than any QR code of level M holds.
pub fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
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
    Some(Drawing { path, side: width + 2 * QUIET })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::totp::{Algorithm, Setting, State};

    fn provisioning(issuer: &str, account: &str) -> Provisioning {
        let setting = Setting { algorithm: Algorithm::SHA256, digits: 8, period: 60 };
        let state = State::new(setting, Secret::new(vec![0xff; 32]), account.to_owned());
        Provisioning::of_totp(&state, issuer)
    }

    #[test]
    fn the_uri_has_label_issuer_key_and_every_setting() {
        let made = provisioning("Postern", "ada@example.org");
        let key = format!("{}Q", "7".repeat(51));
        assert_eq!(made.key.expose(), &key);
        assert_eq!(
            made.uri.expose(),
            &format!(
                "otpauth://totp/Postern:ada@example.org?secret={key}&issuer=Postern&algorithm=SHA256&digits=8&period=60"
            ),
        );
    }

    #[test]
    fn the_uri_of_a_counter_always_has_the_counter() {
        for (initial_count, tail) in [(0, "&digits=6&counter=0"), (1 << 53, "&digits=6&counter=9007199254740992")] {
            let setting = hotp::Setting { initial_count, ..hotp::Setting::default() };
            let state = hotp::State::new(setting, Secret::new(vec![0xff; 20]), "ada".to_owned());
            let made = Provisioning::of_hotp(&state, "Postern");
            let uri = made.uri.expose();
            assert!(uri.starts_with("otpauth://hotp/Postern:ada?secret=") && uri.ends_with(tail), "{uri}");
        }
    }

    #[test]
    fn spaces_are_percent_twenty_and_nothing_can_add_a_parameter_or_a_second_colon() {
        let made = provisioning("Big: Wall & Co", "a b&secret=AAAA?#/+é");
        let (label, query) = made.uri.expose().split_once('?').expect("a query");
        assert_eq!(label, "otpauth://totp/Big%20Wall%20%26%20Co:a%20b%26secret%3DAAAA%3F%23%2F%2B%C3%A9");
        assert_eq!(query.matches("secret=").count(), 1);
        assert!(query.contains("issuer=Big%20Wall%20%26%20Co&"), "{query}");
        assert!(!made.uri.expose().contains('+'));
    }

    #[test]
    fn labels_with_a_colon_or_a_change_of_direction_are_refused() {
        assert_eq!(label_name(" Shop\u{200b} & Co ").as_deref(), Some("Shop & Co"));
        for bad in ["", " ", "a:b", "a\nb", "a\u{202e}b", &"a".repeat(129)] {
            assert_eq!(label_name(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_picture_is_one_svg_element_with_no_style_and_no_script() {
        let made = provisioning("Postern", "ada@example.org");
        let svg = made.qr_svg();
        let svg = svg.expose();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(!svg.contains("style=") && !svg.contains("<script"));
    }

    #[test]
    fn a_drawing_keeps_its_quiet_zone() {
        let Drawing { path, side } = draw("A").expect("a short text");
        assert_eq!(side, 21 + 2 * QUIET);
        assert!(path.starts_with("M4 4h7v1h-7z"), "the first finder pattern begins inside the zone: {path}");
    }
}
