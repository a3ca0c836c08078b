//! Mail addresses: shown and mailed as typed, looked up in one form.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::typed_text::{is_invisible, trim_invisible};

/// A mail address as somebody typed it, known to be one we can write to: `local@domain` with an ASCII dot-atom
/// before the @ (RFC 5321 4.1.2; no quoted strings) and a domain of at least two labels behind it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct MailAddress {
    typed: String,
    at: usize,
    domain: String,
}

/// Why a text is no address of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NotAnAddress {
    #[error("a mail address looks like name@example.org")]
    Malformed,
    #[error("the part before the @ has letters outside ASCII, which many mail servers refuse")]
    NonAsciiLocalPart,
    #[error("a mail address has at most 254 characters, 64 of them before the @")]
    TooLong,
}

impl MailAddress {
    /// The part before the @, as typed.
    pub fn local(&self) -> &str {
        &self.typed[..self.at]
    }

    /// The domain as A-labels in lower case, the form that goes over the wire (RFC 5890 2.3.2.1).
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The one form by which an address is looked up: ASCII-lowercased local part, A-label domain.
    pub fn lookup_form(&self) -> String {
        format!("{}@{}", self.local().to_ascii_lowercase(), self.domain)
    }

    /// The lookup form without what stands behind a `+` in the local part: where many mail services deliver it. Letters
    /// are limited by it, as one mailbox has any number of such addresses.
    pub fn mailbox_form(&self) -> String {
        let local = self.local();
        let base = local.split_once('+').map_or(local, |(base, _)| base);
        let base = if base.is_empty() { local } else { base };
        format!("{}@{}", base.to_ascii_lowercase(), self.domain)
    }

    /// The address as typed but for a domain in A-labels: what a mail server without SMTPUTF8 takes.
    pub fn wire_form(&self) -> String {
        format!("{}@{}", self.local(), self.domain)
    }

    /// Enough for the owner to know it again, too little for anybody else: `a…@example.org`.
    pub fn masked(&self) -> String {
        let first = self.local().chars().next().unwrap_or('…');
        format!("{first}…@{}", &self.typed[self.at + 1..])
    }
}

impl FromStr for MailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        // A domain's own invisible characters mean nothing (UTS 46, 4), but for the joiners that some words need.
        let is_shown = |c: &char| !is_invisible(*c) || matches!(c, '\u{200c}' | '\u{200d}');
        let typed: String = trim_invisible(text).chars().filter(is_shown).collect();
        let (local, domain) = typed.rsplit_once('@').ok_or(NotAnAddress::Malformed)?;
        if typed.len() > 254 || local.len() > 64 {
            return Err(NotAnAddress::TooLong);
        }
        if !local.is_ascii() {
            return Err(NotAnAddress::NonAsciiLocalPart);
        }
        let dot_atom = local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext));
        let a_labels = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnAddress::Malformed)?;
        let labels = a_labels.split('.').collect::<Vec<_>>();
        let host = labels.len() >= 2 && labels.iter().all(|label| !label.is_empty()) && a_labels.len() <= 253;
        let numeric = labels.last().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
        if !dot_atom || !host || numeric {
            return Err(NotAnAddress::Malformed);
        }
        if local.len() + 1 + a_labels.len() > 254 {
            return Err(NotAnAddress::TooLong);
        }
        let at = local.len();
        Ok(Self { typed, at, domain: a_labels })
    }
}

/// RFC 5322 3.2.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

impl TryFrom<String> for MailAddress {
    type Error = NotAnAddress;
    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        text.parse()
    }
}

impl From<MailAddress> for String {
    fn from(address: MailAddress) -> Self {
        address.typed
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

/// Logs hold no whole address.
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<MailAddress, NotAnAddress> {
        text.parse()
    }

    #[test]
    fn addresses_are_looked_up_by_lower_case_and_a_labels_but_shown_as_typed() {
        let address = parse(" Ada.Byron+Keys@B\u{fc}cher.Example ").expect("an address");
        assert_eq!(address.to_string(), "Ada.Byron+Keys@B\u{fc}cher.Example");
        assert_eq!(address.lookup_form(), "ada.byron+keys@xn--bcher-kva.example");
        assert_eq!(address.wire_form(), "Ada.Byron+Keys@xn--bcher-kva.example");
        assert_eq!(
            parse("ada.byron+keys@xn--bcher-kva.example").expect("an address").lookup_form(),
            address.lookup_form()
        );
    }

    #[test]
    fn invisible_characters_are_removed() {
        for typed in ["\u{feff}ada@example.org\u{200b}", "\u{200e} ada@example.org \u{2060}", "ada@exam\u{ad}ple.org"] {
            assert_eq!(parse(typed).expect(typed).to_string(), "ada@example.org", "{typed:?}");
        }
        assert_eq!(parse("a\u{301}da@example.org"), Err(NotAnAddress::NonAsciiLocalPart));
    }

    #[test]
    fn what_could_inject_a_header_or_is_no_address_is_refused() {
        for bad in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@localhost",
            "a b@example.org",
            "ada@exa mple.org",
            "ada@example..org",
            "ada@example.org.",
            ".ada@example.org",
            "ada.@example.org",
            "a..b@example.org",
            "\"ada\"@example.org",
            "ada@example.org\r\nBcc: eve@example.org",
            "ada\r\n@example.org",
            "ada@example.org\0",
            "ada@exa\0mple.org",
            "<ada@example.org>",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "ada@example.org,eve@example.org",
            "ada@-example.org",
        ] {
            assert_eq!(parse(bad), Err(NotAnAddress::Malformed), "{bad:?}");
        }
        assert_eq!(parse("\u{fc}ber@example.org"), Err(NotAnAddress::NonAsciiLocalPart));
        assert_eq!(parse(&format!("{}@example.org", "a".repeat(65))), Err(NotAnAddress::TooLong));
        assert_eq!(parse(&format!("a@{}.org", "b.".repeat(150))), Err(NotAnAddress::TooLong));
    }

    #[test]
    fn logs_and_masks_hold_no_whole_address() {
        let address = parse("ada@example.org").expect("an address");
        assert_eq!(address.masked(), "a\u{2026}@example.org");
        assert_eq!(format!("{address:?}"), "a\u{2026}@example.org");
    }
}
