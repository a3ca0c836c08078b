//! Reading what an issuer gives out: a key in base32 (RFC 4648, 6) or an `otpauth:` URI (Google Authenticator's wiki, "Key
//! Uri Format"), as people paste them. `public/vault/otp.js` and `otpauth.js` read the same in the browser; what they take
//! is taken here, and both refuse by the same names.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::oath::{Algorithm, OathKey};
use crate::model::Secret;
use crate::model::typed_text::{is_filler, is_invisible, trim_invisible};

/// The longest text that is read, in bytes.
const LONGEST_TEXT: usize = 8 * 1024;
/// Characters of base32: 2,048 bits, four times what SHA512 asks for.
const LONGEST_KEY: usize = 410;
/// Characters of an issuer or an account.
const LONGEST_NAME: usize = 200;
/// The greatest counter that the browser counts exactly.
const GREATEST_COUNTER: u64 = (1 << 53) - 1;

/// Bits behind the last byte are not looked at, as some issuers do not clear them.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut form = Specification::new();
    form.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    form.check_trailing_bits = false;
    form.encoding().expect("the alphabet of RFC 4648, 6")
});

/// A shared secret, what changes its codes, and what it is called.
#[derive(Clone, Debug)]
pub struct SetupKey {
    pub key: OathKey,
    pub moves: Moves,
    pub issuer: String,
    pub account: String,
}

/// What a code changes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// RFC 6238; seconds that a code lives.
    Time { period: u64 },
    /// RFC 4226; the counter of the next code.
    Count { counter: u64 },
}

/// The first part that is not right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error("it is no otpauth: URI")]
    Scheme,
    #[error("it is an export of several keys")]
    Migration,
    #[error("its codes are of another type than TOTP and HOTP")]
    Type,
    #[error("its key is no base32")]
    Secret,
    #[error("its algorithm is none of SHA1, SHA256 and SHA512")]
    Algorithm,
    #[error("its codes have another length than 6, 7 or 8 digits")]
    Digits,
    #[error("its period is no number of seconds")]
    Period,
    #[error("its counter is no number")]
    Counter,
    #[error("its issuer is too long")]
    Issuer,
    #[error("its account is too long")]
    Account,
}

impl SetupKey {
    /// Reads a URI, or a bare key, which stands for TOTP with SHA1, 6 digits and 30 seconds.
    pub fn read(text: &str) -> Result<Self, SetupError> {
        if text.len() > LONGEST_TEXT {
            return Err(SetupError::Scheme);
        }
        // Lines are wrapped in mails; a URI itself has no line breaks, tabs and invisible characters.
        let unseen = |c: char| c.is_control() || is_invisible(c);
        let plain = Zeroizing::new(text.chars().filter(|c| !unseen(*c)).collect::<String>());
        let plain = trim_invisible(&plain);
        if starts_with(plain, "otpauth-migration:") {
            return Err(SetupError::Migration);
        }
        if starts_with(plain, "otpauth:") {
            return Self::of_uri(plain);
        }
        let key = OathKey { secret: read_key(text)?, algorithm: Algorithm::default(), digits: 6 };
        Ok(Self { key, moves: Moves::Time { period: 30 }, issuer: String::new(), account: String::new() })
    }

    fn of_uri(uri: &str) -> Result<Self, SetupError> {
        let rest =
            uri.get("otpauth://".len()..).filter(|_| starts_with(uri, "otpauth://")).ok_or(SetupError::Scheme)?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, label) = path.split_once('/').unwrap_or((path, ""));
        let asked = Parameters::read(query);
        // Steam's codes are letters, made in a way of its own.
        if !asked.given("encoder").is_empty() {
            return Err(SetupError::Type);
        }
        let (issuer, account) = split_label(label);
        let issuer = Some(asked.given("issuer")).filter(|issuer| !issuer.is_empty()).map_or(issuer, str::to_owned);
        let is_timed = match kind.to_ascii_lowercase().as_str() {
            "totp" => true,
            "hotp" => false,
            _ => return Err(SetupError::Type),
        };
        let digits = whole(asked.given("digits"), 6, (6, 8)).ok_or(SetupError::Digits)?;
        let key = OathKey {
            secret: read_key(asked.given("secret"))?,
            algorithm: read_algorithm(asked.given("algorithm"))?,
            digits: u8::try_from(digits).map_err(|_| SetupError::Digits)?,
        };
        let moves = if is_timed {
            let period = whole(asked.given("period"), 30, (1, u32::MAX.into())).ok_or(SetupError::Period)?;
            Moves::Time { period }
        } else {
            let counter = whole(asked.given("counter"), 0, (0, GREATEST_COUNTER)).ok_or(SetupError::Counter)?;
            Moves::Count { counter }
        };
        let issuer = read_name(&issuer).ok_or(SetupError::Issuer)?;
        let account = read_name(&account).ok_or(SetupError::Account)?;
        Ok(Self { key, moves, issuer, account })
    }
}

