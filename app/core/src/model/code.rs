//! A code as somebody typed it.

use std::str::FromStr;

use super::Secret;
use super::typed_text::code_chars;

/// 6 or 8 digits. White space, dashes and invisible characters are removed, and decimal digits of every script are read as
/// their values; anything else is no code.
#[derive(Clone, Debug)]
pub struct Code(Secret<String>);

/// The longest text that is read, in characters.
const LONGEST: usize = 64;

/// A text that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has 6 or 8 digits")]
pub struct NotACode;

impl Code {
    /// Only ASCII digits, 6 or 8 of them.
    pub fn digits(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(typed: &str) -> Result<Self, NotACode> {
        if typed.chars().count() > LONGEST {
            return Err(NotACode);
        }
        let digits = Secret::new(code_chars(typed).collect::<String>());
        let right = matches!(digits.expose().len(), 6 | 8) && digits.expose().bytes().all(|b| b.is_ascii_digit());
        if right { Ok(Self(digits)) } else { Err(NotACode) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_dashes_are_dropped_and_anything_else_is_no_code() {
        for good in [
            "482913",
            " 482 913 ",
            "482-913",
            "4 8 2 9 1 3\n",
            "482\u{a0}913",
            "482\u{2013}913",
            "\u{feff}482\u{200b}913\u{200e}",
            "４８２９１３",
            "٤٨٢٩١٣",
            "४८२ ९१३",
            "𝟜𝟠𝟚𝟡𝟙𝟛",
            "4٨2９1३",
        ] {
            assert_eq!(good.parse::<Code>().expect(good).digits(), "482913");
        }
        assert_eq!("0000 0001".parse::<Code>().expect("eight").digits(), "00000001");
        let long = " ".repeat(70);
        for bad in [
            "",
            "48291",
            "4829130",
            "482913000",
            "48291a",
            "482913\0",
            "+82913",
            "48291\u{b2}",
            "④⑧②⑨①③",
            "四八二九一三",
            long.as_str(),
        ] {
            assert_eq!(bad.parse::<Code>().err(), Some(NotACode), "{bad:?}");
        }
    }
}
