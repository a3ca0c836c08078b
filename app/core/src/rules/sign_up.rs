//! Who may have an account.

use crate::model::{MailAddress, NotAnAddress};

/// Whom the portal makes accounts for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SignUp {
    /// For whoever reads the mail of an address.
    #[default]
    Open,
    /// For those who are invited.
    Closed,
    /// For these, and for those who are invited.
    Listed(Vec<Listed>),
}

/// One line of the list, in the form in which addresses are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    Address(String),
    /// Everything behind the `@`.
    Domain(String),
}

impl Listed {
    /// `ada@example.org`, or a domain as `example.org` or `@example.org`.
    pub fn read(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let domain = text.strip_prefix('@').unwrap_or(text);
        if domain.contains('@') {
            return Ok(Self::Address(text.parse::<MailAddress>()?.lookup_form()));
        }
        let anybody: MailAddress = format!("anybody@{domain}").parse()?;
        Ok(Self::Domain(domain_of(&anybody.lookup_form()).to_owned()))
    }

    fn names(&self, address: &str) -> bool {
        match self {
            Self::Address(listed) => listed == address,
            Self::Domain(listed) => listed == domain_of(address),
        }
    }
}

impl SignUp {
    pub fn allows(&self, address: &MailAddress) -> bool {
        match self {
            Self::Open => true,
            Self::Closed => false,
            Self::Listed(list) => list.iter().any(|listed| listed.names(&address.lookup_form())),
        }
    }
}

impl SignUp {
    /// Whether an account may move to an address. A list says whose mailboxes belong here; whether strangers may sign up
    /// says nothing of those who are there already.
    pub fn allows_change_to(&self, address: &MailAddress) -> bool {
        matches!(self, Self::Open | Self::Closed) || self.allows(address)
    }
}

fn domain_of(lookup_form: &str) -> &str {
    lookup_form.rsplit_once('@').map_or("", |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_addresses_and_whole_domains_however_they_are_spelt() {
        let list = ["Ada@Example.org", "@bücher.example", "example.net"].map(|text| Listed::read(text).expect(text));
        let sign_up = SignUp::Listed(list.into());
        let allows = |address: &str| sign_up.allows(&address.parse().expect(address));
        assert!(allows("ada@example.org") && allows("bob@xn--bcher-kva.example") && allows("eve@EXAMPLE.NET"));
        assert!(!allows("bob@example.org") && !allows("eve@sub.example.net") && !allows("eve@notexample.net"));
        let may_move = |address: &str| sign_up.allows_change_to(&address.parse().expect(address));
        assert!(may_move("bob@b\u{fc}cher.example") && !may_move("bob@example.org"));
        assert!(Listed::read("").is_err() && Listed::read("a@b@c").is_err());
    }

    #[test]
    fn open_allows_everybody_and_closed_nobody() {
        let ada = "ada@example.org".parse().expect("an address");
        assert!(SignUp::Open.allows(&ada) && !SignUp::Closed.allows(&ada));
        assert!(SignUp::Open.allows_change_to(&ada) && SignUp::Closed.allows_change_to(&ada));
    }
}
