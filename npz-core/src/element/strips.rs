//! A strided array cut into strips, which can be gathered in any order and on any thread.

use ndarray::{ArrayViewD, ArrayViewMutD, Axis, IxDyn, Slice};

use super::Element;
use super::gather::{LINES, fast_axis, fill};
use crate::error::{Error, ErrorKind, Result};

/// Gathered at a time, if the rows are small enough.
const STRIP_BYTES: usize = 1 << 20;

/// The most for a strip that is made of whole cache lines.
const WIDE_STRIP_BYTES: usize = 8 << 20;

const LINE_BYTES: usize = 64;

/// Gathers strips of one array, one at a time.
pub(crate) trait Gatherer: Send {
    /// How many strips there are; one after the other, they are the array in C order.
    fn strips(&self) -> usize;

    /// Gathers one of them.
    fn gather(&mut self, index: usize) -> Result<()>;

    /// The bytes of the last one that was gathered.
    fn bytes(&self) -> &[u8];
}

/// How many items make a strip.
#[derive(Clone, Copy)]
struct Strip {
    items: usize,
    most: usize,
    line: usize,
}

impl Strip {
    fn of<A>() -> Self {
        let size = size_of::<A>().max(1);
        let items = |bytes: usize| (bytes / size).max(1);
        Self { items: items(STRIP_BYTES), most: items(WIDE_STRIP_BYTES), line: items(LINE_BYTES) }
    }

    /// How many of the rows of `view`, of `row` items each, to gather at a time; 0 if one is too
    /// long.
    fn rows<A>(self, view: &ArrayViewD<'_, A>, row: usize) -> usize {
        let rows = self.items / row;
        if fast_axis(view) != Some(0) {
            return rows;
        }
        let fits = |lines: &usize| lines.saturating_mul(self.line).saturating_mul(row) <= self.most;
        match [LINES, 1].into_iter().find(fits) {
            Some(lines) => (rows / (lines * self.line)).max(1) * (lines * self.line),
            None => rows,
        }
    }
}

/// The strips of a view, and memory for one of them.
pub(super) struct Strips<'v, A> {
    view: ArrayViewD<'v, A>,
    /// The axis that is cut; those before it are gone through item by item.
    axis: usize,
    /// Of that axis, in one strip.
    rows: usize,
    items: Vec<A>,
    /// Which strip is in hand.
    index: usize,
}

impl<'v, A: Element> Strips<'v, A> {
    pub(super) fn new(view: ArrayViewD<'v, A>) -> Self {
        Self::with(view, Strip::of::<A>())
    }

    fn with(view: ArrayViewD<'v, A>, strip: Strip) -> Self {
        let mut strips = Self { view, axis: 0, rows: 0, items: Vec::new(), index: 0 };
        if strips.view.ndim() == 0 || strips.view.is_empty() {
            return strips;
        }
        if strips.view.as_slice().is_none() && strips.view.len() <= strip.items {
            strips.rows = strips.view.len_of(Axis(0));
            return strips;
        }
        let mut inner = strips.view.view();
        loop {
            let row = inner.len() / inner.len_of(Axis(0));
            strips.rows = strip.rows(&inner, row);
            // A row of the last axis is one item, so there is an end.
            if strips.rows > 0 || inner.ndim() == 1 {
                strips.rows = strips.rows.max(1);
                return strips;
            }
            inner.index_axis_inplace(Axis(0), 0);
            strips.axis += 1;
        }
    }

    pub(super) fn len(&self) -> usize {
        if self.view.is_empty() {
            return 0;
        }
        self.view.shape().iter().take(self.axis).product::<usize>() * self.per_axis()
    }

    /// Strips along the axis that is cut.
    fn per_axis(&self) -> usize {
        self.view.shape().get(self.axis).map_or(1, |len| len.div_ceil(self.rows))
    }

