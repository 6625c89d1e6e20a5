//! Deflate blocks with a code of their own: literals only, or literals and runs.
//!
//! Random mantissas hold no repeats, so looking for them is lost time, and all there is to gain
//! is in how often each byte occurs.

use super::bits::BitWriter;
use super::huffman::{Code, SYMBOLS, codes, lengths};

/// Four codes, and what is left of the byte before, fit 64 bits.
const LIMIT: u8 = 14;
/// Of the code that the lengths of the other codes are written in.
const LENGTHS_LIMIT: u8 = 7;

/// The symbol that ends a block.
pub(super) const END: usize = 256;
/// The number of symbols of distances.
pub(super) const DISTANCES: usize = 30;

/// The longest length.
pub(super) const LONGEST: usize = 258;

/// For each length less 3: its symbol less 257, and its further bits' number.
pub(super) const LENGTHS: [(u8, u8); 256] = {
    let mut table = [(0, 0); 256];
    let mut length = 0;
    let mut symbol = 0;
    while symbol < 28 {
        let further = if symbol < 8 { 0 } else { symbol / 4 - 1 };
        let mut left = 1 << further;
        while left > 0 && length < 255 {
            table[length] = (symbol, further);
            length += 1;
            left -= 1;
        }
        symbol += 1;
    }
    // The longest has a symbol of its own.
    table[255] = (28, 0);
    table
};

/// Kind of a block: bits 1 and 2 of its first three.
const DYNAMIC: u64 = 0b10;

/// The order in which the lengths of the code for lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// How often each symbol of a block occurs.
pub(super) struct Histogram {
    /// Literals, the end, and lengths.
    pub(super) counts: [u32; SYMBOLS],
    pub(super) distances: [u32; DISTANCES],
}

impl Histogram {
    /// Of a block that holds nothing but its end.
    pub(super) fn new() -> Self {
        let mut counts = [0; SYMBOLS];
        counts[END] = 1;
        Self { counts, distances: [0; DISTANCES] }
    }

    /// Counts many bytes. In four tables, since a processor waits when it counts a byte twice in a
    /// row in one.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let mut tables = [[0_u32; 256]; 4];
        let (eights, rest) = bytes.as_chunks::<8>();
        for &eight in eights {
            let [a, b, c, d, e, f, g, h] = eight.map(usize::from);
            tables[0][a] += 1;
            tables[1][b] += 1;
            tables[2][c] += 1;
            tables[3][d] += 1;
            tables[0][e] += 1;
            tables[1][f] += 1;
            tables[2][g] += 1;
            tables[3][h] += 1;
        }
        self.add_few(rest);
        let [a, b, c, d] = &tables;
        for (byte, count) in self.counts[..256].iter_mut().enumerate() {
            *count += a[byte] + b[byte] + c[byte] + d[byte];
        }
    }

    /// Counts a few bytes.
    #[inline]
    pub(super) fn add_few(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.counts[usize::from(byte)] += 1);
    }
}

/// The code of a block, and the header that says it.
pub(super) struct BlockCode {
    /// Of literals, the end, and lengths.
    pub(super) codes: [Code; SYMBOLS],
    pub(super) distances: [Code; DISTANCES],
    header: Header,
    /// Of the whole block, its header included, but not of the bits that say how far a length or
    /// a distance reaches.
    bits: u64,
}

impl BlockCode {
    /// The best code for a block with these symbols.
    pub(super) fn new(histogram: &Histogram) -> Self {
        let mut all = [0_u8; SYMBOLS + DISTANCES];
        let (literals, distances) = all.split_at_mut(SYMBOLS);
        lengths(&histogram.counts, LIMIT, literals);
        // Of two symbols, even where one would do, or none: then it is complete.
        lengths(&histogram.distances, LIMIT, distances);
        let (literals, distances) = all.split_at(SYMBOLS);
        let mut block = Self {
            codes: [Code::default(); SYMBOLS],
            distances: [Code::default(); DISTANCES],
            header: Header::new(&all),
            bits: 0,
        };
        codes(literals, &mut block.codes);
        codes(distances, &mut block.distances);
        let bits = |counts: &[u32], lengths: &[u8]| -> u64 {
            counts.iter().zip(lengths).map(|(&n, &len)| u64::from(n) * u64::from(len)).sum()
        };
        block.bits = block.header.bits()
            + bits(&histogram.counts, literals)
            + bits(&histogram.distances, distances);
        block
    }

    /// The length of the block.
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    pub(super) fn begin(&self, writer: &mut BitWriter<'_>, last: bool) {
        writer.put(u64::from(last) | DYNAMIC << 1, 3);
        self.header.write(writer);
    }

