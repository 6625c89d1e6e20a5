//! What a type needs, without any file.

use std::fmt;

use crate::literal::repr_shape;

/// One dimension of a shape that a field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dim {
    /// Any length.
    Any,
    /// Just this length.
    Exact(usize),
    /// A length with a name; all dimensions of this name in one struct must have the same.
    Named(&'static str),
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("_"),
            Self::Exact(len) => write!(f, "{len}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

/// The entries that a type needs: their names, dtypes and shapes.
///
/// The items of a list stand once, as `#` (`layers.#.weight`), those of a map as `*`. A type
/// within itself is not followed.
///
/// ```
/// use npz_core::ndarray::{Array1, Array2};
/// use npz_core::LoadNpz;
///
/// #[derive(LoadNpz)]
/// struct Linear { weight: Array2<f32>, bias: Option<Array1<f32>> }
/// #[derive(LoadNpz)]
/// struct Model { layers: Vec<Linear>, step: u64 }
///
/// assert_eq!(Model::schema().to_string(), "\
/// layers.#.weight  dtype '<f4' (f32)  2 dimensions
/// layers.#.bias    dtype '<f4' (f32)  1 dimension   optional
/// step             dtype '<u8' (u64)  0 dimensions");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    pub(super) entries: Vec<SchemaEntry>,
}

/// One entry that a type needs.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaEntry {
    /// Its name.
    pub name: String,
    /// The path of the field that it is for, such as `layers[#].weight`.
    pub field: String,
    /// What it must hold, such as `dtype '<f4' (f32)`.
    pub expected: String,
    /// Its number of dimensions, if that is fixed.
    pub dimensions: Option<usize>,
    /// Its shape, as far as the field says it.
    pub shape: Option<Vec<Dim>>,
    /// Whether it may be missing.
    pub optional: bool,
}

impl Schema {
    /// The entries, in the order in which they are saved.
    #[must_use]
    pub fn entries(&self) -> &[SchemaEntry] {
        &self.entries
    }
}

impl SchemaEntry {
    fn shape_text(&self) -> String {
        match (&self.shape, self.dimensions) {
            (Some(dims), _) => dims_text(dims),
            (None, Some(1)) => "1 dimension".to_owned(),
            (None, Some(count)) => format!("{count} dimensions"),
            (None, None) => "any shape".to_owned(),
        }
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self
            .entries
            .iter()
            .map(|entry| {
                let optional = if entry.optional { "optional" } else { "" };
                let shape = entry.shape_text();
                [entry.name.clone(), entry.expected.clone(), shape, optional.to_owned()]
            })
            .collect();
        let width =
            |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        let lines = rows.iter().map(|[name, expected, shape, optional]| {
            let line = format!(
                "{name:0$}  {expected:1$}  {shape:2$}  {optional}",
                widths[0], widths[1], widths[2]
            );
            line.trim_end().to_owned()
        });
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}

/// A shape as Python would write it: `(vocab, 3, _)`, `(dim,)`.
fn dims_text(dims: &[Dim]) -> String {
    let names: Vec<String> = dims.iter().map(Dim::to_string).collect();
    let comma = if names.len() == 1 { "," } else { "" };
    format!("({}{comma})", names.join(", "))
}

/// Fails with what is wrong if `shape` is not what `dims` ask for; named lengths are looked up in,
/// and added to, `named`, with the field that gave them.
pub(crate) fn check_shape(
    shape: &[usize],
    dims: &[Dim],
    field: &str,
    named: &mut Vec<(&'static str, usize, String)>,
) -> Result<(), String> {
    let wanted = || dims_text(dims);
    if shape.len() != dims.len() {
        return Err(format!("expected shape {}, found {}", wanted(), repr_shape(shape)));
    }
    for (&found, dim) in shape.iter().zip(dims) {
        let known = |name: &str| named.iter().find(|(known, ..)| *known == name);
        match *dim {
            Dim::Any => {}
            Dim::Exact(expected) if expected == found => {}
            Dim::Exact(_) => {
                return Err(format!("expected shape {}, found {}", wanted(), repr_shape(shape)));
            }
            Dim::Named(name) => match known(name) {
                Some((_, expected, _)) if *expected == found => {}
                Some((_, expected, by)) => {
                    return Err(format!(
                        "expected shape {} with {name} = {expected} as in {by}, found {}",
                        wanted(),
                        repr_shape(shape)
                    ));
                }
                None => named.push((name, found, field.to_owned())),
            },
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_dimensions_agree() {
        let mut named = Vec::new();
        let dims = [Dim::Named("vocab"), Dim::Named("dim")];
        check_shape(&[10, 4], &dims, "embed", &mut named).unwrap();
        check_shape(&[4], &[Dim::Named("dim")], "bias", &mut named).unwrap();
        let error = check_shape(&[5], &[Dim::Named("dim")], "bias", &mut named).unwrap_err();
        assert_eq!(error, "expected shape (dim,) with dim = 4 as in embed, found (5,)");
        let error = check_shape(&[3, 3], &[Dim::Exact(3), Dim::Exact(2)], "w", &mut named);
        assert_eq!(error.unwrap_err(), "expected shape (3, 2), found (3, 3)");
        assert!(check_shape(&[3], &[Dim::Any, Dim::Any], "w", &mut named).is_err());
    }
}
