//! The program at the other end: what it calls itself, and the cookie by which it is known again. That cookie opens
//! nothing: it keeps an owner's browser from being locked out by what others ask for, and tells new browsers from old.

use http::{HeaderMap, HeaderValue, header};

use super::cookies;
use postern_core::model::{Browser, DeviceId};

/// How long a browser is remembered, in seconds: a year.
const REMEMBERED: u64 = 365 * 24 * 60 * 60;

/// The longest `User-Agent` that is looked at.
const LONGEST: usize = 512;

pub const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-postern-device" } else { "postern-device" }
}

pub fn of_request(headers: &HeaderMap, https: bool) -> Browser {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Browser { name: name(agent), devices: devices(headers, https) }
}

/// Accounts by which one browser is known: those that were signed in to last.
const MOST_DEVICES: usize = 8;

/// Stands between the values of several accounts.
const SEPARATOR: char = '.';

/// A cookie that makes this browser known, by one value for each account. The one signed in to last comes first.
pub fn cookie(devices: &[DeviceId], https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let name = cookie_name(https);
    let devices: Vec<String> = devices.iter().take(MOST_DEVICES).map(ToString::to_string).collect();
    let devices = devices.join(&SEPARATOR.to_string());
    let text = format!("{name}={devices}; Path=/; Max-Age={REMEMBERED}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).ok()
}

fn devices(headers: &HeaderMap, https: bool) -> Vec<DeviceId> {
    let values = cookies::values(headers, cookie_name(https)).flat_map(|values| values.split(SEPARATOR));
    values.filter_map(|value| value.parse().ok()).take(MOST_DEVICES).collect()
}

/// `Firefox on Linux`. Browsers claim to be one another, so the order counts.
fn name(agent: &str) -> String {
    let agent = agent.get(..LONGEST).unwrap_or(agent);
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let program = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Vivaldi", "Vivaldi"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_though_they_claim_to_be_one_another() {
        for (agent, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 \
                 Safari/537.36 Edg/143.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/19.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile \
                 Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.14.1", "curl"),
            ("", ""),
            ("something else", ""),
        ] {
            assert_eq!(name(agent), expected, "{agent}");
        }
    }

    #[test]
    fn the_cookie_reads_back_and_anything_else_is_nobody() {
        let (device, other) = (DeviceId::from([7; 16]), DeviceId::from([8; 16]));
        let set = cookie(&[device, other], true).expect("a cookie");
        let set = set.to_str().expect("text");
        assert!(set.starts_with("__Host-postern-device=") && set.contains("; Secure") && set.contains("HttpOnly"));
        let brought = |line: String| {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&line).expect("a header"))]);
            of_request(&headers, true).devices
        };
        assert!(set.contains(&format!("{device}.{other};")), "{set}");
        assert_eq!(brought(format!("a=b; __Host-postern-device={device}")), [device]);
        assert_eq!(brought(format!("__Host-postern-device={device}.me.{other}")), [device, other]);
        assert_eq!(brought(format!("__Host-postern-device=x; __Host-postern-device={device}")), [device]);
        assert_eq!(brought(format!("postern-device={device}")), []);
        assert_eq!(brought("__Host-postern-device=me".to_owned()), []);
        let many: Vec<DeviceId> = (0..50).map(|number| DeviceId::from([number; 16])).collect();
        let set = cookie(&many, true).expect("a cookie");
        let line = set.to_str().expect("text").split(';').next().expect("a pair").to_owned();
        assert_eq!(brought(line), many[..MOST_DEVICES]);
        let line = many.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        assert_eq!(brought(format!("__Host-postern-device={line}")).len(), MOST_DEVICES);
    }
}
