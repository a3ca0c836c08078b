//! Finding shares that make the secret among more of them, some of which may be forged. Only the commitment tells: a share
//! says nothing of itself. The first share is the asker's own and part of every set.

use super::deal;
use super::share::{Group, Share};
use super::shared_secret::SharedSecret;

/// Work that one search may take. Putting together a set of `n` shares costs `n²`.
const WORK: usize = 50_000;

/// Sets that are tried of each way to leave a source out; if it was the only one that forged, the first one does.
const OF_EACH_SOURCE: usize = 4;

/// A share that may be true, and who sent it.
pub(super) struct Candidate<'s> {
    pub share: Share,
    /// The network, as a keyed hash.
    pub source: &'s str,
}

/// What was found out about some candidates.
pub(super) struct Found {
    pub secret: SharedSecret,
    /// In the order of the candidates: whether each is true, where the work sufficed to find out.
    pub verdicts: Vec<Option<bool>>,
}

/// Looks for a set of `threshold` candidates that makes the secret, then judges the others by it. Candidates stand in the
/// order in which they came; no two are equal.
pub(super) fn find(group: &Group, candidates: &[Candidate<'_>]) -> Option<Found> {
    let mut search = Search { group, candidates, left: budget(group) };
    let set = search.set()?;
    let secret = search.combine(&set).ok()?;
    Some(Found { verdicts: search.judge(&set), secret })
}

/// How many sets may be put together.
fn budget(group: &Group) -> usize {
    let needed = usize::from(group.threshold);
    (WORK / (needed * needed)).max(2)
}
/// As many sets were put together as one search may.
struct WorkExhausted;

struct Search<'c> {
    group: &'c Group,
    candidates: &'c [Candidate<'c>],
    left: usize,
}

impl Search<'_> {
    fn combine(&self, set: &[usize]) -> Result<SharedSecret, deal::NotTogether> {
        let shares: Vec<Share> = set.iter().map(|at| self.candidates[*at].share.clone()).collect();
        deal::combine(self.group, &shares)
    }

    /// Whether a set makes the secret; `None` when the work is used up.
    fn holds(&mut self, set: &[usize]) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        Some(self.combine(set).is_ok())
    }

    /// A set that makes the secret. One custodian who forges for the others most likely does so from one network, so sets
    /// without one source come first; then all of them.
    fn set(&mut self) -> Option<Vec<usize>> {
        let candidates = self.candidates;
        let mut sources: Vec<&str> = candidates.iter().skip(1).map(|candidate| candidate.source).collect();
        sources.sort_unstable();
        sources.dedup();
        let excluded = std::iter::once(None).chain(sources.into_iter().map(Some));
        for excluded in excluded {
            let of = self.by_index(|at| Some(candidates[at].source) != excluded);
            for newest in [true, false] {
                let one_each = |of: &Vec<usize>| vec![if newest { of[of.len() - 1] } else { of[0] }];
                let of: Vec<Vec<usize>> = of.iter().map(one_each).collect();
                if let Some(set) = self.first_that_holds(sets_of(&of, self.needed()).take(OF_EACH_SOURCE)).ok()? {
                    return Some(set);
                }
            }
        }
        let of = self.by_index(|_| true);
        self.first_that_holds(sets_of(&of, self.needed())).ok()?
    }

    /// Beside the first share.
    fn needed(&self) -> usize {
        usize::from(self.group.threshold) - 1
    }

    /// The first of these sets that makes the secret, if one does.
    fn first_that_holds(
        &mut self,
        sets: impl Iterator<Item = Vec<usize>>,
    ) -> Result<Option<Vec<usize>>, WorkExhausted> {
        for mut set in sets {
            set.insert(0, 0);
            if self.holds(&set).ok_or(WorkExhausted)? {
                return Ok(Some(set));
            }
        }
        Ok(None)
    }

    /// The candidates of each index but the first share's, oldest first.
    fn by_index(&self, may: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut by_index: Vec<Vec<usize>> = Vec::new();
        for at in (1..self.candidates.len()).filter(|at| may(*at)) {
            let index = self.candidates[at].share.index;
            match by_index.iter_mut().find(|of| self.candidates[of[0]].share.index == index) {
                Some(of) => of.push(at),
                None => by_index.push(vec![at]),
            }
        }
        by_index
    }

    /// Judges every candidate by a set that holds: a true one can take the place of another, a forged one cannot.
    fn judge(&mut self, set: &[usize]) -> Vec<Option<bool>> {
        let index = |at: usize| self.candidates[at].share.index;
        let settled: Vec<u8> = set.iter().map(|at| index(*at)).collect();
        let mut verdicts = Vec::with_capacity(self.candidates.len());
        for at in 0..self.candidates.len() {
            verdicts.push(if set.contains(&at) {
                Some(true)
            } else if settled.contains(&self.candidates[at].share.index) {
                Some(false)
            } else {
                let mut swapped = set.to_vec();
                let last = swapped.len() - 1;
                swapped[last] = at;
                self.holds(&swapped)
            });
        }
        verdicts
    }
}

