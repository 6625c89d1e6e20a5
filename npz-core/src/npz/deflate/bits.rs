//! Bits on their way out, lowest first.

use super::huffman::Code;

/// Writes bits into memory that is there, which must be 8 bytes longer than what is written. What
/// has no room is dropped, and [`finish`](Self::finish) says so.
pub(super) struct BitWriter<'a> {
    out: &'a mut [u8],
    at: usize,
    bits: u64,
    /// Of `bits`; fewer than 8 between calls.
    count: u32,
    full: bool,
}

impl<'a> BitWriter<'a> {
    pub(super) fn new(out: &'a mut [u8]) -> Self {
        Self { out, at: 0, bits: 0, count: 0, full: false }
    }

    /// Bits before the next whole byte.
    pub(super) fn pending(&self) -> u32 {
        self.count
    }

    /// Appends `len` bits, at most 56.
    #[inline]
    pub(super) fn put(&mut self, bits: u64, len: u32) {
        self.bits |= bits << self.count;
        self.count += len;
        match self.out.get_mut(self.at..).and_then(|rest| rest.first_chunk_mut()) {
            Some(place) => *place = self.bits.to_le_bytes(),
            None => self.full = true,
        }
        self.at += (self.count >> 3) as usize;
        self.bits >>= self.count & !7;
        self.count &= 7;
    }

    #[inline]
    pub(super) fn code(&mut self, code: Code) {
        self.put(code.bits(), code.len());
    }

    /// Appends the codes of `bytes`, each at most 14 bits long.
    #[inline]
    pub(super) fn literals(&mut self, bytes: &[u8], codes: &[Code; 256]) {
        let (fours, rest) = bytes.as_chunks::<4>();
        for four in fours {
            let [a, b, c, d] = four.map(|byte| codes[usize::from(byte)]);
            let ab = a.bits() | b.bits() << a.len();
            let cd = c.bits() | d.bits() << c.len();
            let ab_len = a.len() + b.len();
            self.put(ab | cd << ab_len, ab_len + c.len() + d.len());
        }
        for &byte in rest {
            self.code(codes[usize::from(byte)]);
        }
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        self.put(0, self.count.wrapping_neg() & 7);
    }

    /// Appends whole bytes, after [`align`](Self::align).
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        match self.out.get_mut(self.at..).and_then(|rest| rest.get_mut(..bytes.len())) {
            Some(place) => place.copy_from_slice(bytes),
            None => self.full = true,
        }
        self.at += bytes.len();
    }

    /// The number of bytes written, if all had room; the last one is whole.
    pub(super) fn finish(mut self) -> Option<usize> {
        if self.count > 0 {
            self.align();
        }
        (!self.full && self.at <= self.out.len()).then_some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_fill_bytes_from_below() {
        let mut out = [0; 32];
        let mut writer = BitWriter::new(&mut out);
        writer.put(0b1, 1);
        writer.put(0b10, 2);
        assert_eq!(writer.pending(), 3);
        writer.put(0x00AB_CDEF_0123_4567, 56);
        writer.align();
        writer.bytes(b"xyz");
        let len = writer.finish().unwrap();
        let mut expected = (0b101 | 0x00AB_CDEF_0123_4567_u64 << 3).to_le_bytes().to_vec();
        expected.extend(b"xyz");
        assert_eq!(out[..len], expected);
    }

    #[test]
    fn what_has_no_room_is_told() {
        let mut out = [0; 8];
        let mut writer = BitWriter::new(&mut out);
        writer.bytes(&[1; 8]);
        writer.bytes(&[2]);
        assert_eq!(writer.finish(), None);
    }
}
