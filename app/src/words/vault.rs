//! The vault: everything on its page is done by the browser, so most of these sentences wait in templates. What stands in
//! braces is filled in there.

pub const TITLE: &str = "Vault";
pub const HEADING: &str = "Your vault";
pub const LEDE: &str = "The keys of your authenticator codes, encrypted before they leave this browser. The portal keeps what it cannot read, and any browser with the vault\u{2019}s ID opens it.";
pub const NO_SCRIPTS: &str = "The vault needs scripts";
pub const NO_SCRIPTS_TEXT: &str = "Only your browser can decrypt what is in it, and it does so with a script. Allow scripts for this site, or use the open2fa program: it works with the same vault.";

/// Where vaults have an end.
pub fn unused(days: u64) -> String {
    format!("This portal deletes a vault that nobody has opened for {days} days. Opening it starts the days again.")
}

// Closed
pub const ID: &str = "Vault ID";
pub const ID_HINT: &str = "As you saved it: 32 letters and digits, dashes or not. It stays in this tab.";
pub const OPEN: &str = "Open";
pub const NONE_YET: &str = "No vault yet?";
pub const NONE_YET_TEXT: &str = "A new one is made here, in this browser. There is nothing to sign up for.";
pub const MAKE: &str = "Make a new vault";

// Made
pub const MADE_HEADING: &str = "Save this ID now";
pub const MADE_TEXT: &str =
    "It is shown this once. Whoever has it reads the vault, and without it nobody does: neither you nor the portal.";
pub const QR: &str = "QR code of the vault\u{2019}s ID";
pub const COPY: &str = "Copy it";
pub const COPIED: &str = "Copied.";
pub const NOT_COPIED: &str = "The browser did not allow it. Select it instead.";
pub const DOWNLOAD: &str = "Download";
pub const ID_FILE: &str = "vault-id.txt";
pub const PRINT: &str = "Print";
pub const SAVED: &str = "I have saved it";

pub fn sheet_title(portal: &str) -> String {
    format!("Vault at {portal}")
}

pub const SHEET_FOR: &str = "Open it on the vault\u{2019}s page, or with the open2fa program.";

// Open
pub const SEARCH: &str = "Search";
pub const ORDER: &str = "Order";
pub const ORDERS: [(&str, &str); 3] = [("issuer", "By service"), ("account", "By account"), ("newest", "Newest first")];
pub const LIST: &str = "Entries";
/// How many there are, or are found.
pub const COUNTS: [(&str, &str); 4] =
    [("none", "Nothing found"), ("one", "1 entry"), ("all", "{n} entries"), ("some", "{n} of {all} entries")];
pub const EMPTY: &str = "Nothing is in this vault yet. Add the first entry below.";
pub const RELOAD: &str = "Look for changes";
pub const CLOSE: &str = "Close the vault";

// An entry
/// What the button with a code says to those who do not see it.
pub const COPY_CODE: &str = "Copy the code {code} of {name}";
pub const NEXT: &str = "then {code}";
pub const PRESS: &str = "Next code";
pub const PRESS_LABEL: &str = "Next code of {name}";
pub const EDIT: &str = "Edit";
pub const EDIT_LABEL: &str = "Edit {name}";
pub const OLD_BADGE: &str = "open2fa";
pub const NO_NAME: &str = "Without a name";
pub const BROKEN: &str = "An entry that cannot be read";

/// Why an entry has no codes.
pub const FLAWS: [(&str, &str); 4] = [
    ("changed", "It was changed since it was written, or belongs to another vault. Nothing in it is to be trusted."),
    ("shape", "It is in no format that this page knows, or is cut short."),
    ("content", "It opens, but what is in it is no key for codes. A newer version may have written it."),
    ("superseded", "It is an earlier state of another entry, which somebody has put back."),
];

// Adding and editing
pub const ADD: &str = "Add an entry";
pub const KEY: &str = "Key, or otpauth address";
pub const KEY_HINT: &str = "What the service shows beside its QR code. Spaces do not matter.";
pub const PICTURE: &str = "Read a picture of a QR code";
pub const PICTURE_HINT: &str = "Or paste a screenshot anywhere on this page. It does not leave the browser.";
pub const ISSUER: &str = "Service";
pub const ACCOUNT: &str = "Account";
pub const SETTINGS: &str = "Other settings";
pub const SETTINGS_HINT: &str = "Leave them unless the service says otherwise.";
pub const TYPE: &str = "Codes change";
pub const TYPES: [(&str, &str); 2] = [("totp", "with time (TOTP)"), ("hotp", "at a press (HOTP)")];
pub const ALGORITHM: &str = "Algorithm";
pub const DIGITS: &str = "Digits";
pub const PERIOD: &str = "Seconds";
pub const COUNTER: &str = "Counter";
pub const KEEP_OLD: &str = "In the format of the open2fa program, so that it sees it";
pub const KEEP_OLD_HINT: &str =
    "Its format is weaker: the portal sees the entry\u{2019}s name, and nothing shows whether the key was changed.";
pub const SAVE: &str = "Add it";
pub const CHANGE: &str = "Save";
pub const CANCEL: &str = "Cancel";
pub const DELETE: &str = "Delete";
pub const CONVERT: &str = "Convert";
pub const CONVERT_TEXT: &str = "It is in the open2fa program\u{2019}s format. Converted, it is sealed against changes, and that program no longer sees it.";

