//! Randomness that is the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::port::Entropy;

/// SHA-256 over a seed and a counter. Two of one seed give the same bytes in the same order of calls.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    blocks: AtomicU64,
}

impl SeededEntropy {
    pub const fn new(seed: u64) -> Self {
        Self { seed, blocks: AtomicU64::new(0) }
    }

    /// A number below `bound`; the slight bias does not matter to a test.
    pub fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_be_bytes(bytes) % bound.max(1)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = self.blocks.fetch_add(1, Ordering::SeqCst);
            let digest =
                Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(block.to_be_bytes()).finalize();
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_the_same_bytes_again_and_never_a_block_twice() {
        let (one, two, other) = (SeededEntropy::new(1), SeededEntropy::new(1), SeededEntropy::new(2));
        let draw = |from: &SeededEntropy| {
            let mut bytes = [0; 48];
            from.fill(&mut bytes);
            bytes
        };
        let first = draw(&one);
        assert_eq!(first, draw(&two));
        assert_ne!(first, draw(&other));
        assert_ne!(first, draw(&one));
        assert_ne!(first[..16], first[32..]);
    }
}
