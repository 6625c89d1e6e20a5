//! Arrays as text, in NumPy's style: `Display` is `str`, `Debug` is `repr`.
//!
//! The layout and the width of columns follow `numpy/_core/arrayprint.py` with its default
//! options: 8 digits, 75 columns, and the first and last three of more than 1000 items.

mod dtype;
mod float;
mod format;
mod long;

use std::fmt::{self, Write};

use self::format::Format;
use super::AnyArray;
use super::canonical::strides;
use crate::literal::repr_shape;

/// Arrays of more items are shown by their edges.
const THRESHOLD: usize = 1000;

/// Items without bytes are shown by their edges, whatever was asked, if there are more.
const MOST_WITHOUT_BYTES: usize = 1 << 18;

/// Items shown at each edge.
const EDGE: usize = 3;

const LINE_WIDTH: usize = 75;

impl AnyArray {
    /// NumPy's `str`, with the middle of long axes left out or not, whatever the number of items.
    /// (`Display` leaves it out of arrays of more than 1000.) Of more than 262,144 items without any
    /// bytes (`|V0`, `<U0`), of which a small file can have 2⁶⁰, it is always left out.
    ///
    /// ```
    /// use npz_core::AnyArray;
    /// use npz_core::ndarray::Array1;
    ///
    /// let array = AnyArray::new(&Array1::from_iter(0..8))?;
    /// assert_eq!(array.to_text(true), "[0 1 2 ... 5 6 7]");
    /// assert_eq!(array.to_text(false), "[0 1 2 3 4 5 6 7]");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn to_text(&self, summarised: bool) -> String {
        if self.shape().is_empty() {
            return format::scalar(self.dtype(), self.as_bytes());
        }
        // Their number is bounded by no file's size.
        let endless = self.nbytes() == 0 && self.len() > MOST_WITHOUT_BYTES;
        Layout::summarised(self, " ", 0, LINE_WIDTH, summarised || endless).text()
    }
}

/// NumPy's `str`. What differs: bytes without dimensions are `b'…'`, without the `np.bytes_(…)`
/// around them; no code point of text that is no Unicode character is shown as it is, and `complex32`
/// and `float8` as bytes. `longdouble` is that of x86.
impl fmt::Display for AnyArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(self.len() > THRESHOLD))
    }
}

/// NumPy's `repr`, but for what [`Display`](fmt::Display) says.
impl fmt::Debug for AnyArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PREFIX: &str = "array(";
        let mut text = PREFIX.to_owned();
        text += &Layout::new(self, ", ", PREFIX.len(), LINE_WIDTH - 1).text();
        let mut extras = Vec::new();
        if (self.is_empty() && self.shape() != [0]) || self.len() > THRESHOLD {
            extras.push(format!("shape={}", repr_shape(self.shape())));
        }
        if self.is_empty() || !dtype::is_implied(self.dtype()) {
            extras.push(format!("dtype={}", dtype::short(self.dtype())));
        }
        if extras.is_empty() {
            return write!(f, "{text})");
        }
        let extras = extras.join(", ") + ")";
        text.push(',');
        let last_line = text.chars().rev().take_while(|&c| c != '\n').count();
        if last_line + extras.chars().count() + 1 > LINE_WIDTH {
            write!(f, "{text}\n{:indent$}{extras}", "", indent = PREFIX.len())
        } else {
            write!(f, "{text} {extras}")
        }
    }
}

/// One array on its way to text.
struct Layout<'a> {
    array: &'a AnyArray,
    strides: Vec<usize>,
    format: Option<Format>,
    separator: &'a str,
    /// Columns before the first bracket.
    indent: usize,
    width: usize,
    summarised: bool,
}

impl<'a> Layout<'a> {
    fn new(array: &'a AnyArray, separator: &'a str, indent: usize, width: usize) -> Self {
        Self::summarised(array, separator, indent, width, array.len() > THRESHOLD)
    }

