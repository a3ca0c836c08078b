//! Vaults: what people encrypted at home, kept for them by the hash that names them. The server sees that hash, names and
//! ciphertexts, and keeps the hash only as a keyed one.
//!
//! A vault is an index, which alone decides what is in it, and a record for each entry; whatever changes is one write
//! together with the index it was read at. All vaults stand in one slot, so that the same write also keeps the sum of
//! what they weigh: it is exact, whatever races or crashes.

mod budget;
mod entry;
mod index;
mod unused;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::portal::Portal;
use postern_core::engine::{self, InternalError, TRIES};
use postern_core::model::{Network, Timestamp};
use postern_core::port::{Count, Expect, Key, Revision, SideEffects, Tally, Window, Write, Written};

pub use entry::{EncSecret, Entry, Name, Replacement, Unfit, UserHash};

use index::{Index, Tag};

/// Entries a user may have.
pub const MOST_ENTRIES: usize = 1_000;

/// What all vaults may weigh together unless an operator says otherwise, in bytes.
pub const MOST_BYTES: u64 = 512 << 20;

/// New vaults of one network.
const NEW: Window = Window { limit: 10, span: Duration::from_hours(1) };

/// Vaults that are not there, asked for by one network. A user hash has 128 bits, so nobody finds one by trying; this only
/// keeps the noise down.
const UNKNOWN: Window = Window { limit: 600, span: Duration::from_hours(1) };

/// Records read at a time.
const ABREAST: usize = 32;

/// The use cases of vaults.
#[derive(Clone)]
pub struct Vaults {
    portal: Arc<Portal>,
    most: u64,
    /// How long a vault is kept that nobody opens; `None`: for good.
    unused_lasts: Option<Duration>,
}

/// Why a use case did not do it.
pub type UseCaseError = engine::UseCaseError<Refusal>;

/// A no that a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error("there is no such vault")]
    Unknown,
    #[error("the entry to be replaced is not there any more")]
    Gone,
    #[error("a vault has at most {MOST_ENTRIES} entries")]
    TooMany,
    #[error("all vaults together have no room for that")]
    Full,
    #[error("this network has made as many vaults as it may")]
    TooManyNew { until: Timestamp },
    #[error("this network has put as much into vaults as it may within a day")]
    TooMuchGrowth { until: Timestamp },
    #[error("this network has asked for too many vaults that are not there")]
    TooManyUnknown { until: Timestamp },
}

impl From<Refusal> for UseCaseError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Unfit> for UseCaseError {
    fn from(unfit: Unfit) -> Self {
        Self::Refused(unfit.into())
    }
}

pub type Answer<T> = engine::Answer<T, Refusal>;

/// What a vault holds after something was added to it.
#[derive(Debug)]
pub struct Added {
    /// There was no such vault before.
    pub user_created: bool,
    pub entries: Vec<Entry>,
}

/// Where one user's vault stands.
struct VaultRecordKeys {
    user: String,
}

/// Every vault is in this slot: what they weigh together changes in the same write as they do.
const SLOT: &str = "vaults";

impl VaultRecordKeys {
    fn index(&self) -> Key {
        Key::new(SLOT, format_args!("vault/{}", self.user))
    }

    fn entry(&self, tag: &Tag) -> Key {
        Key::new(SLOT, format_args!("vault/{}/{tag}", self.user))
    }
}

impl Vaults {
    pub const fn new(portal: Arc<Portal>) -> Self {
        Self { portal, most: MOST_BYTES, unused_lasts: None }
    }

