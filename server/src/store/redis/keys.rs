//! How keys of the port are named in Redis: `postern:{slot}:kind:name`.

use std::fmt::Write;

use postern_core::port::{Key, Lane};

/// What kind of thing a key holds, so that one [`Key`] can name one of each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Record,
    Count,
    Window,
    Log,
    Tally,
}

/// All that goes through the port, as Redis matches patterns.
pub(super) const OURS: &str = "postern:{*";

/// The queue: the last id, and what stands before each job's own name.
pub(super) const LAST_ID: &str = "postern:{letters}:last";
pub(super) const JOB: &str = "postern:{letters}:job:";
/// Before the name of a job that cannot be read, set aside until its time to live is over.
pub(super) const DAMAGED_JOB: &str = "postern:{letters}:damaged:";

/// The queue: when the jobs of a lane are due.
pub(super) const fn due_in(lane: Lane) -> &'static str {
    match lane {
        Lane::Urgent => "postern:{letters}:due",
        Lane::Bulk => "postern:{letters}:due-in-bulk",
    }
}

pub(super) fn name(kind: Kind, key: &Key) -> String {
    let kind = match kind {
        Kind::Record => 'r',
        Kind::Count => 'c',
        Kind::Window => 'w',
        Kind::Log => 'l',
        Kind::Tally => 't',
    };
    format!("postern:{{{}}}:{kind}:{}", tag(key.slot()), key.name())
}

/// A slot as a hash tag: without braces, which would end it early and let two slots look alike, and never
/// empty, since Redis would then hash the whole key and scatter what belongs together.
fn tag(slot: &str) -> String {
    let mut tag = String::with_capacity(slot.len());
    for letter in slot.chars() {
        match letter {
            '{' | '}' | '%' => {
                // Writing to a string does not fail.
                let _ = write!(tag, "%{:02X}", u32::from(letter));
            }
            letter => tag.push(letter),
        }
    }
    if tag.is_empty() { "%".to_owned() } else { tag }
}

/// The slot that a tag stands for.
fn slot(tag: &str) -> Option<String> {
    if tag == "%" {
        return Some(String::new());
    }
    percent_encoding::percent_decode_str(tag).decode_utf8().ok().map(Into::into)
}

/// What the records of a name look like, as Redis matches patterns.
pub(super) fn pattern_of_records(name: &str) -> String {
    let mut pattern = "postern:{*}:r:".to_owned();
    for letter in name.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '^' | '-' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// The slot of a record's key, if the record has this name. A pattern alone may take the end of another name for it.
pub(super) fn slot_of_record(key: &[u8], name: &str) -> Option<String> {
    let (tag, rest) = std::str::from_utf8(key).ok()?.strip_prefix("postern:{")?.split_once('}')?;
    if rest.strip_prefix(":r:")? == name { slot(tag) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_one_hash_tag_whatever_it_holds() {
        let names = ["", "a", "}", "{", "a}b", "%", "%7D"].map(|slot| name(Kind::Record, &Key::new(slot, "x")));
        assert_eq!(
            names,
            [
                "postern:{%}:r:x",
                "postern:{a}:r:x",
                "postern:{%7D}:r:x",
                "postern:{%7B}:r:x",
                "postern:{a%7Db}:r:x",
                "postern:{%25}:r:x",
                "postern:{%257D}:r:x"
            ]
        );
    }
}
