//! What is wrong with the fields of a record in a file, all of it.

use crate::dtype::DType;
use crate::literal::repr_short;

/// Most faults that a message tells.
const MOST_SHOWN: usize = 40;

/// Collects faults by the path of the field, such as `inner.x`.
#[derive(Debug, Default)]
pub struct Faults {
    path: String,
    found: Vec<String>,
    count: usize,
}

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All that was found as one line, or nothing.
    pub(crate) fn into_message(self) -> Option<String> {
        let more = self.count - self.found.len();
        let more = (more > 0).then(|| format!("and {more} more"));
        (self.count > 0).then(|| self.found.into_iter().chain(more).collect::<Vec<_>>().join("; "))
    }

    fn add(&mut self, message: impl FnOnce(&str) -> String) {
        self.count += 1;
        if self.found.len() < MOST_SHOWN {
            self.found.push(message(&self.path));
        }
    }

    /// Collects the faults inside of a field; whether there were any.
    pub(super) fn inside(&mut self, name: &str, look: impl FnOnce(&mut Self)) -> bool {
        let (before, parent) = (self.count, self.path.len());
        self.path.push_str(name);
        self.path.push('.');
        look(self);
        self.path.truncate(parent);
        self.count > before
    }

    pub(super) fn mismatch(&mut self, name: &str, expected: Option<DType>, found: &DType) {
        self.add(|path| {
            let (path, found) = (repr_short(&[path, name].concat()), print(found));
            match expected.as_ref().map(print) {
                Some(expected) => format!("field {path}: expected {expected}, found {found}"),
                None => format!("field {path}: can't be {found}"),
            }
        });
    }

    pub(super) fn missing(&mut self, name: &str, dtype: Option<DType>, near: Option<&str>) {
        self.add(|path| {
            let path = repr_short(&[path, name].concat());
            let dtype =
                dtype.as_ref().map_or_else(String::new, |d| format!(": expected {}", print(d)));
            let near = near.map_or_else(String::new, |near| {
                format!("; the nearest name in the file is {}", repr_short(near))
            });
            format!("missing field {path}{dtype}{near}")
        });
    }

    pub(super) fn unexpected(&mut self, name: &str, dtype: &DType) {
        self.add(|path| {
            let path = repr_short(&[path, name].concat());
            format!("unexpected field {path}: found {}", print(dtype))
        });
    }
}

/// A dtype in a message that may tell of many: of a record with many fields, its names.
fn print(dtype: &DType) -> String {
    const LONGEST: usize = 120;
    let text = dtype.to_string();
    if text.len() > LONGEST { dtype.describe() } else { text }
}