    fn strip(&self, index: usize) -> ArrayViewD<'v, A> {
        let (mut outer, cut) = (index / self.per_axis(), index % self.per_axis());
        let mut view = self.view.clone();
        for axis in (0..self.axis).rev() {
            let len = view.len_of(Axis(axis));
            view.collapse_axis(Axis(axis), outer % len);
            outer /= len;
        }
        if let Some(&len) = view.shape().get(self.axis) {
            let start = cut * self.rows;
            let end = len.min(start + self.rows);
            view.slice_axis_inplace(Axis(self.axis), Slice::from(start..end));
        }
        view
    }

    /// A strip's items in C order: straight from memory if they lie there so.
    pub(super) fn items(&mut self, index: usize) -> Result<&[A]> {
        self.hold(index)?;
        Ok(self.held())
    }

    fn hold(&mut self, index: usize) -> Result<()> {
        self.index = index;
        let view = self.strip(index);
        let Some(any) = view.first().filter(|_| !view.is_standard_layout()) else {
            return Ok(());
        };
        if A::as_bytes(&[]).is_none() {
            // Of items that own something no copy is made that isn't needed.
            self.items.clear();
            self.items.extend(view.iter().cloned());
            return Ok(());
        }
        if self.items.len() < view.len() {
            self.items.resize(view.len(), any.clone());
        }
        let items = self.items.get_mut(..view.len()).unwrap_or_default();
        let out = ArrayViewMutD::from_shape(IxDyn(view.shape()), items).map_err(|error| {
            Error::new(ErrorKind::Shape, "a strip has as many items as its shape says")
                .with_source(error)
        })?;
        fill(view, out);
        Ok(())
    }

    fn held(&self) -> &[A] {
        let view = self.strip(self.index);
        match view.to_slice() {
            Some(items) => items,
            None => self.items.get(..view.len()).unwrap_or_default(),
        }
    }
}

/// Of items that lie in memory as they do in the file.
impl<A: Element> Gatherer for Strips<'_, A> {
    fn strips(&self) -> usize {
        self.len()
    }

    fn gather(&mut self, index: usize) -> Result<()> {
        self.hold(index)
    }

    fn bytes(&self) -> &[u8] {
        A::as_bytes(self.held()).unwrap_or_default()
    }
}

/// Hands out the items in C order, in pieces: straight from memory if they are contiguous.
pub(super) fn gather<A: Element>(
    view: ArrayViewD<'_, A>,
    write: &mut impl FnMut(&[A]) -> Result<()>,
) -> Result<()> {
    let mut strips = Strips::new(view);
    (0..strips.len()).try_for_each(|index| write(strips.items(index)?))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, ArrayD, s};

    use super::*;

    fn check(view: &ArrayViewD<'_, u32>) {
        for items in [1, 4, 7, 31, 1000] {
            for (most, line) in [(items, 1), (8 * items, 4), (100 * items, 3)] {
                let mut strips = Strips::with(view.view(), Strip { items, most, line });
                let (mut found, mut backwards) = (Vec::new(), Vec::new());
                for index in 0..strips.len() {
                    let items = strips.items(index).unwrap();
                    assert!(!items.is_empty() && items.len() <= most);
                    found.extend_from_slice(items);
                }
                for index in (0..strips.len()).rev() {
                    strips.gather(index).unwrap();
                    backwards.splice(..0, strips.bytes().iter().copied());
                }
                assert_eq!(found, view.iter().copied().collect::<Vec<_>>());
                assert_eq!(backwards, u32::as_bytes(&found).unwrap());
            }
        }
    }

    #[test]
    fn gathers_in_logical_order_whatever_the_strides() {
        let base: ArrayD<u32> =
            Array::from_iter(0..7 * 5 * 6).into_shape_with_order(IxDyn(&[7, 5, 6])).unwrap();
        let reversed = base.slice(s![..;-2, 1.., ..;3]).into_dyn();
        let broadcast = base.broadcast(IxDyn(&[3, 7, 5, 6])).unwrap();
        let one = base.slice(s![3..4, .., 2..3]).into_dyn();
        let empty = base.slice(s![3..3, .., ..]).into_dyn();
        let scalar = base.slice(s![3, 2, 1]).into_dyn();
        for view in [base.view(), reversed, broadcast, one, empty, scalar] {
            check(&view);
        }
        for axes in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            check(&base.view().permuted_axes(IxDyn(&axes)));
        }
    }
}
