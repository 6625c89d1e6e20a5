//! Random types, for property tests.

use proptest::prelude::*;

use super::{ByteOrder, DType, Field, Record, Scalar, ScalarKind, Subarray, TimeUnit, Unit};

fn time_unit() -> impl Strategy<Value = TimeUnit> {
    let units = [Unit::Year, Unit::Month, Unit::Day, Unit::Minute, Unit::Nano, Unit::Generic];
    let count = prop_oneof![Just(1), 0..=i32::MAX.unsigned_abs()];
    (prop::sample::select(units.to_vec()), count)
        .prop_map(|(unit, count)| TimeUnit::new(unit, count).unwrap())
}

fn scalar() -> impl Strategy<Value = Scalar> {
    use ScalarKind as K;
    let numbers = [
        K::Bool,
        K::I8,
        K::I16,
        K::I32,
        K::I64,
        K::U8,
        K::U16,
        K::U32,
        K::U64,
        K::F8,
        K::F16,
        K::F32,
        K::F64,
        K::LongDouble,
        K::Complex32,
        K::C64,
        K::C128,
        K::CLongDouble,
        K::Object,
    ];
    let kind = prop_oneof![
        4 => prop::sample::select(numbers.to_vec()),
        1 => (0_u32..20).prop_map(K::Bytes),
        1 => (0_u32..20).prop_map(K::Str),
        1 => (0_u32..20).prop_map(K::Void),
        1 => time_unit().prop_map(K::DateTime),
        1 => time_unit().prop_map(K::TimeDelta),
    ];
    let order =
        prop_oneof![Just(ByteOrder::Little), Just(ByteOrder::Big), Just(ByteOrder::NotApplicable),];
    (kind, order).prop_map(|(kind, order)| Scalar::new(kind, order))
}

fn record(dtype: impl Strategy<Value = DType>) -> impl Strategy<Value = DType> {
    let gap = prop_oneof![2 => Just(0_usize), 1 => 0_usize..9];
    let field = (any::<String>(), prop::option::weighted(0.2, any::<String>()), gap.clone(), dtype);
    (prop::collection::vec(field, 0..5), gap).prop_filter_map("valid", |(parts, tail)| {
        let mut end = 0;
        let place = |(name, title, gap, dtype): (String, Option<String>, usize, DType)| {
            let offset = end + gap;
            end = offset + dtype.itemsize();
            let field = Field::new(name, offset, dtype);
            match title {
                Some(title) => field.with_title(title),
                None => field,
            }
        };
        let fields = parts.into_iter().map(place).collect();
        Record::new(fields, end + tail).ok().map(DType::Record)
    })
}

/// Types that an array's elements can have: scalars and records of all sorts.
pub(crate) fn element() -> impl Strategy<Value = DType> {
    any_dtype().prop_filter("not a subarray", |dtype| dtype.as_subarray().is_none())
}

/// Types of all sorts.
pub(crate) fn any_dtype() -> impl Strategy<Value = DType> {
    scalar().prop_map(DType::Scalar).prop_recursive(4, 24, 4, |inner| {
        let shape = prop::collection::vec(0_usize..4, 1..4);
        let subarray = (inner.clone(), shape)
            .prop_filter_map("valid", |(base, shape)| Subarray::new(base, shape).ok());
        prop_oneof![subarray.prop_map(DType::Subarray), record(inner)]
    })
}

proptest! {
    #[test]
    fn reads_what_it_prints(dtype in any_dtype()) {
        let printed = dtype.to_string();
        prop_assert_eq!(printed.parse::<DType>().unwrap(), dtype, "{}", printed);
    }

    #[test]
    fn never_panics(text in prop_oneof![any::<String>(), "[<>|=]?[-+ 0-9a-zA-Z,()\\[\\]/'μ]{0,20}"]) {
        let _ = text.parse::<DType>();
    }
}
