//! How large each kind of record may become, in bytes of its plain content before sealing (which adds 45). Whatever is kept
//! is bounded where it is made: by the lengths of its texts and by how many of them there may be. The sizes here follow
//! from those bounds, and [`crate::engine::Records`] refuses to write more: a record that is larger is a fault of ours.

const KIB: usize = 1024;

/// Of a kind of record: the first part of its key's name, the greatest size, and what makes it so large.
pub const SIZES: &[(&str, usize, &str)] = &[
    ("holder", 256 * KIB, "20 keys of 3 KiB, 50 sessions with a proof of each factor, 20 devices"),
    ("activity", KIB, "one event; a log keeps 200"),
    ("note", 8 * KIB, "a flash message: the refusal and four fields of 254 characters"),
    ("mail-code", 2 * KIB, "an address and a keyed hash"),
    ("submission", KIB, "whether a form was submitted"),
    ("outcome", 520 * KIB, "what a submitted form was answered, up to 512 KiB, sealed once more"),
    ("submitter", KIB, "the handle of the session that had an id"),
    ("sign-in", 8 * KIB, "a pending sign-in: an address, proofs"),
    ("registration", 4 * KIB, "a ceremony: a challenge, a relying party, a name"),
    ("authentication", 4 * KIB, "a ceremony: a challenge, a relying party"),
    ("u2f-registration", 4 * KIB, "a ceremony: a challenge, an app id"),
    ("u2f-authentication", 4 * KIB, "a ceremony: a challenge, an app id, a key handle"),
    ("phone", 16 * KIB, "the demo's pocket authenticator: an entry for each enrolment"),
    ("outbox", 32 * KIB, "one letter of the demo; a log keeps 20"),
    ("letter", 32 * KIB, "one letter in the queue, text and HTML"),
    ("digest", 64 * KIB, "news that go out as one letter, and the job that sends it"),
    ("session", KIB, "what a ticket in a letter names"),
    ("this-was-not-me", KIB, "what a ticket in a letter names"),
    ("account-of-address", KIB, "the account that has an address"),
    ("account-of-credential", KIB, "the account that has a security key"),
    ("invitation", KIB, "until when an address is invited"),
    ("client", 4 * KIB, "a client: its key, an address, a verifier, the keys of two others in its rotations"),
    ("clients", 16 * KIB, "the API keys of an address, 50 at most"),
    ("usage", KIB, "a client's counts, of earlier versions"),
    ("rotation", KIB, "two keys of a client, sealed into the record of the other one in its rotation"),
    ("totp", 4 * KIB, "a subject of a client: one secret, a label"),
    ("keys", 128 * KIB, "a subject of a client: 20 keys of 3 KiB"),
    ("credential", KIB, "the subject that has a security key"),
    ("quorum", 4096 * KIB, "255 shares that joined and as many that wait, of 4 KiB each"),
    ("vault-opened", KIB, "when a vault was opened"),
    ("unused-began", KIB, "since when unused vaults end"),
    ("vault", 128 * KIB, "an entry of 4 KiB with its name; an index of 1,000 entries"),
];

/// The greatest size of the record with a name like `holder`, `note/totp` or `keys/` and a client's id. `None`: its kind is
/// not in the table.
pub fn max_bytes(name: &str) -> Option<usize> {
    let kind = name.split('/').next().unwrap_or(name);
    SIZES.iter().find(|(known, ..)| *known == kind).map(|(_, size, _)| *size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_in_the_table_once() {
        for (at, (name, size, why)) in SIZES.iter().enumerate() {
            assert!(*size > 0 && !why.is_empty());
            assert!(SIZES[..at].iter().all(|(other, ..)| other != name), "{name}");
        }
        assert_eq!(max_bytes("note/totp"), Some(8 * KIB));
        assert_eq!(max_bytes("unheard-of"), None);
    }
}
