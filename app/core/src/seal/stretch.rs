//! Argon2id (RFC 9106): makes a guess at what people type or keep on paper cost time and memory. It takes tens of
//! milliseconds, so whoever answers requests has it done by [`crate::port::BlockingPool`].

use std::cell::RefCell;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize as _;

use crate::model::{Secret, StretchCost};

/// The cost kept with a secret makes no sense, or this machine has not the memory for it.
#[derive(Debug, thiserror::Error)]
#[error("a secret cannot be stretched: {0}")]
pub struct Unstretchable(argon2::Error);

/// What a secret is compared by. Wipes nothing of the caller's: a [`Secret`] does that itself when it is dropped.
pub fn stretch(secret: &[u8], salt: &[u8], cost: StretchCost) -> Result<Secret<[u8; 32]>, Unstretchable> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(Unstretchable)?;
    let mut out = zeroize::Zeroizing::new([0; 32]);
    fill(None, params, secret, salt, &mut *out)?;
    Ok(Secret::new(*out))
}

/// Fills `out` with Argon2id's tag, in this thread's memory. `key` is RFC 9106's optional secret value.
pub(super) fn fill(
    key: Option<&[u8]>,
    params: Params,
    secret: &[u8],
    salt: &[u8],
    out: &mut [u8],
) -> Result<(), Unstretchable> {
    let blocks = params.block_count();
    let argon2 = match key {
        Some(key) => {
            Argon2::new_with_secret(key, Algorithm::Argon2id, Version::V0x13, params).map_err(Unstretchable)?
        }
        None => Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
    };
    MEMORY.with_borrow_mut(|memory| {
        let mut lent = memory.lend(blocks)?;
        argon2.hash_password_into_with_memory(secret, salt, out, lent.blocks()).map_err(Unstretchable)
    })
}

thread_local! {
    /// Kept by the thread for its next piece of work: allocators keep freed blocks of this size for each thread that ever
    /// had one, and the process grows by as many.
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory(Vec::new())) };
}

/// The most that a thread keeps, in blocks of 1 KiB: 32 MiB, from which on allocators return memory to the system by
/// themselves. A cost beyond it allocates and frees each time.
const KEPT: usize = 32 * 1024;

/// Argon2's blocks, all zero while nobody works with them.
struct Memory(Vec<Block>);

impl Memory {
    /// As many blocks as a cost needs, to be wiped when they are given back.
    fn lend(&mut self, count: usize) -> Result<Lent<'_>, Unstretchable> {
        let missing = count.saturating_sub(self.0.len());
        self.0.try_reserve_exact(missing).map_err(|_| Unstretchable(argon2::Error::OutOfMemory))?;
        self.0.resize_with(self.0.len() + missing, Block::default);
        Ok(Lent { memory: self, count })
    }
}

struct Lent<'m> {
    memory: &'m mut Memory,
    count: usize,
}

impl Lent<'_> {
    fn blocks(&mut self) -> &mut [Block] {
        &mut self.memory.0[..self.count]
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        for block in self.blocks() {
            block.zeroize();
        }
        if self.memory.0.len() > KEPT {
            self.memory.0 = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;
    use crate::factor::recovery_codes::{RecoveryCodes, State, draw};
    use crate::factor::{Factor, Submission, Verdict};
    use crate::model::Timestamp;
    use crate::port::Entropy;
    use crate::testing::SeededEntropy;

    /// Where this thread's memory is, how large it is, and whether anything was left in it.
    fn memory() -> (usize, usize, bool) {
        MEMORY.with_borrow(|Memory(blocks)| {
            let is_wiped = blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0));
            (blocks.as_ptr().addr(), blocks.len(), is_wiped)
        })
    }

    #[test]
    fn second_secret_on_same_thread_reuses_the_wiped_memory_of_the_first() {
        let first = stretch(b"password", b"somesalt", StretchCost::PRESENT).expect("a tag");
        let before = memory();
        assert_eq!((before.1, before.2), (19_456, true));
        let small = StretchCost { memory_kib: 256, ..StretchCost::PRESENT };
        stretch(b"another", b"somesalt", small).expect("a tag");
        assert_eq!(stretch(b"password", b"somesalt", StretchCost::PRESENT).expect("a tag"), first);
        assert_eq!(memory(), before);
    }

    #[test]
    fn memory_of_greater_costs_is_not_kept() {
        let cost = StretchCost { memory_kib: 33 * 1024, passes: 1, lanes: 1 };
        stretch(b"password", b"somesalt", cost).expect("a tag");
        assert_eq!(memory().1, 0);
    }

    /// RFC 9106 5.3. It has a key and associated data, which we do not use.
    #[test]
    fn the_published_input_gives_the_published_tag() {
        let params = argon2::ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .output_len(32)
            .data(argon2::AssociatedData::new(&[4; 12]).expect("associated data"))
            .build()
            .expect("parameters");
        let mut tag = [0; 32];
        fill(Some(&[3; 8]), params, &[1; 32], &[2; 16], &mut tag).expect("a tag");
        assert_eq!(HEXLOWER.encode(&tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    /// The test of the reference implementation (phc-winner-argon2, src/test.c) with t=2, m=8, p=1.
    #[test]
    fn without_a_key_it_is_what_the_reference_implementation_makes() {
        let cost = StretchCost { memory_kib: 256, passes: 2, lanes: 1 };
        let tag = stretch(b"password", b"somesalt", cost).expect("a tag");
        assert_eq!(HEXLOWER.encode(tag.expose()), "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    }

    #[test]
    fn what_people_keep_costs_19_mib_twice_over_and_a_senseless_cost_is_a_fault() {
        let StretchCost { memory_kib, passes, lanes } = StretchCost::PRESENT;
        assert!(memory_kib >= 19 * 1024 && passes >= 2 && lanes == 1);
        for cost in
            [StretchCost { passes: 0, ..StretchCost::PRESENT }, StretchCost { lanes: 0, ..StretchCost::PRESENT }]
        {
            assert!(stretch(b"password", &[7; 16], cost).is_err(), "{cost:?}");
        }
    }

    #[test]
    fn recovery_codes_are_kept_stretched_at_the_present_cost_and_pass_by_it() {
        let (entropy, now) = (SeededEntropy::new(1), Timestamp::from_secs(1_000_000_000));
        let drawn = draw(|bytes| entropy.fill(bytes));
        let state = drawn.state(stretch, now).expect("a state");
        assert_eq!((state.cost, state.made_at), (StretchCost::PRESENT, now));
        let kept = state.write();
        for code in drawn.codes() {
            let secret = code.secret();
            assert!(!kept.expose().windows(secret.len()).any(|window| window == secret));
        }
        let code = drawn.codes().nth(4).expect("a code");
        let answer = state.unstretched(code).stretched(stretch).expect("stretched");
        let verdict = RecoveryCodes.judge(&kept, &Submission::Recovery(&answer), now).expect("a readable state");
        let Verdict::Right { state } = verdict else { panic!("{verdict:?}") };
        assert_eq!(State::read(&state).expect("a state").remaining(), 9);
    }
}