/// A key as pages show it and people type it: in groups, in either case, with padding or without.
pub fn read_key(typed: &str) -> Result<Secret<Vec<u8>>, SetupError> {
    if typed.len() > LONGEST_TEXT {
        return Err(SetupError::Secret);
    }
    let plain: String = typed.chars().filter(|c| !is_filler(*c)).map(|c| c.to_ascii_uppercase()).collect();
    let plain = Zeroizing::new(plain);
    let text = plain.trim_end_matches('=');
    if text.is_empty() || text.len() > LONGEST_KEY {
        return Err(SetupError::Secret);
    }
    let key = Secret::new(BASE32.decode(text.as_bytes()).map_err(|_| SetupError::Secret)?);
    if key.expose().is_empty() { Err(SetupError::Secret) } else { Ok(key) }
}

/// As algorithms are called in the wild: `SHA-256`, `HmacSHA256`, `hmac-sha256`.
fn read_algorithm(called: &str) -> Result<Algorithm, SetupError> {
    if called.is_empty() {
        return Ok(Algorithm::default());
    }
    let upper = called.to_ascii_uppercase();
    let name = upper.strip_prefix("HMAC").map_or(upper.as_str(), |rest| rest.strip_prefix('-').unwrap_or(rest));
    Algorithm::named(&name.replacen('-', "", 1)).ok_or(SetupError::Algorithm)
}

/// A whole number within bounds, or the usual one if none is given.
fn whole(text: &str, usual: u64, (least, most): (u64, u64)) -> Option<u64> {
    if text.is_empty() {
        return Some(usual);
    }
    let is_plain = text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && (least..=most).contains(number))
}

/// On one line, without characters that cannot be seen.
fn read_name(text: &str) -> Option<String> {
    let seen = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_invisible(*c));
    let name = seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    (name.chars().count() <= LONGEST_NAME).then_some(name)
}

/// Splits at a colon, or at an encoded one if there is no other.
fn split_label(label: &str) -> (String, String) {
    let encoded = || label.to_ascii_lowercase().find("%3a").map(|at| (&label[..at], &label[at + 3..]));
    match label.split_once(':').or_else(encoded) {
        Some((issuer, account)) => (percent_decoded(issuer), percent_decoded(account)),
        None => (String::new(), percent_decoded(label)),
    }
}

