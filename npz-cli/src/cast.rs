//! `--cast`: numbers of one type as those of another.

use half::bf16;
use npz_core::ndarray::IxDyn;
use npz_core::{AnyArray, Cast, DType, Element, Error, ErrorKind, Result, ScalarKind};

use crate::numbers;
use crate::pattern;

/// `float16`, or `layers.*=float16`.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
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
        Ok(Self { glob, to })
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

/// What the array called `name` is to be cast to, by the last rule that is for it.
fn target(rules: &[Rule], name: &str, dtype: &DType, logical: Option<&str>) -> Option<Target> {
    let is_float = numbers::is_bf16(dtype)
        || matches!(
            dtype.kind(),
            Some(ScalarKind::F8 | ScalarKind::F16 | ScalarKind::F32 | ScalarKind::F64)
        )
        || logical.is_some_and(|logical| logical.starts_with("float"));
    let meant = |rule: &&Rule| match &rule.glob {
        Some(glob) => pattern::matches(glob, name),
        None => is_float,
    };
    rules.iter().rev().find(meant).map(|rule| rule.to).filter(|to| !to.is(dtype))
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
    use ScalarKind::{Bool, C64, C128, F16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    let array = numbers::named(array);
    let cast = match to {
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
    };
    cast.map_err(|error| error.with_entry(name))
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
        assert!("x=float7".parse::<Rule>().unwrap_err().contains("float7"));
    }
}
