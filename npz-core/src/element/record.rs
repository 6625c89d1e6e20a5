//! Records: what `#[derive(NpyRecord)]` leans on.
//!
//! A derived struct only goes through its fields: to list them, to hand out their values, and to
//! be built of values. All else is here. Records are coded by columns: all values of
//! one field in a chunk are gathered, and their element decodes them at once, so that nothing is
//! decided item by item.

mod codec;
mod faults;
#[cfg(test)]
#[cfg(feature = "derive")]
mod tests;

use std::collections::HashMap;

use super::field::{FixedElement, RecordField, dtype_of};
use super::{Element, Payload};
use crate::dtype::{DType, Field, Record};
use crate::error::{Error, ErrorKind, Result};
use crate::nearest::nearest;

pub use self::codec::{Decoder, Encoder};
pub use self::faults::Faults;

/// Where the fields of a record that we write stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One behind the other, as in `np.dtype([...])`.
    Packed,
    /// At multiples of their alignment, as in `np.dtype([...], align=True)`.
    Aligned,
}

/// What a derived struct says of its fields.
pub trait RecordFields: Element {
    /// Where they stand when we write.
    const LAYOUT: Layout;

    /// Whether the file may have fields that the struct doesn't.
    const ALLOW_UNEXPECTED: bool;

    /// Goes through them, always in the same order.
    fn pass(pass: Pass<'_, '_, Self>) -> Result<()>;
}

/// What is done with the fields of a struct. One method for all of it: so the compiler complains
/// once about a field that can't be one.
#[derive(Debug)]
pub enum Pass<'p, 'a, R> {
    /// Lists them.
    List(&'p mut Fields),
    /// Hands out their values.
    Put(&'p [R], &'p mut Encoder<'a>),
    /// Builds structs of their values.
    Take(&'p mut Decoder<'a>, &'p mut Vec<R>),
}

/// The fields of a struct, in the order in which they are written.
#[derive(Debug, Default)]
pub struct Fields(Vec<Spec>);

/// One field: the things that depend on its type.
#[derive(Debug)]
struct Spec {
    name: &'static str,
    dtype: fn() -> Result<DType>,
    alignment: fn() -> usize,
    shape: Vec<usize>,
    accepts: fn(&DType) -> bool,
    faults: fn(&DType, &mut Faults),
}

impl Fields {
    /// Adds a field.
    pub fn field<F: RecordField>(&mut self, name: &'static str) {
        let mut shape = Vec::new();
        F::push_shape(&mut shape);
        self.0.push(Spec {
            name,
            dtype: dtype_of::<F>,
            alignment: <F::Item as FixedElement>::alignment,
            shape,
            accepts: <F::Item as Element>::accepts,
            faults: <F::Item as Element>::faults,
        });
    }

    fn of<R: RecordFields>() -> Self {
        let mut fields = Self::default();
        // Of the passes, only those over values can fail.
        let _ = R::pass(Pass::List(&mut fields));
        fields
    }

    fn alignment(&self) -> usize {
        self.0.iter().map(|spec| (spec.alignment)()).max().unwrap_or(1)
    }

    fn dtype(&self, layout: Layout) -> Result<DType> {
        let align = |at: usize, alignment: usize| match layout {
            Layout::Packed => at,
            Layout::Aligned => at.checked_next_multiple_of(alignment).unwrap_or(usize::MAX),
        };
        let mut end: usize = 0;
        let mut fields = Vec::with_capacity(self.0.len());
        for spec in &self.0 {
            let dtype = (spec.dtype)().map_err(|error| in_field(spec.name, &error))?;
            let offset = align(end, (spec.alignment)());
            end = offset.saturating_add(dtype.itemsize());
            fields.push(Field::new(spec.name, offset, dtype));
        }
        Record::new(fields, align(end, self.alignment())).map(DType::Record)
    }

    /// For each field, where it stands in the file's records; or what is wrong with them.
    fn plan<'a>(
        &self,
        record: &'a Record,
        allow_unexpected: bool,
        faults: &mut Faults,
    ) -> Vec<Column<'a>> {
        let mut columns = Vec::with_capacity(self.0.len());
        let mut unexpected: HashMap<&str, &Field> =
            record.fields().iter().map(|field| (field.name(), field)).collect();
        let mut missing = Vec::new();
        for spec in &self.0 {
            match unexpected.remove(spec.name) {
                Some(field) => columns.push(spec.check(field, faults)),
                None => missing.push(spec),
            }
        }
        let unknown = record.fields().iter().filter(|field| unexpected.contains_key(field.name()));
        let unknown: Vec<&Field> = unknown.collect();
        let names: Vec<&str> = unknown.iter().map(|field| field.name()).collect();
        for spec in missing {
            faults.missing(spec.name, (spec.dtype)().ok(), nearest(spec.name, &names));
        }
        if !allow_unexpected {
            unknown.iter().for_each(|field| faults.unexpected(field.name(), field.dtype()));
        }
        columns
    }
}

impl Spec {
    fn check<'a>(&self, field: &'a Field, faults: &mut Faults) -> Column<'a> {
        let (shape, item) = merged(field.dtype());
        if shape != self.shape || !(self.accepts)(item) {
            // An array of records is looked into as well.
            let told = shape == self.shape
                && faults.inside(self.name, |inside| (self.faults)(item, inside));
            if !told {
                faults.mismatch(self.name, (self.dtype)().ok(), field.dtype());
            }
        }
        Column { name: self.name, offset: field.offset(), size: field.dtype().itemsize(), item }
    }
}

