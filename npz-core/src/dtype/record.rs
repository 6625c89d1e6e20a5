//! Types made of others: subarrays and records.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{ByteOrder, DType, MAX_ITEMSIZE, ScalarKind, too_large};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::{repr_shape, repr_short, repr_str};

/// A small array of fixed shape inside each element, in C order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subarray {
    base: Box<DType>,
    shape: Vec<usize>,
    itemsize: usize,
}

impl Subarray {
    /// An array of `shape` of `base`.
    ///
    /// ```
    /// use npz_core::{ScalarKind, Subarray};
    ///
    /// let subarray = Subarray::new(ScalarKind::F32, [2, 3])?;
    /// assert_eq!(subarray.itemsize(), 24);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// For what NumPy could not read: [`ErrorKind::Shape`] without any dimension, or if the items
    /// are of no width and aren't records; [`ErrorKind::Limit`] beyond `i32::MAX` bytes.
    pub fn new(base: impl Into<DType>, shape: impl Into<Vec<usize>>) -> Result<Self> {
        let (base, shape) = (base.into(), shape.into());
        let width = base.checked_itemsize()?;
        let found = || format!("{} of {}", repr_shape(&shape), base.describe());
        if shape.is_empty() || is_unsized(&base) {
            let expected = if shape.is_empty() { "one dimension" } else { "one byte an item" };
            let message = format!("expected a subarray of at least {expected}, found {}", found());
            return Err(Error::new(ErrorKind::Shape, message));
        }
        let fits = |size: &usize| *size <= MAX_ITEMSIZE;
        let items = if shape.contains(&0) {
            Some(0).filter(|_| shape.iter().all(fits))
        } else {
            shape.iter().try_fold(1, |items: usize, &size| items.checked_mul(size).filter(fits))
        };
        match items.and_then(|items| items.checked_mul(width)).filter(fits) {
            Some(itemsize) => Ok(Self { base: Box::new(base), shape, itemsize }),
            None => {
                let message = format!(
                    "expected a subarray of at most {MAX_ITEMSIZE} bytes, found {}",
                    found()
                );
                Err(Error::new(ErrorKind::Limit, message))
            }
        }
    }

    pub(super) fn with_byte_order(mut self, order: ByteOrder) -> Self {
        self.base = Box::new(self.base.with_byte_order(order));
        self
    }

    /// The type of the items.
    #[must_use]
    pub fn base(&self) -> &DType {
        &self.base
    }

    /// How many items there are along each dimension.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The size of the whole subarray in bytes.
    #[must_use]
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }
}

/// A field of a [`Record`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    name: String,
    title: Option<String>,
    /// The name and the title as they stand in a header, where they are no text.
    literals: [Option<Box<str>>; 2],
    offset: usize,
    dtype: DType,
}

impl Field {
    /// A field that starts `offset` bytes into the record.
    #[must_use]
    pub fn new(name: impl Into<String>, offset: usize, dtype: impl Into<DType>) -> Self {
        let (name, dtype) = (name.into(), dtype.into());
        Self { name, title: None, literals: [None, None], offset, dtype }
    }

    /// Gives the field a title, a second name that NumPy knows it by.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self.literals[1] = None;
        self
    }

    /// Keeps the Python literals of a name and a title that are no text.
    pub(super) fn with_literals(mut self, literals: [Option<Box<str>>; 2]) -> Self {
        self.literals = literals;
        self
    }

    /// The Python literal of the name.
    pub(super) fn name_literal(&self) -> Cow<'_, str> {
        let [literal, _] = &self.literals;
        literal.as_deref().map_or_else(|| repr_str(&self.name).into(), Cow::Borrowed)
    }

    /// The Python literal of the title, if it has one.
    pub(super) fn title_literal(&self) -> Option<Cow<'_, str>> {
        let [_, literal] = &self.literals;
        let literal = literal.as_deref().map(Cow::Borrowed);
        literal.or_else(|| self.title.as_deref().map(|title| repr_str(title).into()))
    }

    /// Whether the other field has the same name and title, also where they are no text.
    pub(crate) fn is_called_like(&self, other: &Self) -> bool {
        self.name == other.name && self.title == other.title && self.literals == other.literals
    }

    /// What no other field may have: the name, and the title if it is a string.
    fn keys(&self) -> impl Iterator<Item = (bool, &str)> {
        let texts = [Some(&*self.name), self.title.as_deref()];
        texts.into_iter().zip(&self.literals).filter_map(|(text, literal)| match literal {
            None => text.map(|text| (false, text)),
            Some(literal) => literal.starts_with(['\'', '"']).then_some((true, &**literal)),
        })
    }

    /// The name.
    ///
    /// Python allows surrogates in it, which are no text; they are shown as `U+FFFD`. Two such
    /// names can look the same and aren't, and are written back as they were.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The title, if it has one. One that is no string in Python is shown as Python prints it, and
    /// written back as it was.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Where the field starts, in bytes from the record's start.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The type of the field.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }
}

