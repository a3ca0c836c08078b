//! An authenticator app from outside: `oathtool`, fed with the `otpauth:` link that a phone would scan.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::collections::HashMap;
use std::process::Command;

/// One entry of it.
#[derive(Clone, Debug)]
pub struct Phone {
    pub label: String,
    fields: HashMap<String, String>,
}

impl Phone {
    pub fn scan(uri: &str) -> Self {
        let url = url::Url::parse(uri).expect("a link");
        assert!(url.scheme() == "otpauth" && matches!(url.host_str(), Some("totp" | "hotp")), "{uri}");
        let fields = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Self { label: url.path().trim_start_matches('/').to_owned(), fields }
    }

    pub fn secret(&self) -> &str {
        &self.fields["secret"]
    }

    fn field<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.fields.get(name).map_or(default, String::as_str)
    }

    pub fn code_at(&self, unix_secs: u64) -> String {
        let (algorithm, digits) = (self.field("algorithm", "SHA1"), self.field("digits", "6"));
        let period = format!("{}s", self.field("period", "30"));
        self.shows(&[&format!("--totp={algorithm}"), "-d", digits, "-s", &period, "--now", &format!("@{unix_secs}")])
    }

    /// The counter that the link begins with.
    pub fn counter(&self) -> u64 {
        self.fields["counter"].parse().expect("a number")
    }

    /// The code of a counter; oathtool knows these with SHA1 only.
    pub fn code_of(&self, counter: u64) -> String {
        self.shows(&["--hotp", "-d", self.field("digits", "6"), "-c", &counter.to_string()])
    }

    /// The codes of that many counters in a row, beginning with 0.
    pub fn first_codes(&self, count: u64) -> Vec<String> {
        let last = (count - 1).to_string();
        let codes = self.shows(&["--hotp", "-d", self.field("digits", "6"), "-c", "0", "-w", &last]);
        codes.lines().map(str::to_owned).collect()
    }

    fn shows(&self, asked: &[&str]) -> String {
        let output = Command::new("oathtool")
            .arg("-b")
            .args(asked)
            .arg(self.secret())
            .output()
            .expect("oathtool must be installed to run these tests (Debian: apt-get install oathtool)");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A code that is not right now, nor at any step around.
    pub fn wrong_code_at(&self, unix_secs: u64) -> String {
        let near: Vec<String> = (0..7).map(|step| self.code_at(unix_secs + 90 - 30 * step)).collect();
        (271_828..999_999_u32)
            .map(|n| format!("{n:06}"))
            .find(|code| !near.contains(code))
            .expect("there are more codes than steps")
    }
}
