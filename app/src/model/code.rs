//! A code as somebody typed it.

use std::str::FromStr;

use super::Secret;

/// 6 or 8 ASCII digits. Spaces and dashes around and inside are dropped; anything else is no code.
#[derive(Clone, Debug)]
pub struct Code(Secret<String>);

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
        if typed.len() > 64 {
            return Err(NotACode);
        }
        let digits = Secret::new(typed.chars().filter(|c| !is_filler(*c)).collect::<String>());
        let right = matches!(digits.expose().len(), 6 | 8) && digits.expose().bytes().all(|b| b.is_ascii_digit());
        if right { Ok(Self(digits)) } else { Err(NotACode) }
    }
}

/// White space, and the dashes that mail programs make of a dash.
pub(crate) fn is_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_dashes_are_dropped_and_anything_else_is_no_code() {
        for good in ["482913", " 482 913 ", "482-913", "4 8 2 9 1 3\n", "482\u{a0}913", "482\u{2013}913"] {
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
            "４８２９１３",
            "482913\0",
            "+82913",
            "٤٨٢٩١٣",
            long.as_str(),
        ] {
            assert_eq!(bad.parse::<Code>().err(), Some(NotACode), "{bad:?}");
        }
    }
}