/// As it is where it is no percent-encoded UTF-8.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let digits = after.get(..2).and_then(|digits| data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok());
        let Some(decoded) = digits else { return text.to_owned() };
        bytes.extend(decoded);
        rest = &after[2..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn starts_with(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// The parameters of a URI, each with its first value; names in any case. A `+` is a space, as forms write one, and `&amp;`
/// an `&`, as a URI copied out of a page's source has it.
struct Parameters(Vec<(String, Zeroizing<String>)>);

impl Parameters {
    fn read(query: &str) -> Self {
        let mut plain = Zeroizing::new(String::with_capacity(query.len()));
        let mut rest = query;
        while let Some(at) = rest.find('&') {
            let (before, entity) = rest.split_at(at);
            plain.push_str(before);
            plain.push('&');
            rest = if starts_with(entity, "&amp;") { &entity[5..] } else { &entity[1..] };
        }
        plain.push_str(rest);
        let pairs = form_urlencoded::parse(plain.as_bytes());
        let pair = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            let value = Zeroizing::new(value.into_owned());
            (trim_invisible(&name).to_ascii_lowercase(), Zeroizing::new(trim_invisible(&value).to_owned()))
        };
        Self(pairs.map(pair).collect())
    }

    /// Empty, if it is not there.
    fn given(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "JBSWY3DPEHPK3PXP";

    /// What the tests compare: issuer, account, algorithm, digits, and what codes change by.
    fn seen(text: &str) -> Result<(String, String, &'static str, u8, Moves), SetupError> {
        let SetupKey { key, moves, issuer, account } = SetupKey::read(text)?;
        assert_eq!(key.secret.expose().as_slice(), b"Hello!\xde\xad\xbe\xef", "{text}");
        Ok((issuer, account, key.algorithm.name(), key.digits, moves))
    }

    fn time(period: u64) -> Moves {
        Moves::Time { period }
    }

    #[test]
    fn keys_are_read_in_every_spelling() {
        let plain = read_key(KEY).expect("a key");
        for typed in [
            "jbsw y3dp ehpk 3pxp",
            "JBSW-Y3DP-EHPK-3PXP====",
            "\u{feff}jbsw\u{2013}y3dp\u{a0}ehpk\u{200b}3pxp\r\n",
            "JBSWY3DP\nEHPK3PXP",
        ] {
            assert_eq!(read_key(typed), Ok(plain.clone()), "{typed:?}");
        }
        // Bits behind the last byte are no part of a key: 52 letters hold 32 bytes and four bits.
        assert_eq!(read_key("MZ"), read_key("MY"));
        let set = format!("{}B", "A".repeat(51));
        assert_eq!(read_key(&set).expect("a key").expose(), &vec![0; 32]);
        let long = "A".repeat(416);
        for bad in ["", "====", " ", "JBSWY3DPEHPK3PX1", "JBSWY3DPE", "A", "not base32!", "ＪＢＳＷ", &long] {
            assert_eq!(read_key(bad), Err(SetupError::Secret), "{bad:?}");
        }
    }

    /// The same texts as in `public/tests/vault-otpauth.test.js`.
    #[test]
    fn what_issuers_in_the_wild_write_is_understood() {
        for (uri, issuer, account, algorithm, digits, moves) in [
            (
                "otpauth://totp/Google%3Aada%40gmail.com?secret=jbswy3dpehpk3pxp&issuer=Google",
                "Google",
                "ada@gmail.com",
                "SHA1",
                6,
                time(30),
            ),
            (
                "otpauth://totp/Example%20Co:%20ada+test@example.org?secret=KEY&issuer=Example+Co",
                "Example Co",
                "ada+test@example.org",
                "SHA1",
                6,
                time(30),
            ),
            (
                "otpauth://totp/ada%40example.org?secret=KEY%3D%3D&issuer=C%2B%2B%20Club",
                "C++ Club",
                "ada@example.org",
                "SHA1",
                6,
                time(30),
            ),
            ("otpauth://totp/ACME:ada?issuer=ACME%20Inc.&secret=KEY", "ACME Inc.", "ada", "SHA1", 6, time(30)),
            ("otpauth://totp/ada?secret=KEY&algorithm=HmacSHA512&period=60", "", "ada", "SHA512", 6, time(60)),
            ("otpauth://totp/ada?secret=KEY&algorithm=sha-256", "", "ada", "SHA256", 6, time(30)),
            ("otpauth://totp/?secret=KEY", "", "", "SHA1", 6, time(30)),
            ("otpauth://totp?secret=KEY", "", "", "SHA1", 6, time(30)),
            ("OTPAUTH://TOTP/ada?SECRET=KEY", "", "ada", "SHA1", 6, time(30)),
            (
                "  otpauth://totp/100%25%20sure?secret=KEY&image=https%3A%2F%2Fexample.org%2Fa.png\n",
                "",
                "100% sure",
                "SHA1",
                6,
                time(30),
            ),
            ("otpauth://totp/100%?secret=KEY", "", "100%", "SHA1", 6, time(30)),
            ("otpauth://totp/a:b:c?secret=KEY", "a", "b:c", "SHA1", 6, time(30)),
            ("otpauth://totp/a%3Ab:c?secret=KEY", "a:b", "c", "SHA1", 6, time(30)),
            ("otpauth://totp/ada?secret=KEY&secret=AAAA&digits=7&digits=8", "", "ada", "SHA1", 7, time(30)),
            ("otpauth://totp/%F0%9F%94%91?secret=KEY#end", "", "🔑", "SHA1", 6, time(30)),
            (
                "otpauth://totp/ada?secret=KEY&amp;digits=8&amp;period=60&AMP;algorithm=SHA512",
                "",
                "ada",
                "SHA512",
                8,
                time(60),
            ),
            (
                "otpauth://totp/ada?secret=KEY&digits=&period=&algorithm=&issuer=&counter=&encoder=",
                "",
                "ada",
                "SHA1",
                6,
                time(30),
            ),
            (
                "otpauth://totp/ada?secret=JBSW%20Y3DP-EHPK+3PXP&per\r\niod=60&digits=\u{200b}8",
                "",
                "ada",
                "SHA1",
                8,
                time(60),
            ),
            ("otpauth://hotp/ada?secret=KEY&counter=7", "", "ada", "SHA1", 6, Moves::Count { counter: 7 }),
            ("otpauth://hotp/ada?secret=KEY", "", "ada", "SHA1", 6, Moves::Count { counter: 0 }),
            ("jbsw y3dp ehpk 3pxp", "", "", "SHA1", 6, time(30)),
        ] {
            let expected = (issuer.to_owned(), account.to_owned(), algorithm, digits, moves);
            assert_eq!(seen(&uri.replace("KEY", KEY)), Ok(expected), "{uri}");
        }
    }

    #[test]
    fn what_is_not_right_is_refused_by_name() {
        let long = "x".repeat(201);
        for (uri, why) in [
            ("otpauth:totp/ada", SetupError::Scheme),
            ("otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8", SetupError::Migration),
            ("otpauth://yubikey/ada?secret=KEY", SetupError::Type),
            ("otpauth:///ada?secret=KEY", SetupError::Type),
            ("otpauth://steam/ada?secret=KEY", SetupError::Type),
            ("otpauth://totp/Steam:ada?secret=KEY&issuer=Steam&encoder=steam", SetupError::Type),
            ("otpauth://totp/Steam:ada?secret=KEY&issuer=Steam&digits=5", SetupError::Digits),
            ("otpauth://totp/ada", SetupError::Secret),
            ("otpauth://totp/ada?secret=", SetupError::Secret),
            ("otpauth://totp/ada?secret=JBSWY3DPEHPK3PX1", SetupError::Secret),
            ("otpauth://totp/ada?secret=JBSWY3DPE", SetupError::Secret),
            ("otpauth://totp/ada?secret=KEY&algorithm=MD5", SetupError::Algorithm),
            ("otpauth://totp/ada?secret=KEY&algorithm=constructor", SetupError::Algorithm),
            ("otpauth://totp/ada?secret=KEY&digits=6.0", SetupError::Digits),
            ("otpauth://totp/ada?secret=KEY&digits=9", SetupError::Digits),
            ("otpauth://totp/ada?secret=KEY&digits=%D9%A6", SetupError::Digits),
            ("otpauth://totp/ada?secret=KEY&period=0", SetupError::Period),
            ("otpauth://totp/ada?secret=KEY&period=0x1e", SetupError::Period),
            ("otpauth://totp/ada?secret=KEY&period=-30", SetupError::Period),
            ("otpauth://hotp/ada?secret=KEY&counter=-1", SetupError::Counter),
            ("otpauth://hotp/ada?secret=KEY&counter=9007199254740992", SetupError::Counter),
            ("otpauth://totp/ada?secret=KEY&issuer=LONG", SetupError::Issuer),
            ("otpauth://totp/LONG?secret=KEY", SetupError::Account),
            ("https://example.org/", SetupError::Secret),
            ("", SetupError::Secret),
        ] {
            let uri = uri.replace("KEY", KEY).replace("LONG", &long);
            assert_eq!(SetupKey::read(&uri).map(drop), Err(why), "{uri}");
        }
        assert_eq!(SetupKey::read(&"a".repeat(9000)).map(drop), Err(SetupError::Scheme));
    }

    #[test]
    fn no_key_is_printed() {
        let read = SetupKey::read(&format!("otpauth://totp/ada?secret={KEY}")).expect("a key");
        assert!(!format!("{read:?}").contains("72, 101"), "{read:?}");
    }
}
