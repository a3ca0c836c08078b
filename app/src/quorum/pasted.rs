//! Shares as they come out of mail, chat and paper: wrapped, quoted, in quotation marks, with characters that cannot be
//! seen.

use zeroize::Zeroizing;

use postern_core::model::typed_text::{ascii_digit, is_dash, is_invisible};

/// The longest text that is read, in bytes: some room for what is removed.
const LONGEST_PASTED: usize = 16 * 1024;

/// Columns of an armored age file (RFC 7468, 2).
const COLUMNS: usize = 64;

const MARK: &str = "AGE ENCRYPTED FILE";

/// What stands around text that is quoted, and belongs to none of the alphabets of a share: quotation marks, the `>` of a
/// quoted mail, the grave accents of a chat.
fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '>' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{ff02}'
    )
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || is_quote(c)
}

/// A share's line without what a way by mail or chat adds, dashes and dollar signs as they were. `None`: too long.
pub(super) fn share_line(text: &str) -> Option<Zeroizing<String>> {
    let plain = |c: char| match c {
        '\u{ff04}' | '\u{fe69}' => '$',
        // Word processors make other dashes of it.
        c if is_dash(c) => '-',
        c => ascii_digit(c),
    };
    let kept = |text: &str| Zeroizing::new(text.chars().filter(|c| !is_between(*c)).map(plain).collect::<String>());
    (text.len() <= LONGEST_PASTED).then(|| kept(text))
}

/// Whether a text is meant as an armored age file rather than as a share's line.
pub fn is_armored(text: &str) -> bool {
    text.len() <= LONGEST_PASTED && text.contains(&format!("BEGIN {MARK}"))
}

/// An armored age file in the form that the format asks for: between its two marks only base64, 64 characters a line. What
/// has no marks, or one of them twice, comes back as it is.
pub(super) fn armored_file(text: &str) -> String {
    let (begin, end) = (format!("BEGIN {MARK}"), format!("END {MARK}"));
    let [once_begun, once_ended] = [&begin, &end].map(|mark| text.matches(mark.as_str()).count() == 1);
    let inside = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end)).map(|(inside, _)| inside);
    let Some(inside) = inside.filter(|_| once_begun && once_ended && text.len() <= LONGEST_PASTED) else {
        return text.to_owned();
    };
    let body: Vec<char> = inside.chars().filter(|c| !is_between(*c) && !is_dash(*c)).collect();
    let lines: Vec<String> = body.chunks(COLUMNS).map(|line| line.iter().collect()).collect();
    format!("-----{begin}-----\n{}\n-----{end}-----", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_a_way_by_mail_are_removed_and_dashes_stay() {
        let pasted = "> \u{201c}LJNFUWS2$2$AVpa\u{200b}\r\n> Wlpa\u{2011}Wl_pa\u{201d}\n";
        assert_eq!(share_line(pasted).expect("a line").as_str(), "LJNFUWS2$2$AVpaWlpa-Wl_pa");
        assert!(share_line(&" ".repeat(LONGEST_PASTED + 1)).is_none());
    }

    #[test]
    fn armored_file_is_wrapped_anew() {
        let body = "A".repeat(100);
        let expected = format!("-----BEGIN {MARK}-----\n{}\n{}\n-----END {MARK}-----", "A".repeat(64), "A".repeat(36));
        for pasted in [
            expected.clone(),
            format!(
                "\u{feff}> -----BEGIN {MARK}-----\r\n> {}\r\n>  {}\r\n> -----END {MARK}-----\r\n",
                &body[..50],
                &body[50..]
            ),
            format!("\"-----BEGIN {MARK}----- {body} -----END {MARK}-----\""),
        ] {
            assert!(is_armored(&pasted));
            assert_eq!(armored_file(&pasted), expected);
        }
        for other in ["", "AAAA", &format!("-----BEGIN {MARK}-----"), &format!("{expected}{expected}")] {
            assert_eq!(armored_file(other), other);
        }
    }
}