/// Every choice of one candidate each from `some` of the groups.
fn sets_of(groups: &[Vec<usize>], some: usize) -> impl Iterator<Item = Vec<usize>> + use<'_> {
    sets(groups.len(), some).flat_map(move |chosen| {
        let sizes: Vec<usize> = chosen.iter().map(|at| groups[*at].len()).collect();
        let total = sizes.iter().fold(1_usize, |total, size| total.saturating_mul(*size));
        (0..total).map(move |number| {
            let mut rest = number;
            let one = |(at, size): (&usize, &usize)| {
                let one = groups[*at][rest % size];
                rest /= size;
                one
            };
            chosen.iter().zip(&sizes).map(one).collect()
        })
    })
}

/// Every choice of `some` among `all`, in order.
fn sets(all: usize, some: usize) -> impl Iterator<Item = Vec<usize>> {
    let first = (some <= all).then(|| (0..some).collect::<Vec<_>>());
    std::iter::successors(first, move |set| {
        let mut next = set.clone();
        let at = (0..some).rev().find(|at| next[*at] < all - some + at)?;
        next[at] += 1;
        for behind in at + 1..some {
            next[behind] = next[behind - 1] + 1;
        }
        Some(next)
    })
}

#[cfg(test)]
mod tests {
    use super::super::deal::deal;
    use super::*;
    use postern_core::model::Secret;

    fn dealt(threshold: u8, size: u8) -> Vec<Share> {
        let secret: SharedSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".parse().expect("a secret");
        deal(&secret, (threshold, size), [5; 16], &[6; 16])
    }

    /// A share of the same index whose bytes are others. What makes them is not linear over GF(256), or several of them
    /// might make the secret together.
    fn forged(share: &Share, by: u8) -> Share {
        let bytes = share.bytes.expose().iter().map(|byte| byte.wrapping_mul(167).wrapping_add(by)).collect();
        Share { bytes: Secret::new(bytes), ..share.clone() }
    }

    fn find_among(candidates: Vec<(Share, &str)>) -> Option<Vec<Option<bool>>> {
        let group = candidates[0].0.group.clone();
        let candidates: Vec<Candidate<'_>> =
            candidates.into_iter().map(|(share, source)| Candidate { share, source }).collect();
        find(&group, &candidates).map(|found| found.verdicts)
    }

    #[test]
    fn every_set_comes_once() {
        let all: Vec<Vec<usize>> = sets(4, 2).collect();
        assert_eq!(all, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
        assert_eq!((sets(3, 3).count(), sets(5, 3).count(), sets(2, 3).count()), (1, 10, 0));
        let groups = [vec![1, 2], vec![3], vec![4, 5, 6]];
        let mut all: Vec<Vec<usize>> = sets_of(&groups, 2).collect();
        assert_eq!(all.len(), 2 + 6 + 3);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 11, "each once");
    }

    #[test]
    fn one_source_that_forges_for_every_other_index_is_left_out_however_many_there_are() {
        let shares = dealt(16, 32);
        let sources: Vec<String> = (0..32).map(|at| format!("network {at}")).collect();
        let mut candidates = vec![(shares[0].clone(), sources[0].as_str())];
        // Number 2 forges three shares for each of the others, before and after the true ones come.
        for at in 1..32 {
            candidates.push((forged(&shares[at], 1), &sources[1]));
            candidates.push((forged(&shares[at], 2), &sources[1]));
            candidates.push((shares[at].clone(), &sources[at]));
            candidates.push((forged(&shares[at], 3), &sources[1]));
        }
        let is_true = |at: usize| at == 0 || at % 4 == 3;
        let verdicts = find_among(candidates).expect("the secret");
        // Its own true share came from the same network, and is judged like any other.
        let wrong = (0..verdicts.len()).filter(|at| verdicts[*at].is_some_and(|verdict| verdict != is_true(*at)));
        assert_eq!(wrong.count(), 0);
        assert!(verdicts.iter().filter(|verdict| **verdict == Some(true)).count() >= 16);
    }

    #[test]
    fn true_shares_are_found_where_all_come_from_one_network_and_every_candidate_is_judged() {
        let shares = dealt(3, 5);
        for order in 0..8 {
            let mut candidates = vec![(shares[0].clone(), "office")];
            for (at, share) in shares.iter().enumerate().skip(1).take(3) {
                let pair = [share.clone(), forged(share, 7)];
                let first = usize::from(order & (1 << (at - 1)) != 0);
                candidates.extend([(pair[first].clone(), "office"), (pair[1 - first].clone(), "office")]);
            }
            let verdicts = find_among(candidates.clone()).expect("the secret");
            for (at, (share, _)) in candidates.iter().enumerate() {
                assert_eq!(verdicts[at], Some(shares.contains(share)), "order {order}, candidate {at}");
            }
        }
    }

    #[test]
    fn forged_shares_alone_make_nothing_and_the_work_is_bounded() {
        let shares = dealt(8, 16);
        let mut candidates = vec![(shares[0].clone(), "a")];
        for share in &shares[1..] {
            candidates.extend((1..=4).map(|by| (forged(share, by), "b")));
        }
        assert!(find_among(candidates).is_none());
    }
}
