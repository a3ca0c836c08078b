//! What stands around every page: banner, header, footer.

/// Of the program, whatever the portal that it runs calls itself.
pub const NAME: &str = "Postern";
pub const SKIP: &str = "Skip to the page";
pub const MENU: &str = "Menu";
pub const NAV_LABEL: &str = "Portal";
pub const FOOTER_LABEL: &str = "About";
pub const SCRIPTS: &str = "Works without scripts, but for security keys and the vault.";

pub const CLIENTS: &str = "API keys";
pub const QUORUM: &str = "Quorum";
pub const OVERVIEW: &str = "Overview";
pub const VAULT: &str = "Vault";
pub const OUTBOX: &str = "Outbox";
pub const PHONE: &str = "Pocket authenticator";
pub const SIGN_IN: &str = "Sign in";
pub const ACCOUNT: &str = "Account";
pub const SIGN_OUT: &str = "Sign out";

pub const DEMO_LABEL: &str = "Demo";
pub const DEMO_BEFORE: &str = "Demo: mails land in the ";
pub const DEMO_OUTBOX: &str = "outbox";
pub const DEMO_BETWEEN: &str = ", and there is a ";
pub const DEMO_PHONE: &str = "pocket authenticator";
pub const DEMO_AFTER: &str = ". Nothing leaves this machine.";

pub fn title(page: &str, portal: &str) -> String {
    format!("{page} · {portal}")
}

pub fn home_label(portal: &str) -> String {
    format!("{portal}, overview")
}

pub fn version(version: &str) -> String {
    format!("{NAME} {version}")
}
