//! `--cast`: numbers of one type as those of another.

use half::bf16;
use npz_core::ndarray::IxDyn;
use npz_core::{
    AnyArray, Cast, DType, Element, Error, ErrorKind, Header, Order, Result, ScalarKind,
};

use crate::commands::is_glob;
use crate::error::Failure;
use crate::names::hint;
use crate::numbers;
use crate::pattern;
use crate::values::Decoder;

/// `float16`, or `layers.*=float16`.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// As it was typed.
    text: String,
    /// Of the names it is for; all arrays of floats where there is none.
    glob: Option<String>,
    to: Target,
}

/// A type of numbers to be cast to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Scalar(ScalarKind),
    Bf16,
}

impl std::str::FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (glob, name) = match text.rsplit_once('=') {
            Some((glob, name)) => (Some(glob.to_owned()), name),
            None => (None, text),
        };
        let to = Target::named(name).ok_or_else(|| {
            format!(
                "expected a type of numbers such as float32, bfloat16, int8 or <f2, found {name:?}"
            )
        })?;
        Ok(Self { text: text.to_owned(), glob, to })
    }
}

impl Target {
    fn named(name: &str) -> Option<Self> {
        use ScalarKind::{Bool, C64, C128, F16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
        let name = name.to_ascii_lowercase();
        let short = name.trim_start_matches(['<', '|', '=']);
        Some(Self::Scalar(match short {
            "bfloat16" | "bf16" | "v2" => return Some(Self::Bf16),
            "float16" | "f16" | "f2" | "half" => F16,
            "float32" | "f32" | "f4" | "float" => F32,
            "float64" | "f64" | "f8" | "double" => F64,
            "int8" | "i1" => I8,
            "int16" | "i16" | "i2" => I16,
            "int32" | "i32" | "i4" => I32,
            "int64" | "i64" | "i8" => I64,
            "uint8" | "u1" => U8,
            "uint16" | "u16" | "u2" => U16,
            "uint32" | "u32" | "u4" => U32,
            "uint64" | "u64" | "u8" => U64,
            "bool" | "b1" | "?" => Bool,
            "complex64" | "c8" => C64,
            "complex128" | "c16" => C128,
            _ => return None,
        }))
    }

    fn is(self, dtype: &DType) -> bool {
        match self {
            Self::Bf16 => numbers::is_bf16(dtype),
            Self::Scalar(kind) => dtype.kind() == Some(kind),
        }
    }
}

/// What the array called `name` is to be cast to, by the last rule that is for it: nothing that
/// isn't numbers.
fn target(rules: &[Rule], name: &str, dtype: &DType, logical: Option<&str>) -> Option<Target> {
    let is_float = || {
        numbers::is_bf16(dtype)
            || matches!(
                dtype.kind(),
                Some(
                    ScalarKind::F8
                        | ScalarKind::F16
                        | ScalarKind::F32
                        | ScalarKind::F64
                        | ScalarKind::LongDouble
                )
            )
            || logical.is_some_and(|logical| logical.starts_with("float"))
    };
    let meant = |rule: &&Rule| match &rule.glob {
        Some(glob) => pattern::matches(glob, name) && is_number(dtype, logical),
        None => is_float(),
    };
    rules.iter().rev().find(meant).map(|rule| rule.to).filter(|to| !to.is(dtype))
}

/// Whether items are numbers, and not text, times, records or whatever.
fn is_number(dtype: &DType, logical: Option<&str>) -> bool {
    let decoder = dtype.as_scalar().and_then(|scalar| Decoder::new(scalar, logical));
    decoder.is_some_and(|decoder| !decoder.is_time())
}

/// An array, by its name and what its header and the metadata say of its items.
pub(crate) type Castable<'a> = (&'a str, Option<&'a DType>, Option<&'a str>);

