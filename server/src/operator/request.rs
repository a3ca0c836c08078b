//! What an operator can ask for, and what is answered: one line of JSON each.

use std::net::IpAddr;

use postern_app::client::ClientLine;
use postern_app::portal::operator::{AccountLine, AccountView, Invited, Why};
use postern_core::model::{ApiKey, MailAddress};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Whether the portal is well, and has the master key that this was sealed with.
    Check {
        sealed: Option<Vec<u8>>,
    },
    List,
    Show {
        address: MailAddress,
    },
    Why {
        address: MailAddress,
        from: Option<IpAddr>,
    },
    Unblock {
        address: MailAddress,
    },
    ResetFactors {
        address: MailAddress,
    },
    EndSessions {
        address: MailAddress,
    },
    Delete {
        address: MailAddress,
    },
    Invite {
        address: MailAddress,
    },
    ListClients,
    DisableClient {
        key: ApiKey,
    },
    DeleteClient {
        key: ApiKey,
    },
}

/// What a command would do that cannot be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Final<'a> {
    pub would: &'static str,
    pub to: Named<'a>,
}

/// Whom or what it is about: to be typed once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    Address(&'a MailAddress),
    Key(&'a ApiKey),
}

impl Named<'_> {
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Key(_) => "key",
        }
    }

    /// Whether what was typed names the same.
    pub fn is(&self, typed: &str) -> bool {
        match self {
            Self::Address(address) => {
                typed.trim().parse::<MailAddress>().is_ok_and(|typed| typed.lookup_form() == address.lookup_form())
            }
            Self::Key(key) => typed.parse::<ApiKey>().is_ok_and(|typed| typed == **key),
        }
    }
}

impl Request {
    /// The command as it is typed.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Check { .. } => "check-config",
            Self::List => "accounts list",
            Self::Show { .. } => "accounts show",
            Self::Why { .. } => "accounts why",
            Self::Unblock { .. } => "accounts unblock",
            Self::ResetFactors { .. } => "accounts reset-factors",
            Self::EndSessions { .. } => "accounts end-sessions",
            Self::Delete { .. } => "accounts delete",
            Self::Invite { .. } => "accounts invite",
            Self::ListClients => "clients list",
            Self::DisableClient { .. } => "clients disable",
            Self::DeleteClient { .. } => "clients delete",
        }
    }

    /// What it would do, if that has to be confirmed. Disabling a client is not: a secret that is known to somebody has to
    /// be stopped at once, and the client's records stay.
    pub const fn is_final(&self) -> Option<Final<'_>> {
        let (would, to) = match self {
            Self::ResetFactors { address } => ("take every second factor off", Named::Address(address)),
            Self::Delete { address } => ("delete for good", Named::Address(address)),
            Self::DeleteClient { key } => ("delete for good, with every record of its users", Named::Key(key)),
            _ => return None,
        };
        Some(Final { would, to })
    }

    /// Whether a letter goes out.
    pub const fn tells_somebody(&self) -> bool {
        match self {
            Self::Check { .. }
            | Self::List
            | Self::Show { .. }
            | Self::Why { .. }
            | Self::ListClients
            | Self::DisableClient { .. }
            | Self::DeleteClient { .. } => false,
            Self::Unblock { .. }
            | Self::ResetFactors { .. }
            | Self::EndSessions { .. }
            | Self::Delete { .. }
            | Self::Invite { .. } => true,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    Accounts(Vec<AccountLine>),
    Account(AccountView),
    Why(Why),
    Invited(Invited),
    Clients(Vec<ClientLine>),
    Done,
    /// Why not, in words.
    NotDone(String),
}

impl Reply {
    /// For programs: what was asked for as it is, or `{"done":true}`, or `{"error":"…"}`.
    pub fn json(&self) -> String {
        match self {
            Self::Accounts(accounts) => json!(accounts),
            Self::Account(account) => json!(account),
            Self::Why(why) => json!(why),
            Self::Invited(invited) => json!(invited),
            Self::Clients(clients) => json!(clients),
            Self::Done => json!({ "done": true }),
            Self::NotDone(why) => json!({ "error": why }),
        }
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> MailAddress {
        "ada@example.org".parse().expect("an address")
    }

    #[test]
    fn addresses_stand_with_their_a_labels_and_are_read_back() {
        let address: MailAddress = "Ada@ex\u{430}mple.org".parse().expect("an address");
        let why = Why { address: (&address).into(), reasons: Vec::new() };
        let expected =
            json!({ "address": "Ada@ex\u{430}mple.org", "ascii_address": "Ada@xn--exmple-4nf.org", "reasons": [] });
        let reply = Reply::Why(why);
        assert_eq!(reply.json().parse::<serde_json::Value>().expect("JSON"), expected);
        let line = serde_json::to_string(&reply).expect("JSON");
        assert_eq!(serde_json::from_str::<Reply>(&line).expect("a reply"), reply);
    }

    fn key() -> ApiKey {
        ApiKey::from([0xab; 20])
    }

    #[test]
    fn requests_are_one_line_of_json_that_reads_back() {
        let (address, from) = (ada(), Some([192, 0, 2, 7].into()));
        for (request, line) in [
            (Request::List, r#"{"act":"list"}"#),
            (
                Request::Why { address: address.clone(), from },
                r#"{"act":"why","address":"ada@example.org","from":"192.0.2.7"}"#,
            ),
            (Request::ResetFactors { address }, r#"{"act":"reset-factors","address":"ada@example.org"}"#),
            (Request::ListClients, r#"{"act":"list-clients"}"#),
            (
                Request::DeleteClient { key: key() },
                r#"{"act":"delete-client","key":"abababababababababababababababababababab"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&request).expect("JSON"), line);
            assert_eq!(serde_json::from_str::<Request>(line).expect(line), request);
        }
    }

    #[test]
    fn what_is_no_request_is_not_read_as_one() {
        for line in [
            "",
            "{}",
            r#"{"act":"drop"}"#,
            r#"{"act":"delete"}"#,
            r#"{"act":"delete","address":"not an address"}"#,
            r#"{"act":"delete","address":["ada@example.org"]}"#,
            r#"{"act":"delete","address":"ada@example.org","yes":true}"#,
            r#"{"act":"delete-client","key":"abab"}"#,
        ] {
            assert!(serde_json::from_str::<Request>(line).is_err(), "{line}");
        }
    }

    #[test]
    fn programs_get_what_was_asked_for_or_an_error() {
        assert_eq!(Reply::Accounts(Vec::new()).json(), "[]");
        assert_eq!(Reply::Done.json(), r#"{"done":true}"#);
        assert_eq!(Reply::NotDone("a \"no\"".to_owned()).json(), r#"{"error":"a \"no\""}"#);
    }

    #[test]
    fn only_what_cannot_be_taken_back_is_final() {
        assert!(Request::Delete { address: ada() }.is_final().is_some());
        assert!(Request::ResetFactors { address: ada() }.is_final().is_some());
        assert!(Request::DeleteClient { key: key() }.is_final().is_some());
        let others = [
            Request::List,
            Request::Unblock { address: ada() },
            Request::EndSessions { address: ada() },
            Request::DisableClient { key: key() },
        ];
        for request in others {
            assert!(request.is_final().is_none(), "{request:?}");
        }
    }
}