/// Named fields one after the other, possibly with gaps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    fields: Vec<Field>,
    itemsize: usize,
}

impl Record {
    /// Fields at the offsets they have, in a record of `itemsize` bytes.
    ///
    /// ```
    /// use npz_core::{DType, Field, Record, ScalarKind};
    ///
    /// let fields = vec![Field::new("x", 0, ScalarKind::U8), Field::new("y", 4, ScalarKind::F32)];
    /// let dtype = DType::from(Record::new(fields, 8)?);
    /// assert_eq!(dtype.to_string(), "[('x', '|u1'), ('', '|V3'), ('y', '<f4')]");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// For what a header can't say: [`ErrorKind::Duplicate`] if two fields share a name or title,
    /// [`ErrorKind::Name`] if a void field or a subarray has neither name nor title (it would
    /// read as a gap), [`ErrorKind::Value`] if fields overlap, aren't in the order of their
    /// offsets, or don't fit into the record, [`ErrorKind::Limit`] beyond `i32::MAX` bytes.
    pub fn new(fields: Vec<Field>, itemsize: usize) -> Result<Self> {
        let mut names = HashSet::with_capacity(fields.len());
        let mut end = 0;
        for field in &fields {
            let Field { name, title, offset, dtype, .. } = field;
            for key in field.keys() {
                if !names.insert(key) {
                    let name = repr_short(key.1);
                    let message = format!("two fields of a dtype have the name or title {name}");
                    return Err(Error::new(ErrorKind::Duplicate, message));
                }
            }
            if name.is_empty() && title.is_none() && reads_as_gap(dtype) {
                let message = format!("expected a name for a field of {}", dtype.describe());
                return Err(Error::new(ErrorKind::Name, message));
            }
            if *offset < end {
                let message = format!(
                    "expected the field {} at byte {end} or later, after the one before it; found \
                     it at byte {offset}",
                    repr_short(name)
                );
                return Err(Error::new(ErrorKind::Value, message));
            }
            // a scalar's size is not checked before, and a sum beyond the limit ends here
            end = offset.saturating_add(dtype.checked_itemsize()?);
        }
        if itemsize > MAX_ITEMSIZE {
            return Err(too_large(itemsize));
        }
        if end > itemsize {
            let message = format!(
                "expected a record of {end} bytes or more for its fields, found one of {itemsize}"
            );
            return Err(Error::new(ErrorKind::Value, message));
        }
        Ok(Self { fields, itemsize })
    }

    /// Fields without gaps.
    ///
    /// ```
    /// use npz_core::{DType, Record, ScalarKind, Subarray};
    ///
    /// let record = Record::packed([
    ///     ("id", DType::from(ScalarKind::U64)),
    ///     ("at", Subarray::new(ScalarKind::F32, [3])?.into()),
    /// ])?;
    /// assert_eq!(record.itemsize(), 20);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn packed<N, D>(fields: impl IntoIterator<Item = (N, D)>) -> Result<Self>
    where
        N: Into<String>,
        D: Into<DType>,
    {
        let mut itemsize: usize = 0;
        let place = |(name, dtype): (N, D)| {
            let field = Field::new(name, itemsize, dtype);
            itemsize = itemsize.saturating_add(field.dtype.itemsize());
            field
        };
        let fields = fields.into_iter().map(place).collect();
        Self::new(fields, itemsize)
    }