// What the old format means
pub const OLD_TITLE: &str = "Some entries are in the open2fa program\u{2019}s format.";
pub const OLD_TEXT: &str = "Their names are readable to the portal, and nothing shows whether their keys were changed. Converted, they are sealed, and that program no longer sees them.";
pub const CONVERT_ALL: &str = "Convert all";
pub const KEEP: &str = "Keep them so";

// In and out
pub const CARRY: &str = "Bring in, take out";
pub const LINES: &str = "otpauth addresses";
pub const LINES_HINT: &str = "One a line, as other authenticator apps export them.";
pub const FILE: &str = "Read a file";
pub const BRING_IN: &str = "Bring them in";
pub const TAKE_OUT: &str = "Take out";
pub const TAKE_OUT_TEXT: &str = "Shows every entry as an otpauth address. Whoever reads these lines makes your codes, so keep them as you keep the ID.";
pub const SHOW_ALL: &str = "Show all keys";
pub const HIDE: &str = "Hide them";
pub const OUT: &str = "All entries";
pub const COPY_ALL: &str = "Copy them";
pub const OUT_FILE: &str = "vault.txt";

/// What the page says when something came to something, or to nothing: when, how, what happened, what follows.
pub const SAYS: [(&str, Tone, &str, &str); 35] = {
    use Tone::{Done, Info, Refused, Wait};
    [
        (
            "unsupported",
            Refused,
            "This browser cannot open a vault.",
            "It has no encryption of its own, or is too old. Use another one.",
        ),
        ("opening", Info, "Opening.", "The entries are decrypted in this browser."),
        (
            "new",
            Info,
            "Nothing is kept under this ID.",
            "If it should not be empty, the ID was mistyped: close the vault and look at it again.",
        ),
        ("copied", Done, "Copied.", "The code of {name} is in the clipboard."),
        ("not-copied", Refused, "Not copied.", "The browser did not allow it. Select the code instead."),
        ("added", Done, "Added.", "{n} new, sealed before they left this browser."),
        ("added-some", Done, "Added.", "{n} new; {doubles} were here already and were left out."),
        ("nothing-new", Info, "Nothing new.", "All of it was here already."),
        ("changed", Done, "Saved.", "{name} is as you left it."),
        ("deleted", Done, "Deleted.", "{name} is gone."),
        ("restored", Done, "Back again.", "{name} is where it was."),
        ("converted", Done, "Converted.", "{n} sealed anew. The open2fa program no longer sees them."),
        ("reloaded", Info, "Up to date.", "This is what the vault holds now."),
        (
            "conflict",
            Wait,
            "Changed elsewhere.",
            "Another device changed it first. This is how it stands now; do it again if it is still due.",
        ),
        (
            "clock-ahead",
            Wait,
            "This device\u{2019}s clock is {span} ahead.",
            "Codes are made by the portal\u{2019}s clock, so they are right all the same.",
        ),
        (
            "clock-behind",
            Wait,
            "This device\u{2019}s clock is {span} behind.",
            "Codes are made by the portal\u{2019}s clock, so they are right all the same.",
        ),
        (
            "uuid",
            Refused,
            "That is no vault ID.",
            "It has 32 letters and digits, in groups with dashes between them. Look at it again; nothing was sent.",
        ),
        ("secret", Refused, "That is no key.", "A key is of the letters A to Z and the digits 2 to 7. Copy it anew."),
        ("missing", Refused, "No key was typed.", "Type the key that the service shows, or read its QR code."),
        ("setting", Refused, "A setting does not fit.", "6 to 8 digits, 15 to 60 seconds, a counter from 0 on."),
        ("scheme", Refused, "That is no otpauth address.", "It begins with otpauth://totp/ or otpauth://hotp/."),
        ("too-long", Refused, "That is too long.", "A service and an account have at most 200 characters each."),
        (
            "lines",
            Refused,
            "Some lines were not understood.",
            "Lines {lines}. The others can be brought in without them; nothing was kept so far.",
        ),
        (
            "migration",
            Refused,
            "That is what Google Authenticator exports.",
            "It holds several entries. Paste it below, under Bring in, take out.",
        ),
        (
            "old",
            Refused,
            "The open2fa program cannot keep that.",
            "It knows codes of 6 digits, 30 seconds and SHA-1 only.",
        ),
        ("no-lines", Refused, "There is nothing to bring in.", "Paste otpauth addresses, one a line, or read a file."),
        ("read", Done, "Read.", "Look at it, then add it."),
        (
            "no-code",
            Refused,
            "No QR code was found.",
            "The whole code has to be in the picture, with a little white around it.",
        ),
        ("other-code", Refused, "That QR code is of something else.", "It holds no key for codes."),
        (
            "no-picture",
            Refused,
            "That file could not be read.",
            "It has to be a picture, or a text of otpauth addresses.",
        ),
        (
            "offline",
            Refused,
            "The portal was not reached.",
            "Nothing has changed. See whether you are connected, and try again.",
        ),
        ("busy", Wait, "Too many requests.", "Nothing has changed. Try again in {span}."),
        (
            "full",
            Refused,
            "There is no more room.",
            "Nothing has changed. A vault holds 1,000 entries of 4 KiB, and all vaults together what the operator gave them.",
        ),
        ("down", Refused, "The portal cannot keep anything just now.", "Nothing has changed. Try again in a minute."),
        ("failed", Refused, "That did not work.", "Nothing has changed. Load the page anew and try again."),
    ]
};

/// How a sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Wait,
    Refused,
    Done,
}

pub const UNDO: &str = "Undo";
