//! Text as people type and paste it: what carries no meaning is removed, and digits of every script are read, in one place
//! for codes, keys, shares, API keys, addresses and names.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// A character that cannot be seen: Unicode's general category Cf, as a zero width space, a soft hyphen, a byte order mark
/// or a direction mark.
pub fn is_invisible(c: char) -> bool {
    c.general_category() == GeneralCategory::Format
}

/// A dash of any length (general category Pd), or the minus sign.
pub fn is_dash(c: char) -> bool {
    c == '\u{2212}' || c.general_category() == GeneralCategory::DashPunctuation
}

/// White space, dashes and invisible characters: what may stand between the characters of a code.
pub fn is_filler(c: char) -> bool {
    c.is_whitespace() || is_dash(c) || is_invisible(c)
}

/// A character that overrides or isolates the direction of the text around it (Unicode Standard Annex 9, 2).
pub fn overrides_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The value of a decimal digit of any script (general category Nd). Unicode encodes each set of them in a row, from zero
/// to nine (The Unicode Standard, 4.6), so that the value follows from the distance to where the row begins.
pub fn digit_value(c: char) -> Option<u8> {
    if let Some(value) = c.to_digit(10) {
        return u8::try_from(value).ok();
    }
    let is_digit =
        |code: u32| char::from_u32(code).is_some_and(|c| c.general_category() == GeneralCategory::DecimalNumber);
    let code = u32::from(c);
    if !is_digit(code) {
        return None;
    }
    // The longest row has five sets: the mathematical digits.
    let before = (1..=50).take_while(|distance| code.checked_sub(*distance).is_some_and(is_digit)).count();
    u8::try_from(before % 10).ok()
}

/// A digit of any script as its ASCII digit; any other character as it is.
pub fn ascii_digit(c: char) -> char {
    digit_value(c).map_or(c, |value| char::from(b'0' + value))
}

/// The characters of a code that carry meaning: without fillers, digits of any script in ASCII.
pub fn code_chars(typed: &str) -> impl Iterator<Item = char> {
    typed.chars().filter(|c| !is_filler(*c)).map(ascii_digit)
}

/// The characters of a token that a program made: without white space and invisible characters. Dashes count.
pub fn token_chars(pasted: &str) -> impl Iterator<Item = char> {
    pasted.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c))
}

/// Without white space and invisible characters at both ends.
pub fn trim_invisible(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Why a text is no name to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("it is empty")]
    Empty,
    #[error("it is too long")]
    TooLong,
    #[error("it holds a control character, a line break or a change of direction")]
    Control,
}

/// A name as it is kept and shown, of at most `max_chars` characters: a factor's, a portal's, an issuer's, an account's, a
/// custodian's. Invisible characters are removed, so that no two names look the same by them; control characters, line
/// breaks and changes of direction, which could rearrange the text around the name, are refused.
pub fn display_name(text: &str, max_chars: usize) -> Result<String, NameError> {
    if text.chars().any(overrides_direction) {
        return Err(NameError::Control);
    }
    let text = trim_invisible(text);
    let is_break = |c: char| {
        let category = c.general_category();
        c.is_control() || matches!(category, GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator)
    };
    if text.chars().any(is_break) {
        return Err(NameError::Control);
    }
    let name: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().count() > max_chars { Err(NameError::TooLong) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_digits_of_every_script_have_their_value() {
        for (zero, script) in [
            ('0', "ASCII"),
            ('\u{660}', "Arabic"),
            ('\u{6f0}', "Persian"),
            ('\u{966}', "Devanagari"),
            ('\u{e50}', "Thai"),
            ('\u{19d0}', "New Tai Lue"),
            ('\u{ff10}', "full width"),
            ('\u{1d7ce}', "mathematical, bold"),
            ('\u{1d7d8}', "mathematical, double struck"),
            ('\u{1d7f6}', "mathematical, monospace"),
            ('\u{1e950}', "Adlam"),
        ] {
            for value in 0..10 {
                let digit = char::from_u32(u32::from(zero) + u32::from(value)).expect("a digit");
                assert_eq!(digit_value(digit), Some(value), "{script} {digit}");
            }
        }
        for other in ['a', '\u{b2}', '\u{2460}', '\u{4e09}', '\u{19da}', '\u{2167}', '\u{bd}'] {
            assert_eq!(digit_value(other), None, "{other}");
        }
    }

    #[test]
    fn every_decimal_digit_of_unicode_is_in_a_row_of_ten() {
        let digits: Vec<char> =
            ('\0'..=char::MAX).filter(|c| c.general_category() == GeneralCategory::DecimalNumber).collect();
        assert!(digits.len() >= 680 && digits.len().is_multiple_of(10), "{}", digits.len());
        for row in digits.chunks(10) {
            let values: Vec<u8> = row.iter().filter_map(|c| digit_value(*c)).collect();
            assert_eq!(values, (0..10).collect::<Vec<u8>>(), "{row:?}");
        }
    }

    #[test]
    fn fillers_are_white_space_dashes_and_what_cannot_be_seen() {
        let text = "\u{feff}4\u{200b}8\u{2060}2\u{ad}9\u{2013}1\u{2212}3\u{202f}\u{200e}";
        assert_eq!(code_chars(text).collect::<String>(), "482913");
        assert_eq!(token_chars("a-\u{200b}b c\r\n").collect::<String>(), "a-bc");
        assert_eq!(trim_invisible("\u{feff} a b\u{200b}\n"), "a b");
    }

    #[test]
    fn names_lose_invisible_characters_and_refuse_changes_of_direction() {
        assert_eq!(display_name(" Ada\u{200b}\u{ad}\u{200f} Byron\u{feff} ", 40).as_deref(), Ok("Ada Byron"));
        assert_eq!(display_name("Zoë 🔑 名前", 40).as_deref(), Ok("Zoë 🔑 名前"));
        for (bad, why) in [
            ("", NameError::Empty),
            (" \u{200b}\u{2060} ", NameError::Empty),
            ("a\nb", NameError::Control),
            ("a\0b", NameError::Control),
            ("a\u{2028}b", NameError::Control),
            ("gro\u{202e}.elpmaxe", NameError::Control),
            ("a\u{2066}b\u{2069}", NameError::Control),
            ("abcdef", NameError::TooLong),
        ] {
            assert_eq!(display_name(bad, 5), Err(why), "{bad:?}");
        }
        assert_eq!(display_name("a\u{200b}b\u{200b}c\u{200b}d\u{200b}e", 5).as_deref(), Ok("abcde"));
    }
}
