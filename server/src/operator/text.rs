//! Answers as people read them on a terminal.

use postern_app::client::ClientLine;
use postern_app::portal::operator::{AccountLine, AccountView, FactorView, Reason, ShownAddress, Why};
use postern_core::model::SendLimit;
use postern_core::model::typed_text::is_invisible;

use super::request::Reply;

pub fn text(reply: &Reply) -> String {
    match reply {
        Reply::Accounts(accounts) => list(accounts),
        Reply::Account(account) => view(account),
        Reply::Why(why) => reasons(why),
        Reply::Invited(invited) => format!("{} is invited until {}.\n", address(&invited.address), invited.until),
        Reply::Clients(list) => clients(list),
        Reply::Done => "Done.\n".to_owned(),
        Reply::NotDone(why) => format!("{}\n", plain(why)),
    }
}

/// What somebody typed must not steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect()
}

/// An address, with the A-labels of a domain that could be taken for another.
fn address(ShownAddress { address, ascii_address }: &ShownAddress) -> String {
    match ascii_address.rsplit_once('@') {
        Some((_, domain)) if !address.is_ascii() => plain(&format!("{address} ({domain})")),
        _ => plain(address),
    }
}

fn list(accounts: &[AccountLine]) -> String {
    let row = |account: &AccountLine| {
        [
            address(&account.address),
            account.created_at.clone(),
            account.last_used_at.clone(),
            if account.factors.is_empty() { "none".to_owned() } else { account.factors.join(", ") },
            account.sessions.to_string(),
        ]
    };
    let heading = ["ADDRESS", "CREATED", "LAST USED", "FACTORS", "SESSIONS"].map(str::to_owned);
    table(&std::iter::once(heading).chain(accounts.iter().map(row)).collect::<Vec<_>>())
}

fn clients(clients: &[ClientLine]) -> String {
    let row = |client: &ClientLine| {
        [
            client.key.clone(),
            address(&client.address),
            client.state.clone(),
            client.activated_at.clone().unwrap_or_else(|| "never".to_owned()),
            client.last_used_at.clone().unwrap_or_else(|| "never".to_owned()),
            client.totp.to_string(),
            client.webauthn.to_string(),
            client.failures.to_string(),
        ]
    };
    let heading = ["KEY", "ADDRESS", "STATE", "ACTIVATED", "LAST USED", "TOTP", "KEYS", "REFUSED"].map(str::to_owned);
    table(&std::iter::once(heading).chain(clients.iter().map(row)).collect::<Vec<_>>())
}

/// Columns as wide as what stands in them.
fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn view(account: &AccountView) -> String {
    let mut lines = vec![
        address(&account.address),
        format!("  created    {}", account.created_at),
        format!("  last used  {}", account.last_used_at),
    ];
    lines.extend(account.frozen_until.as_ref().map(|until| format!("  frozen     until {until}")));
    lines.push("Factors".to_owned());
    lines.extend(or_none(account.factors.iter().map(factor).collect()));
    lines.push("Sessions".to_owned());
    let sessions = account.sessions.iter().map(|session| {
        let (browser, network) = (plain(&session.browser), plain(&session.network));
        format!("  {browser}, {network}, begun {}, last seen {}", session.begun_at, session.last_seen_at)
    });
    lines.extend(or_none(sessions.collect()));
    lines.push("Activity".to_owned());
    let activity = account.activity.iter().map(|event| {
        format!("  {}  {}, {}, from {}", event.at, spaced(&event.what), name(&event.factor), plain(&event.network))
    });
    lines.extend(or_none(activity.collect()));
    lines.join("\n") + "\n"
}

fn or_none(lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() { vec!["  none".to_owned()] } else { lines }
}

fn factor(factor: &FactorView) -> String {
    let used = factor.last_used_at.as_ref().map_or("never used".to_owned(), |at| format!("last used {at}"));
    let left = factor.left.map_or(String::new(), |left| format!(", {left} left"));
    format!("  {}: {}{left}, added {}, {used}", name(&factor.kind), plain(&factor.name), factor.added_at)
}

