//! Quorum: dealing a secret, asking for a code, agreeing to it.

use super::{Counting, Message, Pause, span};
use crate::quorum::{NotASecret, Refusal, ShareFlaw};

pub const DEAL_TITLE: &str = "Quorum";
pub const DEAL_HEADING: &str = "One secret, several custodians";
pub const DEAL_LEDE: &str = "For a login that nobody should open alone: split its authenticator key among several people. Later some of them together make its codes, and fewer learn nothing.";
pub const ASK_INSTEAD: &str = "You have a share and need a code";
pub const ASK_LINK: &str = "Ask the others";

pub const KEY: &str = "Authenticator key";
pub const KEY_HINT: &str =
    "The setup key in letters and digits, or the otpauth:// link from the QR code. It is split here and kept nowhere.";
pub const CHECK: &str = "Check the key";
pub const SIZE: &str = "Custodians";
pub const THRESHOLD: &str = "Needed for a code";
pub const THRESHOLD_HINT: &str = "2 to all of them";
pub const NAMES: &str = "Their names";
pub const NAMES_HINT: &str =
    "One a line, in the order of the shares. Names stand on the shares\u{2019} cards and nowhere else.";
pub const AGE: &str = "Encrypt each share to its custodian";
pub const AGE_KEYS: &str = "Their age keys";
pub const AGE_HINT: &str = "One public key a line (age1\u{2026}), in the order of the names. Each share is then a file that only its custodian opens, with the age program.";
pub const DEAL: &str = "Deal the shares";

pub const CHECKED: &str = "The code of this key";
pub const CHECKED_TEXT: &str = "Compare it with what the service takes, or with the app that has this key now. Deal the shares only if they are the same.";
pub const CHECKED_LEFT: Counting = Counting {
    before: "Good for ",
    after: " more. Then check again.",
    over: "This code is over. Check again for the next one.",
};

pub const SHARES_TITLE: &str = "Shares";
pub const SHARES_HEADING: &str = "Hand out these shares now";
pub const PRINT: &str = "Print, one share a page";
pub const SHARE: &str = "Share";
pub const COPY: &str = "Copy the share";
pub const COPIED: &str = "Copied.";
pub const NOT_COPIED: &str = "The browser did not allow it. Select it instead.";
pub const DOWNLOAD: &str = "Download as a file";
pub const QR_LABEL: &str = "QR code of this share";
pub const LINK_QR_LABEL: &str = "QR code of the link";
pub const GROUP: &str = "Group";
pub const NEEDED: &str = "Needed";
pub const DEALT: &str = "Dealt";
pub const DEAL_ANOTHER: &str = "Deal another secret";

pub const ASK_TITLE: &str = "Ask for a code";
pub const ASK_HEADING: &str = "Ask the others for a code";
pub const ASK_LEDE: &str = "Give your own share, and you get a link for the other custodians. When enough of them agreed, the code is shown to you, in this browser alone.";
pub const YOUR_SHARE: &str = "Your share";
pub const YOUR_SHARE_HINT: &str = "The whole line, as it stands on the card.";
pub const WHY: &str = "Why you need the code";
pub const WHY_HINT: &str = "Others read this before they agree. At most 200 characters.";
pub const LASTS: &str = "For how long";
/// Seconds, and how they are called.
pub const LASTINGS: [(&str, &str); 4] =
    [("600", "10 minutes"), ("3600", "1 hour"), ("14400", "4 hours"), ("86400", "24 hours")];
pub const ASK: &str = "Ask";

pub const SESSION_TITLE: &str = "Quorum session";
pub const CUSTODIAN_HEADING: &str = "Somebody asks for a code";
pub const CUSTODIAN_LEDE: &str =
    "Nobody is signed in here, so this page cannot know who asks. Call whoever sent you the link before you agree.";
pub const UNVERIFIED: &str = "Unverified";
pub const WHO: &str = "Who asks";
pub const WHO_TEXT: &str = "whoever sent you this link";
pub const REASON: &str = "Why, in their words";
pub const NO_REASON: &str = "They gave no reason.";
pub const AGREED: &str = "Agreed";
pub const UNTIL: &str = "Until";
pub const AGREE: &str = "Agree: give this share";
pub const SHARE_TO_GIVE: &str = "Your share of this group";
pub const SHARE_TO_GIVE_HINT: &str = "The whole line; or the encrypted file from below.";
pub const ENCRYPT: &str = "Give it encrypted instead";
pub const ENCRYPT_TEXT: &str = "Then this portal cannot read it before the one who asks comes back. Run this where your share is, with the age program, and paste what it makes into the field above:";
pub const TEK: &str = "Key of this session";
pub const COPY_TEK: &str = "Copy the key";
pub const COMPLETE: &str = "Enough have agreed. The code is shown to the one who asked, and to nobody else.";

