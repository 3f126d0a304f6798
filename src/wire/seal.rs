//! A seal: a check in front of some bytes that shows whether they are as they were when it was set. It is to notice that
//! they were written over by accident; anybody can compute it.

/// The length of a seal.
pub(crate) const LENGTH: usize = 8;

/// Seals the bytes behind the first [`LENGTH`], which are the place of the seal.
pub(crate) fn set(sealed: &mut [u8]) {
    if let Some((seal, contents)) = sealed.split_first_chunk_mut::<LENGTH>() {
        *seal = seal_of(contents).to_le_bytes();
    }
}

/// What was sealed; `None` if it is not as it was.
pub(crate) fn contents(sealed: &[u8]) -> Option<&[u8]> {
    let (seal, contents) = sealed.split_first_chunk::<LENGTH>()?;
    (u64::from_le_bytes(*seal) == seal_of(contents)).then_some(contents)
}

/// The seal of bytes that are all zero is not 0: memory that was cleared is not sealed.
fn seal_of(contents: &[u8]) -> u64 {
    /// 2^64 divided by the golden ratio, rounded to an odd number: it carries every bit into the upper ones.
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = contents.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    words.fold(!(contents.len() as u64), |seal, word| (seal.rotate_left(5) ^ word).wrapping_mul(FACTOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_any_byte_shows() {
        for length in 0..40_u8 {
            let mut sealed: Vec<u8> = [0; LENGTH].into_iter().chain(0..length).collect();
            set(&mut sealed);
            assert_eq!(contents(&sealed).map(<[u8]>::len), Some(length.into()));
            for at in 0..sealed.len() {
                for change in [1, 0x80, 0xFF] {
                    sealed[at] ^= change;
                    assert_eq!(contents(&sealed), None, "byte {at} of {length}");
                    sealed[at] ^= change;
                }
            }
            assert_eq!(contents(&vec![0; sealed.len()]), None);
            assert_eq!(contents(&sealed[..sealed.len() - 1]), None);
        }
    }
}