    pub(super) fn literals(&self, bytes: &[u8], writer: &mut BitWriter<'_>) {
        if let Some(codes) = self.codes.first_chunk() {
            writer.literals(bytes, codes);
        }
    }

    /// For each length less 3, its code and its further bits.
    pub(super) fn lengths(&self) -> [Code; 256] {
        let mut codes = [Code::default(); 256];
        for (length, code) in codes.iter_mut().enumerate() {
            let (symbol, bits) = LENGTHS[length];
            // The further bits count from the first length of the symbol.
            let further = u32::try_from(length).unwrap_or(0) & ((1 << bits) - 1);
            *code = self.codes[END + 1 + usize::from(symbol)].with(further, bits.into());
        }
        codes
    }

    pub(super) fn end(&self, writer: &mut BitWriter<'_>) {
        writer.code(self.codes[END]);
    }

    /// Writes all of a block of literals.
    pub(super) fn write(&self, bytes: &[u8], writer: &mut BitWriter<'_>, last: bool) {
        self.begin(writer, last);
        self.literals(bytes, writer);
        self.end(writer);
    }
}

/// The lengths of a block's codes, as the block says them.
struct Header {
    literals: usize,
    distances: usize,
    /// Symbols of the code for lengths, each with the value of its further bits.
    steps: [(u8, u8); SYMBOLS + DISTANCES],
    step_count: usize,
    lengths: [u8; 19],
    codes: [Code; 19],
    /// How many of `lengths` are written.
    written: usize,
}

impl Header {
    fn new(all: &[u8; SYMBOLS + DISTANCES]) -> Self {
        let (literal_lengths, distance_lengths) = all.split_at(SYMBOLS);
        let used = |lengths: &[u8]| lengths.iter().rposition(|&len| len > 0).map_or(0, |at| at + 1);
        let (literals, distances) = (used(literal_lengths), used(distance_lengths));
        let mut header = Self {
            literals,
            distances,
            steps: [(0, 0); SYMBOLS + DISTANCES],
            step_count: 0,
            lengths: [0; 19],
            codes: [Code::default(); 19],
            written: 0,
        };
        header.add_steps(&literal_lengths[..literals]);
        header.add_steps(&distance_lengths[..distances]);
        let mut counts = [0; 19];
        header.steps().iter().for_each(|&(symbol, _)| counts[usize::from(symbol)] += 1);
        lengths(&counts, LENGTHS_LIMIT, &mut header.lengths);
        codes(&header.lengths, &mut header.codes);
        let last = ORDER.iter().rposition(|&symbol| header.lengths[symbol] > 0);
        header.written = last.map_or(4, |at| (at + 1).max(4));
        header
    }

    /// Shortens repeats: of zeros to 17 (3 to 10) and 18 (11 to 138), of others to 16 (3 to 6).
    fn add_steps(&mut self, lengths: &[u8]) {
        let mut rest = lengths;
        while let Some(&len) = rest.first() {
            let same = rest.iter().take_while(|other| **other == len).count();
            let mut left = same;
            if len > 0 {
                self.push(len, 0);
                left -= 1;
            }
            while left >= 3 {
                let (symbol, base, most) = match (len, left) {
                    (0, 11..) => (18, 11, 138),
                    (0, _) => (17, 3, 10),
                    _ => (16, 3, 6),
                };
                let take = left.min(most);
                self.push(symbol, u8::try_from(take - base).unwrap_or(0));
                left -= take;
            }
            (0..left).for_each(|_| self.push(len, 0));
            rest = &rest[same..];
        }
    }

    fn push(&mut self, symbol: u8, further: u8) {
        self.steps[self.step_count] = (symbol, further);
        self.step_count += 1;
    }

    fn steps(&self) -> &[(u8, u8)] {
        &self.steps[..self.step_count]
    }

    /// Its length, with the three bits before it.
    fn bits(&self) -> u64 {
        let step = |&(symbol, _): &(u8, u8)| {
            u32::from(self.lengths[usize::from(symbol)]) + further_bits(symbol)
        };
        let steps: u32 = self.steps().iter().map(step).sum();
        u64::from(steps) + 3 + 14 + 3 * self.written as u64
    }

    fn write(&self, writer: &mut BitWriter<'_>) {
        writer.put(self.literals as u64 - 257, 5);
        writer.put(self.distances as u64 - 1, 5);
        writer.put(self.written as u64 - 4, 4);
        for &symbol in &ORDER[..self.written] {
            writer.put(self.lengths[symbol].into(), 3);
        }
        for &(symbol, further) in self.steps() {
            let code = self.codes[usize::from(symbol)];
            writer.code(code.with(further.into(), further_bits(symbol)));
        }
    }
}

fn further_bits(symbol: u8) -> u32 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}