pub const REASON_OF_YOURS: &str = "Why";
pub const CODE_HEADING: &str = "Enough have agreed";
pub const CODE_LEDE: &str =
    "The code is shown in this browser alone, and a fresh one whenever it changes, until the session ends.";
pub const DEALER_HEADING: &str = "You asked for a code";
pub const DEALER_LEDE: &str =
    "Send the link to the other custodians. The code is shown here, in this browser alone, once enough of them agreed.";
pub const LINK: &str = "Link for the others";
pub const COPY_LINK: &str = "Copy the link";
pub const CODE: &str = "The code";
pub const CODE_LEFT: Counting =
    Counting { before: "Good for ", after: " more. The next one follows.", over: "The next one follows." };
pub const FRESH: &str = "Show the next code";
pub const LOOK_AGAIN: &str = "Look again";
pub const LIVE: &str = "This page keeps itself up to date where scripts run.";
pub const END: &str = "End it now";
pub const END_TEXT: &str = "Ends the session for everybody, with all shares that were given.";
pub const DROPPED: &str = "Shares that did not count";

pub const OVER_TITLE: &str = "Session over";
pub const OVER_HEADING: &str = "This session is over";
pub const OVER_TEXT: &str = "It ran out or was ended by the one who asked. The shares that were given here are gone.";
pub const ENDED_HEADING: &str = "You ended this session";
pub const ENDED_TEXT: &str = "The shares that were given are gone. If you need another code, ask again.";
pub const UNKNOWN_HEADING: &str = "Nobody asks here";
pub const UNKNOWN_TEXT: &str = "The link may be cut off, or its session is long over. Ask whoever sent it to you.";
pub const TO_QUORUM: &str = "Go to the quorum page";

pub const PICTURE: &str = "Read it from a picture";
pub const NO_PICTURE: &str = "No QR code was found in that picture. Try a sharper one.";

/// How many custodians there may be.
pub fn size_hint(most: u8) -> String {
    format!("2 to {most}")
}

/// The name of a custodian that was given none.
pub fn unnamed(index: usize) -> String {
    format!("Custodian {index}")
}

/// Which share it is, on paper and in its file.
pub fn share_of(portal: &str, prefix: &str, index: usize, size: usize) -> String {
    format!("Share {index} of {size}, group {prefix}, dealt at {portal}")
}

pub fn needed(threshold: u8, size: usize) -> String {
    format!("any {threshold} of the {size} shares")
}

/// On the card of a plain share.
pub fn how_to(origin: &str) -> String {
    format!(
        "Keep it where only you get at it. When somebody asks for a code, open the link that they send you and give this share there. To ask yourself, open {origin}/quorum/ask."
    )
}

/// On the card of an encrypted one.
pub fn how_to_decrypt(file: &str) -> String {
    format!(
        "It is encrypted to your age key. To use it, run age -d -i your-key.txt {file} and give the line that comes out."
    )
}

pub fn file_name(prefix: &str, index: usize, encrypted: bool) -> String {
    format!("share-{index}-{prefix}.{}", if encrypted { "age" } else { "txt" })
}

/// Above the shares.
pub fn nothing_is_kept(threshold: u8, size: usize) -> Message {
    Message::new(
        "Nothing of this is kept.",
        format!(
            "These {size} shares stand on this page alone, this once. Hand each to its custodian; any {threshold} of them make codes. Then destroy the original: the key in your app, its QR code, and what you pasted."
        ),
    )
}

pub fn agreed(provided: usize, threshold: u8, waiting: usize) -> String {
    let agreed = format!("{provided} of {threshold}");
    match waiting {
        0 => agreed,
        1 => format!("{agreed}, and 1 encrypted share waits"),
        n => format!("{agreed}, and {n} encrypted shares wait"),
    }
}

/// What encrypts a share to a session.
pub fn command(tek: &str) -> String {
    format!("age -a -r {tek} share.txt")
}

pub fn joined() -> Message {
    Message::new("Your share counts.", "There is nothing more to do for you. You can close this page.")
}

pub fn waits() -> Message {
    Message::new(
        "Your encrypted share waits.",
        "It is read when the one who asks next looks. If it is damaged or of another group, they are told.",
    )
}

pub fn too_many_names() -> Message {
    Message::new(
        "There are more names than custodians.",
        "Give one name a line, of at most 60 characters, or leave some out at the end.",
    )
}

pub fn too_many(secs: u64) -> Pause {
    Pause {
        title: "Too much came from your network.",
        text: Counting { before: "Try again in ", after: ".", over: "You can try again now." },
        secs,
    }
}

/// A share that was dropped, in a list.
pub fn dropped(refusal: &Refusal) -> String {
    let Message { title, .. } = refused(refusal);
    title.into_owned()
}