/// `SessionsEnded` as `sessions ended`.
fn spaced(what: &str) -> String {
    let mut words = String::new();
    for c in what.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// A kind of factor.
fn name(kind: &str) -> &str {
    match kind {
        "email" => "mail code",
        "totp" => "authenticator app",
        "hotp" => "counter token",
        "security-key" => "security key",
        "recovery" => "recovery codes",
        other => other,
    }
}

fn reasons(why: &Why) -> String {
    let address = address(&why.address);
    if why.reasons.is_empty() {
        return format!(
            "{address}: nothing is in the way. If no code arrives, look at /readyz and at the mail server.\n"
        );
    }
    let lines = why.reasons.iter().map(|reason| format!("{address}: {}", reason_text(reason)));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn reason_text(reason: &Reason) -> String {
    match reason {
        Reason::NoAccount => "no account has this address. Signing in with it makes one.".to_owned(),
        Reason::SignUpClosed => {
            "no account has this address, and the portal makes none for it. Invite it to let it in.".to_owned()
        }
        Reason::Invited { until } => {
            format!("no account has this address yet. It is invited until {until}; signing in makes the account.")
        }
        Reason::FactorWaits { factor, until } => {
            format!(
                "{}: too many wrong answers; the next try may come at {until}. Unblocking ends the wait.",
                name(factor)
            )
        }
        Reason::FactorBlocked { factor } => format!(
            "{}: shut after 50 wrong answers, until another factor or a recovery code is passed. Unblocking opens it.",
            name(factor)
        ),
        Reason::Frozen { until } => format!(
            "somebody with its mail said \u{201c}this was not me\u{201d}; its factors cannot be changed until {until}. \
             Signing in works. Unblocking lifts this."
        ),
        Reason::SendsUsedUp { limit, until } => {
            let limit = match limit {
                SendLimit::Address => "too many codes were sent to this address",
                SendLimit::Network => "too many codes were sent for that network",
                SendLimit::Site => "too many codes were sent for the site of that network (its IPv6 /48)",
                SendLimit::AddressAndNetwork => "too many codes were sent to this address for that network",
                SendLimit::AddressAndDevice => "too many codes were sent to this address for one browser",
                SendLimit::Portal => "the portal's own ceiling for letters is reached (limits.emails_per_hour)",
            };
            format!("{limit} within the hour; the next may go out at {until}.")
        }
        Reason::LongerCodes => {
            "after many wrong guesses its mail codes have 8 digits. That keeps nobody out; unblocking ends it."
                .to_owned()
        }
        Reason::SecondFactorNeeded => {
            "the portal asks for a second factor and the account has none: it can do nothing but add one.".to_owned()
        }
        Reason::NoRecoveryCodeLeft => "all its recovery codes are used.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use postern_core::model::MailAddress;

    use super::*;

    fn shown(address: &str) -> ShownAddress {
        (&address.parse::<MailAddress>().expect("an address")).into()
    }

    fn line(address: &str, factors: &[&str]) -> AccountLine {
        AccountLine {
            address: shown(address),
            created_at: "2027-01-15T08:00:00Z".to_owned(),
            last_used_at: "2027-01-16T08:00:00Z".to_owned(),
            factors: factors.iter().map(ToString::to_string).collect(),
            sessions: 2,
        }
    }

    #[test]
    fn a_list_is_a_table() {
        let accounts = vec![line("ada@example.org", &["totp", "recovery"]), line("bob@example.org", &[])];
        assert_eq!(
            text(&Reply::Accounts(accounts)),
            "ADDRESS          CREATED               LAST USED             FACTORS         SESSIONS\n\
             ada@example.org  2027-01-15T08:00:00Z  2027-01-16T08:00:00Z  totp, recovery  2\n\
             bob@example.org  2027-01-15T08:00:00Z  2027-01-16T08:00:00Z  none            2\n"
        );
    }

    #[test]
    fn clients_are_a_table_too() {
        let client = ClientLine {
            key: "ab".repeat(20),
            address: shown("ada@example.org"),
            state: "waiting".to_owned(),
            asked_at: "2027-01-15T08:00:00Z".to_owned(),
            activated_at: None,
            last_used_at: None,
            totp: 0,
            webauthn: 12,
            failures: 3,
        };
        assert_eq!(
            text(&Reply::Clients(vec![client])),
            "KEY                                       ADDRESS          STATE    ACTIVATED  LAST USED  TOTP  KEYS  REFUSED\n\
             abababababababababababababababababababab  ada@example.org  waiting  never      never      0     12    3\n"
        );
    }

    #[test]
    fn look_alike_domain_is_shown_with_its_a_labels() {
        assert_eq!(address(&shown("ada@ex\u{430}mple.org")), "ada@ex\u{430}mple.org (xn--exmple-4nf.org)");
        assert_eq!(address(&shown("Ada@Example.org")), "Ada@Example.org");
    }

    #[test]
    fn what_somebody_typed_does_not_steer_the_terminal() {
        let factor = FactorView {
            kind: "totp".to_owned(),
            name: "\u{1b}[2Jphone\n".to_owned(),
            added_at: "2027-01-15T08:00:00Z".to_owned(),
            last_used_at: None,
            left: None,
        };
        let account = AccountView {
            address: shown("ada@example.org"),
            created_at: String::new(),
            last_used_at: String::new(),
            frozen_until: None,
            factors: vec![factor],
            sessions: Vec::new(),
            activity: Vec::new(),
        };
        let shown = text(&Reply::Account(account));
        assert!(!shown.contains('\u{1b}') && shown.contains("[2Jphone"), "{shown:?}");
        assert!(shown.contains("authenticator app") && shown.contains("never used"), "{shown}");
    }

    #[test]
    fn every_reason_says_what_is_and_most_say_what_helps() {
        let until = || "2027-01-15T08:00:00Z".to_owned();
        let factor = || "totp".to_owned();
        for (reason, part) in [
            (Reason::NoAccount, "makes one"),
            (Reason::SignUpClosed, "Invite it"),
            (Reason::Invited { until: until() }, "2027-01-15"),
            (Reason::FactorWaits { factor: factor(), until: until() }, "authenticator app: too many wrong answers"),
            (Reason::FactorBlocked { factor: factor() }, "Unblocking opens it"),
            (Reason::Frozen { until: until() }, "this was not me"),
            (Reason::SendsUsedUp { limit: SendLimit::Network, until: until() }, "that network"),
            (Reason::LongerCodes, "8 digits"),
            (Reason::SecondFactorNeeded, "add one"),
            (Reason::NoRecoveryCodeLeft, "all its recovery codes"),
        ] {
            let why = Why { address: shown("ada@example.org"), reasons: vec![reason] };
            let shown = text(&Reply::Why(why));
            assert!(shown.starts_with("ada@example.org: ") && shown.contains(part), "{shown}");
        }
        let nothing = Why { address: shown("ada@example.org"), reasons: Vec::new() };
        assert!(text(&Reply::Why(nothing)).contains("nothing is in the way"));
    }

    #[test]
    fn events_read_as_words() {
        assert_eq!(spaced("SessionsEnded"), "sessions ended");
        assert_eq!(spaced("Passed"), "passed");
    }
}