/// The shape of all the subarrays around a dtype that is none: NumPy merges them, too.
fn merged(dtype: &DType) -> (Vec<usize>, &DType) {
    let (mut shape, mut item) = (Vec::new(), dtype);
    while let DType::Subarray(subarray) = item {
        shape.extend_from_slice(subarray.shape());
        item = subarray.base();
    }
    (shape, item)
}

/// Where one field stands in the records of a file.
#[derive(Debug)]
struct Column<'a> {
    name: &'static str,
    offset: usize,
    size: usize,
    /// The dtype of its items, if it is a subarray.
    item: &'a DType,
}

/// The layout that records are written in.
///
/// # Errors
/// When they are larger than NumPy allows.
pub fn dtype<R: RecordFields>() -> Result<DType> {
    Fields::of::<R>().dtype(R::LAYOUT)
}

/// What a record's own offset is a multiple of, inside of an aligned one.
#[must_use]
pub fn alignment<R: RecordFields>() -> usize {
    match R::LAYOUT {
        Layout::Packed => 1,
        Layout::Aligned => Fields::of::<R>().alignment(),
    }
}

/// Whether records in a file have all the fields.
#[must_use]
pub fn accepts<R: RecordFields>(dtype: &DType) -> bool {
    let mut faults = Faults::default();
    let DType::Record(record) = dtype else { return false };
    Fields::of::<R>().plan(record, R::ALLOW_UNEXPECTED, &mut faults);
    faults.is_empty()
}

/// What is wrong with the fields of records in a file.
pub fn faults<R: RecordFields>(dtype: &DType, faults: &mut Faults) {
    if let DType::Record(record) = dtype {
        Fields::of::<R>().plan(record, R::ALLOW_UNEXPECTED, faults);
    }
}

fn plan<R: RecordFields>(dtype: &DType) -> Result<Vec<Column<'_>>> {
    if let DType::Record(record) = dtype {
        let mut faults = Faults::default();
        let columns = Fields::of::<R>().plan(record, R::ALLOW_UNEXPECTED, &mut faults);
        if faults.is_empty() {
            return Ok(columns);
        }
    }
    Err(super::unfit::<R>(dtype))
}

/// Appends the bytes of `items` to `out`. What is between the fields is zero.
///
/// # Errors
/// Those of the fields.
pub fn encode<R: RecordFields>(items: &[R], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
    let columns = plan::<R>(dtype)?;
    Encoder::run(columns, items.len(), dtype.itemsize(), out, |encoder| {
        R::pass(Pass::Put(items, encoder))
    })
}

/// Reads all records.
///
/// # Errors
/// Those of the fields, with the record's index.
pub fn decode<R: RecordFields>(payload: &mut Payload<'_>) -> Result<Vec<R>> {
    let dtype = payload.dtype();
    let columns = plan::<R>(dtype)?;
    payload.decode_with(|bytes, out| {
        Decoder::new(&columns, bytes, dtype.itemsize(), out.len())
            .run(|from| R::pass(Pass::Take(from, out)))
    })
}

/// The same error, with the field that it is about.
#[cold]
fn in_field(name: &str, error: &Error) -> Error {
    Error::new(error.kind(), format!("field {}: {error}", crate::literal::repr_short(name)))
}

/// A field gave or took another number of items than it has.
#[cold]
fn uneven(name: &str) -> Error {
    in_field(name, &Error::new(ErrorKind::Corrupt, "it was coded as another number of values"))
}