/// A refusal, and what to do.
pub fn refused(refusal: &Refusal) -> Message {
    match refusal {
        Refusal::NotASecret(why) => not_a_secret(*why),
        Refusal::Share(flaw) => not_a_share(*flaw),
        Refusal::Numbers | Refusal::OtherNumbers { .. } => Message::new(
            "Those numbers do not go together.",
            "Enter at least 2 custodians, and a number from 2 to that many for how many have to agree.",
        ),
        Refusal::TooManyShares { most } => Message::new(
            format!("This portal takes groups of at most {most} custodians."),
            "Whoever runs it can raise the setting quorum.max_shares.",
        ),
        Refusal::ForgedShare(index) => Message::new(
            format!("Share {index} is forged."),
            "It is not the one that was dealt. Ask its custodian for the right one.",
        ),
        Refusal::Recipient(line) => Message::new(
            format!("Age key {line} is none."),
            "A public key begins with age1 and stands on a line of its own.",
        ),
        Refusal::Recipients => Message::new(
            "There are not as many age keys as custodians.",
            "Give one for each, in their order, or none at all.",
        ),
        Refusal::Lasts => Message::new("That is no time to wait.", "A session lasts 10 minutes to 24 hours."),
        Refusal::Reason | Refusal::Note => {
            Message::new("The reason is too long.", "Say it in one line of at most 200 characters.")
        }
        Refusal::OtherGroup => Message::new(
            "That share is of another group.",
            "Every share begins with its group\u{2019}s letters. Look for the one that begins like this request.",
        ),
        Refusal::Twice(index) => Message::new(
            format!("Share {index} is in already."),
            "Each one counts once. Another custodian has to agree.",
        ),
        Refusal::NotEncrypted => Message::new(
            "That file cannot be opened.",
            "Encrypt the share to the key of this session, and paste all of it, from the first dashes to the last.",
        ),
        Refusal::Full | Refusal::FullOfNetwork => Message::new(
            "Too many encrypted shares wait.",
            "They are read when the one who asks next looks. Try again then, or give your share as it is.",
        ),
        Refusal::Forged => Message::new(
            "These shares do not make the secret that was dealt.",
            "One of them is forged. No code was made. One more honest share can mend it.",
        ),
        Refusal::NoSession | Refusal::Over | Refusal::OtherPrivate | Refusal::Incomplete { .. } => {
            Message::new("That is not possible here.", "Open the link again.")
        }
        Refusal::TooMany { .. } | Refusal::TooManyWrong { .. } => {
            Message::new("Too much came from your network.", "Try again in some minutes.")
        }
    }
}

fn not_a_secret(why: NotASecret) -> Message {
    let title = "That key cannot be shared.";
    let text = match why {
        NotASecret::Form => {
            "It is neither a setup key nor an otpauth:// link. A key has letters from A to Z and digits from 2 to 7."
        }
        NotASecret::Length => "A key has 16 to 205 letters and digits. Paste all of it.",
        NotASecret::Counter => {
            "It makes codes by count, and a quorum keeps no count. Use one that makes codes by time."
        }
        NotASecret::Type => {
            "It makes codes of another type, as Steam does. A quorum shares keys whose codes go by time (TOTP)."
        }
        NotASecret::Export => "It is an export of several keys. Share one key at a time, by its own setup key or link.",
        NotASecret::Name => "Its link names an issuer or an account of more than 200 characters.",
        NotASecret::Algorithm => "Its link names another algorithm than SHA1, SHA256 or SHA512.",
        NotASecret::Digits => "Its link wants codes of another length than 6, 7 or 8 digits.",
        NotASecret::Period => "Its link wants codes that live less than 15 or more than 255 seconds.",
    };
    Message::new(title, text)
}

fn not_a_share(flaw: ShareFlaw) -> Message {
    match flaw {
        ShareFlaw::Form => Message::new(
            "That is no share.",
            "A share is one line: eight letters or digits, a number and a long rest, with $ between them.",
        ),
        ShareFlaw::Index => Message::new("That share has no right number.", "Copy it from its card once more."),
        ShareFlaw::Cut => Message::new("That share is cut off.", "Copy all of it, to the end of the line."),
        ShareFlaw::Encoding | ShareFlaw::Damaged | ShareFlaw::Contradiction => {
            Message::new("That share is damaged.", "A letter is wrong or missing. Copy it from its card once more.")
        }
        ShareFlaw::Version => {
            Message::new("That share is newer than this portal.", "Ask whoever runs the portal to bring it up to date.")
        }
    }
}

/// Beside the time of the end.
pub fn left(secs: u64) -> String {
    format!(" ({} left)", span::long(secs))
}