    /// All vaults together weigh no more than so many bytes.
    #[must_use]
    pub fn within(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// A vault that nobody opens for so long is deleted by [`end_unused`](Self::end_unused).
    #[must_use]
    pub fn unused_for(self, lasts: Option<Duration>) -> Self {
        Self { unused_lasts: lasts, ..self }
    }

    /// Days after which an unused vault is deleted, if it is.
    pub fn unused_days(&self) -> Option<u64> {
        self.unused_lasts.map(|lasts| lasts.as_secs() / 86_400)
    }

    fn now(&self) -> Timestamp {
        self.portal.outside.clock.now()
    }

    fn keys(&self, user: &UserHash) -> VaultRecordKeys {
        VaultRecordKeys { user: self.portal.lookup.name("vault", user.expose()) }
    }

    /// What an entry is found by: a keyed hash, under which equal blobs of two users differ.
    fn tag(&self, keys: &VaultRecordKeys, secret: &EncSecret) -> Tag {
        let hash = self.portal.lookup.hash("vault entry", &[keys.user.as_bytes(), secret.expose().as_bytes()]);
        Tag::of(&hash)
    }

    /// Everything in a vault, in the order in which it came.
    pub async fn list(&self, user: &UserHash, network: Network) -> Answer<Vec<Entry>> {
        let keys = self.keys(user);
        self.note_opened(&keys, self.now()).await?;
        match self.all(&keys).await? {
            Some(entries) => Ok(entries),
            None => Err(self.unknown(network).await?),
        }
    }

    /// Adds entries, and makes the vault if there is none. One that is there already only gets its new name; of several
    /// names the last one counts.
    pub async fn add(&self, user: &UserHash, network: Network, entries: Vec<Entry>) -> Answer<Added> {
        let keys = self.keys(user);
        let new = self.once_each(&keys, entries);
        self.note_opened(&keys, self.now()).await?;
        let user_created = !new.is_empty() && self.put(&keys, network, &new).await?;
        match self.all(&keys).await? {
            Some(entries) => Ok(Added { user_created, entries }),
            // Somebody else emptied it at once.
            None if !new.is_empty() => Ok(Added { user_created, entries: Vec::new() }),
            None => match self.unknown(network).await? {
                UseCaseError::Refused(Refusal::Unknown) => Ok(Added { user_created, entries: Vec::new() }),
                no => Err(no),
            },
        }
    }

    /// Puts one entry in the place of another, if that is still there: of several who move one counter at once, one does.
    /// Without a name it keeps the one that the other had.
    pub async fn replace(&self, user: &UserHash, network: Network, replacement: &Replacement) -> Answer<Entry> {
        let (keys, now) = (self.keys(user), self.now());
        let Replacement { replaces, enc_secret, name } = replacement;
        let (old, new) = (self.tag(&keys, replaces), self.tag(&keys, enc_secret));
        self.note_opened(&keys, now).await?;
        let mut counted = 0;
        for _ in 0..TRIES {
            let (mut index, revision) = self.load(&keys, now).await?.ok_or(Refusal::Gone)?;
            if !index.holds(&old) {
                return Err(Refusal::Gone.into());
            }
            // After the index: whoever changes it from now on is noticed by the write.
            let Some(before) = self.entry_at(keys.entry(&old), now).await? else { continue };
            let entry = Entry { enc_secret: enc_secret.clone(), name: name.clone().or(before.name) };
            let weighed = index.weight();
            index.replace(&old, new, entry.weight());
            self.count_further_growth(network, (weighed, index.weight()), &mut counted, now).await?;
            let mut records = vec![(keys.entry(&new), Some(self.sealed(&keys, &new, &entry)?))];
            if old != new {
                records.push((keys.entry(&old), None));
            }
            let expect = Expect::Revision(revision);
            if self.write(&keys, expect, &index, weighed, records, now).await? {
                return Ok(entry);
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Removes entries; how many of them were there. With the last one the vault is gone.
    pub async fn remove(&self, user: &UserHash, secrets: &[EncSecret]) -> Answer<usize> {
        let (keys, now) = (self.keys(user), self.now());
        let tags: Vec<Tag> = secrets.iter().map(|secret| self.tag(&keys, secret)).collect();
        for _ in 0..TRIES {
            let Some((mut index, revision)) = self.load(&keys, now).await? else { return Ok(0) };
            let weighed = index.weight();
            let removed = index.remove(&tags);
            if removed.is_empty() {
                return Ok(0);
            }
            let records = removed.iter().map(|tag| (keys.entry(tag), None)).collect();
            let noted = if index.is_empty() { self.opened_revision(&keys, now).await? } else { None };
            if self.write(&keys, Expect::Revision(revision), &index, weighed, records, now).await? {
                self.forget_opened(&keys, noted, now).await;
                return Ok(removed.len());
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Each entry once, where it first stood, as it last stood.
    fn once_each(&self, keys: &VaultRecordKeys, entries: Vec<Entry>) -> Vec<(Tag, Entry)> {
        let (mut once, mut places) = (Vec::with_capacity(entries.len()), HashMap::new());
        for entry in entries {
            let tag = self.tag(keys, &entry.enc_secret);
            let place = *places.entry(tag).or_insert(once.len());
            match once.get_mut(place) {
                Some(before) => *before = (tag, entry),
                None => once.push((tag, entry)),
            }
        }
        once
    }

    /// Writes entries; whether that made the vault.
    async fn put(&self, keys: &VaultRecordKeys, network: Network, entries: &[(Tag, Entry)]) -> Answer<bool> {
        let now = self.now();
        let (mut may_be_new, mut counted) = (false, 0);
        for _ in 0..TRIES {
            let found = self.load(keys, now).await?;
            let is_new = found.as_ref().is_none_or(|(index, _)| index.is_empty());
            let (mut index, expect) = found
                .map_or((Index::default(), Expect::Absent), |(index, revision)| (index, Expect::Revision(revision)));
            let weighed = index.weight();
            index.put(entries.iter().map(|(tag, entry)| (*tag, entry.weight())));
            if index.len() > MOST_ENTRIES {
                return Err(Refusal::TooMany.into());
            }
            if is_new && !may_be_new {
                if let Count::Over(until) = self.count("vaults-new", &NEW, network, now).await? {
                    return Err(Refusal::TooManyNew { until }.into());
                }
                may_be_new = true;
                self.note_made(keys, now).await?;
            }
            self.count_further_growth(network, (weighed, index.weight()), &mut counted, now).await?;
            let records =
                entries.iter().map(|(tag, entry)| Ok((keys.entry(tag), Some(self.sealed(keys, tag, entry)?))));
            let records = records.collect::<Result<Vec<_>, InternalError>>()?;
            if self.write(keys, expect, &index, weighed, records, now).await? {
                if is_new {
                    tracing::info!(target: "postern::auth", result = "made", %network, "vault");
                }
                return Ok(is_new);
            }
        }
        Err(InternalError::Contended.into())
    }

    /// The index of a vault. An empty one is one that ended a moment ago by another instance's clock.
    async fn load(&self, keys: &VaultRecordKeys, now: Timestamp) -> Result<Option<(Index, Revision)>, InternalError> {
        self.portal.records.load::<Index>(&keys.index(), now).await
    }

    /// Counts by how much a vault grows, beyond what was counted at an earlier try.
    async fn count_further_growth(
        &self,
        network: Network,
        (before, after): (u64, u64),
        counted: &mut u64,
        now: Timestamp,
    ) -> Answer<()> {
        let further = after.saturating_sub(before).saturating_sub(*counted);
        if further > 0 {
            self.count_growth(network, further, now).await?;
            *counted += further;
        }
        Ok(())
    }

    /// Writes an index and what changes with it; whether it still stood as it was read. An empty one ends at once.
    async fn write(
        &self,
        keys: &VaultRecordKeys,
        expect: Expect,
        index: &Index,
        weighed: u64,
        records: Vec<(Key, Option<Vec<u8>>)>,
        now: Timestamp,
    ) -> Answer<bool> {
        match self.write_index(keys, expect, index, weighed, records, now).await? {
            Written::Done(_) => Ok(true),
            Written::Conflict => Ok(false),
            Written::Full => {
                tracing::warn!(most = self.most, "vaults have no room left (vault.max_bytes)");
                Err(Refusal::Full.into())
            }
        }
    }

    async fn write_index(
        &self,
        keys: &VaultRecordKeys,
        expect: Expect,
        index: &Index,
        weighed: u64,
        records: Vec<(Key, Option<Vec<u8>>)>,
        now: Timestamp,
    ) -> Result<Written, InternalError> {
        let (place, ends) = (keys.index(), index.is_empty().then_some(now));
        let sealed = self.portal.records.seal(&place, index)?;
        let by = index.weight().cast_signed() - weighed.cast_signed();
        let tally = Some(Tally { key: Key::new(SLOT, "weight"), by, most: self.most });
        let write =
            Write::new(place, expect, sealed, ends).effects(SideEffects { records, tally, ..SideEffects::default() });
        Ok(self.portal.outside.store.write(write, now).await?)
    }

    fn sealed(&self, keys: &VaultRecordKeys, tag: &Tag, entry: &Entry) -> Result<Vec<u8>, InternalError> {
        self.portal.records.seal(&keys.entry(tag), entry)
    }

    /// Everything in a vault; `None`: there is none.
    async fn all(&self, keys: &VaultRecordKeys) -> Answer<Option<Vec<Entry>>> {
        let now = self.now();
        for _ in 0..TRIES {
            let index = self.load(keys, now).await?.map(|(index, _)| index).filter(|index| !index.is_empty());
            let Some(index) = index else { return Ok(None) };
            let places: Vec<Key> = index.tags().map(|tag| keys.entry(tag)).collect();
            let loads = places.into_iter().map(|place| self.entry_at(place, now));
            let found: Vec<_> = stream::iter(loads).buffered(ABREAST).try_collect().await?;
            // One that is missing was taken out after the index was read.
            if let Some(entries) = found.into_iter().collect() {
                return Ok(Some(entries));
            }
        }
        Err(InternalError::Contended.into())
    }

    async fn entry_at(&self, place: Key, now: Timestamp) -> Result<Option<Entry>, InternalError> {
        Ok(self.portal.records.load(&place, now).await?.map(|(entry, _)| entry))
    }

    /// The no for whoever asks for a vault that is not there.
    async fn unknown(&self, network: Network) -> Result<UseCaseError, InternalError> {
        let refusal = match self.count("vaults-unknown", &UNKNOWN, network, self.now()).await? {
            Count::Within(_) => Refusal::Unknown,
            Count::Over(until) => Refusal::TooManyUnknown { until },
        };
        Ok(refusal.into())
    }

    async fn count(
        &self,
        what: &str,
        window: &Window,
        network: Network,
        now: Timestamp,
    ) -> Result<Count, InternalError> {
        self.portal.count_by_network(network, what, window, now).await
    }
}