/// Fails if one of the rules is for no array, or for one alone that can't be cast.
pub(crate) fn check<'a>(
    rules: &[Rule],
    arrays: impl Iterator<Item = Castable<'a>> + Clone,
) -> std::result::Result<(), Failure> {
    for rule in rules {
        let Some(glob) = &rule.glob else { continue };
        let text = &rule.text;
        let mut meant = arrays.clone().filter(|(name, _, _)| pattern::matches(glob, name));
        match meant.next() {
            None => {
                let near = hint(glob, arrays.clone().map(|(name, _, _)| name));
                let message = format!("--cast {text}: no entry has such a name{near}");
                return Err(Failure::usage(message));
            }
            Some((_, Some(dtype), logical)) if !is_glob(glob) && !is_number(dtype, logical) => {
                let message = format!("--cast {text}: expected numbers, found {dtype}");
                return Err(Failure::usage(message));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Whether an array will be cast.
pub(crate) fn is_meant(rules: &[Rule], name: &str, dtype: &DType, logical: Option<&str>) -> bool {
    target(rules, name, dtype, logical).is_some()
}

/// The array as `rules` want it.
pub(crate) fn apply(rules: &[Rule], name: &str, array: AnyArray) -> Result<AnyArray> {
    let Some(to) = target(rules, name, array.dtype(), array.logical_dtype()) else {
        return Ok(array);
    };
    to.of(array).map_err(|error| error.with_entry(name))
}

/// The header of what [`apply`] will make of an array under `header`; `None` if it stays as it is.
pub(crate) fn header(
    rules: &[Rule],
    name: &str,
    header: &Header,
    logical: Option<&str>,
) -> Result<Option<Header>> {
    let Some(to) = target(rules, name, header.dtype(), logical) else { return Ok(None) };
    // None of its items will do.
    let none = Header::new(header.dtype().clone(), Order::C, [0])?;
    let none = AnyArray::from_bytes(none, &[])?.with_logical_dtype(logical);
    let cast = to.of(none).map_err(|error| error.with_entry(name))?;
    Header::new(cast.dtype().clone(), Order::C, header.shape()).map(Some)
}

impl Target {
    /// The array, cast, in C order.
    fn of(self, array: AnyArray) -> Result<AnyArray> {
        use ScalarKind::{Bool, C64, C128, F16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
        let array = numbers::plain(numbers::named(array));
        match self {
            Target::Bf16 => cast::<bf16>(&array),
            Target::Scalar(kind) => match kind {
                Bool => cast::<bool>(&array),
                F16 => cast::<half::f16>(&array),
                F32 => cast::<f32>(&array),
                F64 => cast::<f64>(&array),
                I8 => cast::<i8>(&array),
                I16 => cast::<i16>(&array),
                I32 => cast::<i32>(&array),
                I64 => cast::<i64>(&array),
                U8 => cast::<u8>(&array),
                U16 => cast::<u16>(&array),
                U32 => cast::<u32>(&array),
                U64 => cast::<u64>(&array),
                C64 => cast::<num_complex::Complex<f32>>(&array),
                C128 => cast::<num_complex::Complex<f64>>(&array),
                _ => Err(Error::new(ErrorKind::Dtype, "no type of numbers")),
            },
        }
    }
}

fn cast<A: Element>(array: &AnyArray) -> Result<AnyArray> {
    AnyArray::new(&array.cast::<A, IxDyn>(Cast::Any)?)
}

#[cfg(test)]
mod tests {
    use npz_core::ndarray::arr1;

    use super::*;

    #[test]
    fn rules_are_for_floats_unless_they_say_so() {
        let rules: Vec<Rule> =
            ["bf16", "step=int8", "*.scale=f8"].map(|rule| rule.parse().unwrap()).into();
        let floats = || AnyArray::new(&arr1(&[1.5_f32, -2.0])).unwrap();
        let ints = || AnyArray::new(&arr1(&[7_i64])).unwrap();
        let cast = |name, array| apply(&rules, name, array).unwrap().dtype().to_string();
        assert_eq!(cast("w", floats()), "'<V2'");
        assert_eq!(cast("a.scale", floats()), "'<f8'");
        assert_eq!(cast("n", ints()), "'<i8'");
        assert_eq!(cast("step", ints()), "'|i1'");
        let back: Vec<Rule> = vec!["float32".parse().unwrap()];
        let small = apply(&rules, "w", floats()).unwrap();
        assert_eq!(apply(&back, "w", small).unwrap(), floats());
        let text = || AnyArray::new(&arr1(&["a".to_owned()])).unwrap();
        assert_eq!(cast("step", text()), "'<U1'");
        assert!("x=float7".parse::<Rule>().unwrap_err().contains("float7"));
    }

    #[test]
    fn long_doubles_are_floats_too() {
        let long = |text: &str, count: usize, bytes: &[u8]| {
            let header = Header::new(text.parse::<DType>().unwrap(), Order::C, [count]).unwrap();
            AnyArray::from_bytes(header, bytes).unwrap()
        };
        let number = |number| npz_core::LongDouble::from_f64(number).to_le_bytes();
        let bytes = [number(1.5), number(-2.0)].concat();
        let (real, complex) = (long("<f16", 2, &bytes), long("<c32", 1, &bytes));
        let cast = |rule: &str, array: &AnyArray| {
            let rules = [rule.parse::<Rule>().unwrap()];
            let cast = apply(&rules, "w", array.clone()).unwrap();
            let header = header(&rules, "w", array.header(), None).unwrap();
            assert_eq!(header.as_ref().unwrap_or(array.header()), cast.header());
            (cast.dtype().to_string(), cast.to_text(false))
        };
        assert_eq!(cast("f4", &real), ("'<f4'".into(), "[ 1.5 -2. ]".into()));
        assert_eq!(cast("w=i2", &real), ("'<i2'".into(), "[ 1 -2]".into()));
        assert_eq!(cast("*=c8", &complex), ("'<c8'".into(), "[1.5-2.j]".into()));
        assert_eq!(cast("f4", &complex).0, "'<c32'");
    }

    #[test]
    fn rules_that_are_for_nothing_are_refused() {
        let dtypes = ["<f4", "<U3"].map(|text| text.parse::<DType>().unwrap());
        let arrays = [("w", Some(&dtypes[0]), None), ("name", Some(&dtypes[1]), None)];
        let check = |rule: &str| {
            let rules = [rule.parse().unwrap()];
            check(&rules, arrays.into_iter()).map_err(|error| error.to_string())
        };
        assert_eq!(check("f2"), Ok(()));
        assert_eq!(check("*=f2"), Ok(()));
        assert_eq!(check("n*=f2"), Ok(()));
        let said = check("nmae=f2").unwrap_err();
        assert!(said.contains("--cast nmae=f2") && said.contains("\"name\""), "{said}");
        assert!(check("name=f2").unwrap_err().contains("expected numbers, found '<U3'"));
    }
}
