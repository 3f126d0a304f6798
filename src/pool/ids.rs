//! Maps and sets with task ids as keys. The ids come from a counter of ours, so that the hash needs no protection
//! against chosen keys.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map with task ids as keys.
pub(crate) type IdMap<V> = HashMap<u64, V, BuildHasherDefault<IdHasher>>;
/// A set of task ids.
pub(crate) type IdSet = HashSet<u64, BuildHasherDefault<IdHasher>>;

/// Distributes consecutive numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte.into());
        }
    }

    fn write_u64(&mut self, number: u64) {
        // 2^64 divided by the golden ratio, rounded to an odd number: it carries every bit into the upper ones.
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(numbers: &[u64]) -> u64 {
        let mut hasher = IdHasher::default();
        for &number in numbers {
            hasher.write_u64(number);
        }
        hasher.finish()
    }

    #[test]
    fn consecutive_numbers_differ_in_their_highest_bits() {
        let highest: HashSet<u64> = (0..128).map(|number| hash(&[number]) >> 57).collect();
        assert!(highest.len() > 64, "{}", highest.len());
    }

    #[test]
    fn each_of_several_numbers_counts() {
        let pairs: HashSet<u64> =
            (0..64).flat_map(|one| (0..64).map(move |other| hash(&[one, other]))).collect();
        assert_eq!(pairs.len(), 64 * 64);
    }

    #[test]
    fn each_byte_counts_as_a_number() {
        let mut hasher = IdHasher::default();
        hasher.write(&[3, 200]);
        assert_eq!(hasher.finish(), hash(&[3, 200]));
    }
}
