//! Codes → what they stand for, by one look at the next bits.

/// Bits of a look at literals and lengths: two short literals fit, and the table fits a first-level
/// cache beside the data.
pub(super) const LITERAL_BITS: u32 = 11;
pub(super) const DISTANCE_BITS: u32 = 9;

const LONGEST: usize = 15;
const END: usize = 256;

/// What the next bits stand for.
///
/// Bits 0 to 5: how many bits it takes. Bits 6 and 7: how many literals, which are in bits 16 to
/// 31. Else bits 8 to 11: how many further bits a length or distance has, which starts at the
/// number in bits 16 to 31. Bits 12 to 15 tell these from the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Step(u32);

const LITERAL: u32 = 1 << 12;
const LENGTH: u32 = 1 << 13;
const END_OF_BLOCK: u32 = 1 << 14;
/// The code is longer than a look; bits 16 to 31 say where in the further table to look next.
const LONG: u32 = 1 << 15;

impl Step {
    #[inline]
    pub(super) fn bits(self) -> u32 {
        self.0 & 63
    }

    #[inline]
    pub(super) fn is_literal(self) -> bool {
        self.0 & LITERAL != 0
    }

    #[inline]
    pub(super) fn literals(self) -> u64 {
        u64::from(self.0 >> 16)
    }

    #[inline]
    pub(super) fn literal_count(self) -> u32 {
        self.0 >> 6 & 3
    }

    #[inline]
    pub(super) fn is_end(self) -> bool {
        self.0 & END_OF_BLOCK != 0
    }

    #[inline]
    pub(super) fn is_long(self) -> bool {
        self.0 & LONG != 0
    }

    /// Where a length or a distance starts; none of codes that stand for nothing.
    #[inline]
    pub(super) fn length(self) -> Option<usize> {
        (self.0 & LENGTH != 0).then_some((self.0 >> 16) as usize)
    }

    #[inline]
    pub(super) fn further(self) -> u32 {
        self.0 >> 8 & 15
    }

    /// What a code for nothing but numbers stands for.
    pub(super) fn value(self) -> u32 {
        self.0 >> 16
    }

    fn number(base: usize, further: usize) -> Self {
        Self(LENGTH | u32::try_from(base << 16 | further << 8).unwrap_or(0))
    }

    fn of_literal(symbol: usize) -> Self {
        match symbol {
            0..END => Self(LITERAL | 1 << 6 | u32::try_from(symbol << 16).unwrap_or(0)),
            END => Self(END_OF_BLOCK),
            // Lengths from 3 to 10 have a symbol each, then four symbols share a number of bits.
            257..265 => Self::number(symbol - 257 + 3, 0),
            265..285 => {
                let further = (symbol - 261) / 4;
                Self::number(3 + ((4 + (symbol - 261) % 4) << further), further)
            }
            285 => Self::number(258, 0),
            _ => Self::default(),
        }
    }

    fn of_distance(symbol: usize) -> Self {
        match symbol {
            0..4 => Self::number(symbol + 1, 0),
            4..30 => {
                let further = symbol / 2 - 1;
                Self::number(1 + ((2 + symbol % 2) << further), further)
            }
            _ => Self::default(),
        }
    }
}

/// A code, with what its symbols stand for.
pub(super) struct Table<const SIZE: usize> {
    /// By the next bits.
    steps: [Step; SIZE],
    /// By the bits behind these, for codes that are longer.
    further: Vec<Step>,
    /// How many such bits there are at most.
    further_bits: usize,
}

impl<const SIZE: usize> Default for Table<SIZE> {
    fn default() -> Self {
        Self { steps: [Step::default(); SIZE], further: Vec::new(), further_bits: 0 }
    }
}

impl<const SIZE: usize> Table<SIZE> {
    const BITS: usize = SIZE.ilog2() as usize;

    pub(super) fn build_literals(&mut self, lengths: &[u8]) -> Option<()> {
        self.build(lengths, Step::of_literal)?;
        self.pair();
        Some(())
    }

    pub(super) fn build_distances(&mut self, lengths: &[u8]) -> Option<()> {
        self.build(lengths, Step::of_distance)
    }

    /// Of symbols that stand for themselves.
    pub(super) fn build_plain(&mut self, lengths: &[u8]) -> Option<()> {
        self.build(lengths, |symbol| Step::number(symbol, 0))
    }

    /// `None` unless the code is complete.
    fn build(&mut self, lengths: &[u8], step_of: impl Fn(usize) -> Step) -> Option<()> {
        let mut counts = [0_u32; LONGEST + 1];
        lengths.iter().for_each(|&len| counts[usize::from(len & 15)] += 1);
        counts[0] = 0;
        let mut next = [0_u32; LONGEST + 1];
        let mut code = 0_u32;
        for len in 1..=LONGEST {
            code <<= 1;
            next[len] = code;
            code += counts[len];
            if code > 1 << len {
                return None;
            }
        }
        if code != 1 << LONGEST {
            return None;
        }
        let longest = counts.iter().rposition(|&count| count > 0).unwrap_or(0);
        self.further_bits = longest.saturating_sub(Self::BITS);
        self.further.clear();
        self.steps.fill(Step::default());
        // Since the code is complete, every place is filled.
        for (symbol, &len) in lengths.iter().enumerate().filter(|(_, len)| **len > 0) {
            let len = usize::from(len & 15);
            let code = next[len].reverse_bits() >> (32 - len);
            next[len] += 1;
            let step = Step(step_of(symbol).0 | u32::try_from(len).unwrap_or(0));
            self.place(code as usize, len, step);
        }
        Some(())
    }

    /// Puts `step` wherever a look shows `code`.
    fn place(&mut self, code: usize, len: usize, step: Step) {
        if len <= Self::BITS {
            self.steps[code..].iter_mut().step_by(1 << len).for_each(|place| *place = step);
            return;
        }
        let first = &mut self.steps[code & (SIZE - 1)];
        if *first == Step::default() {
            *first = Step(LONG | u32::try_from(self.further.len() << 16).unwrap_or(0));
            self.further.resize(self.further.len() + (1 << self.further_bits), Step::default());
        }
        let start = (first.0 >> 16) as usize;
        let places = &mut self.further[start..start + (1 << self.further_bits)];
        let places = places.iter_mut().skip(code >> Self::BITS).step_by(1 << (len - Self::BITS));
        places.for_each(|place| *place = step);
    }

    /// Gives two literals at once where a look shows both.
    fn pair(&mut self) {
        // From the end, so that what follows a literal is still single.
        for bits in (0..SIZE).rev() {
            let one = self.steps[bits];
            if !one.is_literal() {
                continue;
            }
            let two = self.steps[bits >> one.bits()];
            let taken = one.bits() + two.bits();
            if two.is_literal() && taken as usize <= Self::BITS {
                let literals = one.0 >> 16 | two.0 >> 16 << 8;
                self.steps[bits] = Step(LITERAL | 2 << 6 | literals << 16 | taken);
            }
        }
    }

    /// What the next bits stand for, if a look shows it.
    #[inline]
    pub(super) fn first(&self, bits: u64) -> Step {
        #[allow(clippy::cast_possible_truncation)]
        self.steps[bits as usize & (SIZE - 1)]
    }

    /// What they stand for if the look showed the start of a long code.
    #[inline]
    pub(super) fn long(&self, step: Step, bits: u64) -> Option<Step> {
        let further = bits >> Self::BITS & ((1 << self.further_bits) - 1);
        self.further.get((step.0 >> 16) as usize + usize::try_from(further).ok()?).copied()
    }
}