    fn summarised(
        array: &'a AnyArray,
        separator: &'a str,
        indent: usize,
        width: usize,
        summarised: bool,
    ) -> Self {
        let strides = strides(array.shape(), array.order());
        let mut layout =
            Self { array, strides, format: None, separator, indent, width, summarised };
        let format = Format::new(array.dtype(), array.shape().is_empty(), &|visit| {
            layout.visit(0, 0, visit);
        });
        layout.format = Some(format);
        layout
    }

    fn text(&self) -> String {
        if self.array.is_empty() {
            return "[]".to_owned();
        }
        self.write(0, 0, self.indent + 1, self.width)
    }

    /// Which indices of an axis are shown, and whether there is a gap before the last three.
    fn shown(&self, axis: usize) -> (Vec<usize>, bool) {
        let len = self.array.shape()[axis];
        if self.summarised && len > 2 * EDGE {
            ((0..EDGE).chain(len - EDGE..len).collect(), true)
        } else {
            ((0..len).collect(), false)
        }
    }

    fn item(&self, position: usize) -> &'a [u8] {
        let size = self.array.dtype().itemsize();
        self.array.as_bytes().get(position * size..).and_then(|b| b.get(..size)).unwrap_or_default()
    }

    /// Visits all items that are shown.
    fn visit(&self, axis: usize, position: usize, visit: &mut dyn FnMut(&[u8])) {
        if self.array.is_empty() {
            return;
        }
        if axis == self.array.shape().len() {
            return visit(self.item(position));
        }
        for index in self.shown(axis).0 {
            self.visit(axis + 1, position + index * self.strides[axis], visit);
        }
    }

    /// The text of everything from `axis` on, whose first line stands behind `indent` columns.
    fn write(&self, axis: usize, position: usize, indent: usize, width: usize) -> String {
        let axes_left = self.array.shape().len() - axis;
        if axes_left == 0 {
            let format = self.format.as_ref();
            return format.map_or_else(String::new, |format| format.item(self.item(position)));
        }
        let (shown, gap) = self.shown(axis);
        let word = |index: usize| {
            let position = position + index * self.strides[axis];
            self.write(axis + 1, position, indent + 1, width.saturating_sub(1))
        };
        let mut text = String::new();
        if axes_left > 1 {
            let between = self.separator.trim_end().to_owned() + &"\n".repeat(axes_left - 1);
            for (n, index) in shown.iter().enumerate() {
                if n > 0 {
                    let _ = write!(text, "{between}{:indent$}", "");
                }
                if gap && n == EDGE {
                    let _ = write!(text, "...{between}{:indent$}", "");
                }
                text += &word(*index);
            }
            return format!("[{text}]");
        }
        // the closing bracket or the separator has to fit behind the last word
        let width = width.saturating_sub(self.separator.trim_end().len().max(1));
        let mut lines = Lines { text, line: String::new(), used: indent, indent, width };
        for (n, index) in shown.iter().enumerate() {
            if gap && n == EDGE {
                lines.push("...");
                lines.separate(self.separator);
            }
            lines.push(&word(*index));
            if n + 1 < shown.len() {
                lines.separate(self.separator);
            }
        }
        format!("[{}{}]", lines.text, lines.line)
    }
}

/// Words wrapped into lines. The indent of the first line is already there.
struct Lines {
    text: String,
    line: String,
    /// Columns of the line that is being filled, with its indent.
    used: usize,
    indent: usize,
    width: usize,
}

impl Lines {
    fn push(&mut self, word: &str) {
        let len = word.chars().count();
        // not where it doesn't help
        if self.used + len > self.width && self.used > self.indent {
            self.text += self.line.trim_end();
            self.text.push('\n');
            self.line = " ".repeat(self.indent);
            self.used = self.indent;
        }
        self.line += word;
        self.used += len;
    }

    fn separate(&mut self, separator: &str) {
        self.line += separator;
        self.used += separator.len();
    }
}
