//! Records ↔ bytes, a column at a time.

use super::{Column, in_field, uneven};
use crate::element::field::RecordField;
use crate::element::{Element, Payload};
use crate::error::{Error, Result};

/// Takes the columns of some records, in order.
#[derive(Debug)]
pub struct Encoder<'a> {
    columns: std::vec::IntoIter<Column<'a>>,
    stride: usize,
    records: &'a mut [u8],
    /// One column's bytes.
    scratch: Vec<u8>,
}

impl<'a> Encoder<'a> {
    pub(super) fn run(
        columns: Vec<Column<'a>>,
        count: usize,
        stride: usize,
        out: &'a mut Vec<u8>,
        put: impl FnOnce(&mut Encoder<'_>) -> Result<()>,
    ) -> Result<()> {
        let start = out.len();
        out.resize(start.saturating_add(count.saturating_mul(stride)), 0);
        let records = out.get_mut(start..).unwrap_or_default();
        put(&mut Encoder { columns: columns.into_iter(), stride, records, scratch: Vec::new() })
    }

    /// Takes the next field of all `items`.
    ///
    /// # Errors
    /// That of the field's element.
    pub fn field<R, F: RecordField>(&mut self, items: &[R], get: impl Fn(&R) -> &F) -> Result<()> {
        // `put` goes through the fields as `list` does, so there is one more.
        let Some(column) = self.columns.next() else { return Ok(()) };
        let values: Vec<F> = items.iter().map(|item| get(item).clone()).collect();
        self.scratch.clear();
        F::Item::encode(F::items(&values), column.item, &mut self.scratch)
            .map_err(|error| in_field(column.name, &error))?;
        if self.scratch.len() != items.len().saturating_mul(column.size) {
            return Err(uneven(column.name));
        }
        scatter(&self.scratch, column.offset, column.size, self.records, self.stride);
        Ok(())
    }
}

/// Hands out the columns of some records, in order.
#[derive(Debug)]
pub struct Decoder<'a> {
    columns: &'a [Column<'a>],
    records: &'a [u8],
    stride: usize,
    count: usize,
    /// The index of the first of the records.
    first: usize,
    /// One column's bytes.
    scratch: Vec<u8>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(
        columns: &'a [Column<'a>],
        records: &'a [u8],
        stride: usize,
        first: usize,
    ) -> Self {
        // Records of no width come one by one.
        let count = records.len().checked_div(stride).unwrap_or(1);
        Self { columns, records, stride, count, first, scratch: Vec::new() }
    }

    pub(super) fn run(mut self, take: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        take(&mut self)
    }

    /// The next field of all records.
    ///
    /// # Errors
    /// That of the field's element, with the index of the record.
    pub fn field<F: RecordField>(&mut self) -> Result<std::vec::IntoIter<F>> {
        let Some((column, rest)) = self.columns.split_first() else {
            return Ok(Vec::new().into_iter());
        };
        self.columns = rest;
        gather(self.records, self.stride, column.offset, column.size, &mut self.scratch);
        let fields = decode::<F>(column, self.count, &self.scratch);
        fields.map(Vec::into_iter).map_err(|error| self.locate::<F>(column, error))
    }

    /// Appends a value that `build` makes for each record.
    pub fn build<R>(&self, out: &mut Vec<R>, build: impl FnMut() -> Option<R>) {
        out.extend(std::iter::from_fn(build).take(self.count));
    }

    /// Adds the record to an error in a column: that of the first that fails on its own.
    #[cold]
    fn locate<F: RecordField>(&self, column: &Column<'_>, error: Error) -> Error {
        let of_record = (0..self.count).find_map(|index| {
            let at = index.checked_mul(column.size)?;
            let bytes = self.scratch.get(at..at.checked_add(column.size)?)?;
            decode::<F>(column, 1, bytes).err().map(|error| (index, error))
        });
        let Some((index, error)) = of_record else { return in_field(column.name, &error) };
        let error = in_field(column.name, &error);
        Error::new(error.kind(), format!("record {}, {error}", self.first.saturating_add(index)))
    }
}

/// `count` fields from the bytes of a column.
fn decode<F: RecordField>(column: &Column<'_>, count: usize, bytes: &[u8]) -> Result<Vec<F>> {
    let mut shape = Vec::new();
    F::push_shape(&mut shape);
    let len = shape.iter().try_fold(count, |len, size| len.checked_mul(*size));
    let len = len.ok_or_else(|| uneven(column.name))?;
    let mut source = bytes;
    let items = F::Item::decode(&mut Payload::new(column.item, len, true, &mut source)?)?;
    F::from_items(items, count).ok_or_else(|| uneven(column.name))
}

/// Copies the bytes at `offset` of all records into `column`.
fn gather(records: &[u8], stride: usize, offset: usize, size: usize, column: &mut Vec<u8>) {
    column.clear();
    if size == 0 {
        return;
    }
    let fields =
        records.chunks_exact(stride).filter_map(|record| record.get(offset..)?.get(..size));
    // A copy of a length that the compiler knows is a move, not a call.
    match size {
        1 => column.extend(fields.filter_map(|field| field.first())),
        2 => extend::<2>(fields, column),
        4 => extend::<4>(fields, column),
        8 => extend::<8>(fields, column),
        12 => extend::<12>(fields, column),
        16 => extend::<16>(fields, column),
        _ => fields.for_each(|field| column.extend_from_slice(field)),
    }
}

fn extend<'a, const N: usize>(fields: impl Iterator<Item = &'a [u8]>, column: &mut Vec<u8>) {
    fields.filter_map(<[u8]>::first_chunk::<N>).for_each(|field| column.extend_from_slice(field));
}

/// Copies `column` to `offset` of all records.
fn scatter(column: &[u8], offset: usize, size: usize, records: &mut [u8], stride: usize) {
    if size == 0 {
        return;
    }
    let fields = records
        .chunks_exact_mut(stride)
        .filter_map(|record| record.get_mut(offset..)?.get_mut(..size));
    match size {
        1 => fields.zip(column).for_each(|(field, byte)| field.fill(*byte)),
        2 => place::<2>(fields, column),
        4 => place::<4>(fields, column),
        8 => place::<8>(fields, column),
        12 => place::<12>(fields, column),
        16 => place::<16>(fields, column),
        _ => fields.zip(column.chunks_exact(size)).for_each(|(to, from)| to.copy_from_slice(from)),
    }
}

fn place<'a, const N: usize>(fields: impl Iterator<Item = &'a mut [u8]>, column: &[u8]) {
    let (values, _) = column.as_chunks::<N>();
    for (field, value) in fields.filter_map(<[u8]>::first_chunk_mut::<N>).zip(values) {
        *field = *value;
    }
}
