//! What a vault holds, in order: for each entry a tag, which also names its record, and its weight.

use std::collections::{HashMap, HashSet};
use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// How many bytes of a keyed hash an entry is known by. Two of one vault that share them by chance: 1 in 2^108.
const BYTES: usize = 16;

/// Tells the entries of one vault apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Tag(ByteArray<BYTES>);

impl Tag {
    pub fn of(hash: &[u8; 32]) -> Self {
        let mut tag = [0; BYTES];
        tag.copy_from_slice(&hash[..BYTES]);
        Self(tag.into())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&*self.0))
    }
}

/// About 25 bytes an entry, since every change writes all of it.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Index(Vec<(Tag, u32)>);

impl Index {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter().map(|(tag, _)| tag)
    }

    /// Of everything in it, in bytes.
    pub fn weight(&self) -> u64 {
        self.0.iter().map(|(_, weight)| u64::from(*weight)).sum()
    }

    /// What is there keeps its place; what is not comes last.
    pub fn put(&mut self, entries: impl Iterator<Item = (Tag, u32)>) {
        let mut places: HashMap<Tag, usize> = self.tags().copied().zip(0..).collect();
        for (tag, weight) in entries {
            let place = *places.entry(tag).or_insert(self.0.len());
            match self.0.get_mut(place) {
                Some(line) => line.1 = weight,
                None => self.0.push((tag, weight)),
            }
        }
    }

    pub fn holds(&self, tag: &Tag) -> bool {
        self.tags().any(|there| there == tag)
    }

    /// Puts a new one where the old one is, if it is. If the new one was there too, that is one entry from now on.
    pub fn replace(&mut self, old: &Tag, new: Tag, weight: u32) {
        let Some(place) = self.tags().position(|tag| tag == old) else { return };
        self.0[place] = (new, weight);
        let mut others = 0..;
        self.0.retain(|(tag, _)| others.next() == Some(place) || *tag != new);
    }

    /// Those that were there.
    pub fn remove(&mut self, tags: &[Tag]) -> Vec<Tag> {
        let tags: HashSet<&Tag> = tags.iter().collect();
        let (gone, left) = self.0.iter().partition::<Vec<_>, _>(|(tag, _)| tags.contains(tag));
        self.0 = left;
        gone.into_iter().map(|(tag, _)| tag).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(number: u8) -> Tag {
        Tag::of(&[number; 32])
    }

    fn index(entries: &[(u8, u32)]) -> Index {
        let mut index = Index::default();
        index.put(entries.iter().map(|(number, weight)| (tag(*number), *weight)));
        index
    }

    fn is(index: &Index, entries: &[(u8, u32)]) -> bool {
        index.0 == self::index(entries).0 && index.weight() == entries.iter().map(|(_, it)| u64::from(*it)).sum::<u64>()
    }

    #[test]
    fn what_comes_again_keeps_its_place() {
        let mut two = index(&[(1, 10), (2, 20)]);
        two.put([(tag(3), 30), (tag(1), 11), (tag(3), 33)].into_iter());
        assert!(is(&two, &[(1, 11), (2, 20), (3, 33)]));
    }

    #[test]
    fn what_replaces_another_stands_in_its_place_and_only_once() {
        let mut three = index(&[(1, 10), (2, 20), (3, 30)]);
        three.replace(&tag(2), tag(4), 40);
        assert!(is(&three, &[(1, 10), (4, 40), (3, 30)]) && three.holds(&tag(4)) && !three.holds(&tag(2)));
        three.replace(&tag(2), tag(5), 50);
        assert!(is(&three, &[(1, 10), (4, 40), (3, 30)]));
        three.replace(&tag(4), tag(4), 41);
        assert!(is(&three, &[(1, 10), (4, 41), (3, 30)]));
        three.replace(&tag(3), tag(1), 12);
        assert!(is(&three, &[(4, 41), (1, 12)]));
    }

    #[test]
    fn what_is_removed_is_counted_once_and_only_if_it_was_there() {
        let mut three = index(&[(1, 10), (2, 20), (3, 30)]);
        assert_eq!(three.remove(&[tag(3), tag(9), tag(1), tag(3)]).len(), 2);
        assert!(is(&three, &[(2, 20)]));
        assert_eq!((three.remove(&[tag(2)]).len(), three.is_empty(), three.remove(&[tag(2)]).len()), (1, true, 0));
    }

    #[test]
    fn a_full_index_stays_small() {
        let mut full = Index::default();
        full.put((0..1_000_u32).map(|number| {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&number.to_be_bytes());
            (Tag::of(&hash), 5_376)
        }));
        let bytes = rmp_serde::to_vec_named(&full).expect("bytes");
        assert!(bytes.len() <= 25 * 1_000, "{}", bytes.len());
        assert_eq!(rmp_serde::from_slice::<Index>(&bytes).expect("an index").0, full.0);
    }
}