    pub(super) fn with_byte_order(mut self, order: ByteOrder) -> Self {
        for field in &mut self.fields {
            field.dtype = field.dtype.clone().with_byte_order(order);
        }
        self
    }

    /// The fields, in the order of their offsets. Gaps are not among them.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of this name. (Titles are not looked at.)
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The size of a record in bytes, gaps included.
    #[must_use]
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }

    /// The first names of the fields, for messages.
    pub(super) fn describe(&self) -> String {
        const SHOWN: usize = 4;
        if self.fields.is_empty() {
            return format!("a record of no fields in {} bytes", self.itemsize);
        }
        let names = self.fields.iter().take(SHOWN).map(|field| repr_short(&field.name));
        let names: Vec<String> = names.collect();
        match self.fields.len().saturating_sub(SHOWN) {
            0 => format!("a record of {}", names.join(", ")),
            more => format!("a record of {} and {more} more", names.join(", ")),
        }
    }
}

/// Whether NumPy takes the type for one whose size is yet to come. `()` of it would be no type.
pub(super) fn is_unsized(dtype: &DType) -> bool {
    dtype.itemsize() == 0 && dtype.as_record().is_none()
}

/// Whether NumPy takes a field without a name for a gap. To NumPy subarrays are void, too.
pub(super) fn reads_as_gap(dtype: &DType) -> bool {
    matches!(dtype.kind(), Some(ScalarKind::Void(_))) || dtype.as_subarray().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u1(name: &str, offset: usize) -> Field {
        Field::new(name, offset, ScalarKind::U8)
    }

    #[test]
    fn refuses_what_a_header_cannot_say() {
        let kind = |fields: Vec<Field>, itemsize| Record::new(fields, itemsize).unwrap_err().kind();
        assert_eq!(kind(vec![u1("a", 0), u1("a", 1)], 2), ErrorKind::Duplicate);
        assert_eq!(kind(vec![u1("a", 0).with_title("a")], 1), ErrorKind::Duplicate);
        assert_eq!(kind(vec![u1("a", 0).with_title("b"), u1("b", 1)], 2), ErrorKind::Duplicate);
        assert_eq!(kind(vec![u1("a", 1), u1("b", 0)], 2), ErrorKind::Value);
        assert_eq!(kind(vec![u1("a", 0), u1("b", 0)], 2), ErrorKind::Value);
        assert_eq!(kind(vec![u1("a", 1)], 1), ErrorKind::Value);
        assert_eq!(kind(vec![u1("a", usize::MAX)], usize::MAX), ErrorKind::Limit);
        assert_eq!(kind(vec![Field::new("", 0, ScalarKind::Void(2))], 2), ErrorKind::Name);
        assert_eq!(kind(vec![], MAX_ITEMSIZE + 1), ErrorKind::Limit);
    }

    #[test]
    fn blank_names_are_names_where_nothing_else_reads_so() {
        assert!(Record::new(vec![u1("", 0)], 1).is_ok());
        let titled = Field::new("", 0, ScalarKind::Void(2)).with_title("t");
        assert!(Record::new(vec![titled], 2).is_ok());
    }

    #[test]
    fn subarrays_are_bounded() {
        let kind =
            |base: ScalarKind, shape: &[usize]| Subarray::new(base, shape).unwrap_err().kind();
        assert_eq!(kind(ScalarKind::F32, &[]), ErrorKind::Shape);
        assert_eq!(kind(ScalarKind::Bytes(0), &[2]), ErrorKind::Shape);
        assert_eq!(kind(ScalarKind::F32, &[70_000, 70_000]), ErrorKind::Limit);
        assert_eq!(kind(ScalarKind::F32, &[usize::MAX, 0]), ErrorKind::Limit);
        let empty = Subarray::new(ScalarKind::F32, [0, 70_000, 70_000]).unwrap();
        assert_eq!(empty.itemsize(), 0);
        let none = Record::new(vec![], 0).unwrap();
        assert_eq!(Subarray::new(none, [7]).unwrap().itemsize(), 0);
    }
}
