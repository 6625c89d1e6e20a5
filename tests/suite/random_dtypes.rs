//! Random dtypes, shapes, orders and values, to NumPy and back.
//!
//! 300 cases each way; `NPZ_RANDOM_CASES` and `NPZ_RANDOM_SEED` say otherwise.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use npz_core::{
    AnyArray, ByteOrder, DType, Field, Header, Order, Record, Scalar, ScalarKind, Subarray,
    TimeUnit, Unit,
};
use serde_json::{Value, json};

use crate::oracle;

fn setting(name: &str, default: u64) -> u64 {
    let set = env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

/// What both sides say of an array.
fn facts(array: &AnyArray) -> Value {
    let digest: String = array.digest().iter().map(|byte| format!("{byte:02x}")).collect();
    let fortran = array.order() == Order::Fortran;
    json!([array.dtype().to_string(), array.shape(), fortran, digest])
}

fn file(directory: &Path, index: usize) -> std::path::PathBuf {
    directory.join(format!("{index}.npy"))
}

#[test]
fn of_numpy() {
    let directory = tempfile::tempdir().unwrap();
    let (seed, count) = (setting("NPZ_RANDOM_SEED", 1), setting("NPZ_RANDOM_CASES", 300));
    let args: [OsString; 4] = [
        "write".into(),
        directory.path().into(),
        seed.to_string().into(),
        count.to_string().into(),
    ];
    let Some(expected) = oracle::run("random_dtypes.py", args) else { return };
    let expected = expected.as_array().unwrap();
    assert_eq!(expected.len() as u64, count);
    for (index, expected) in expected.iter().enumerate() {
        let path = file(directory.path(), index);
        let array = AnyArray::read_npy(&path).unwrap();
        assert_eq!(facts(&array), *expected, "seed {seed}, file {index}");
        let bytes = fs::read(&path).unwrap();
        let again = directory.path().join("again");
        array.write_npy(&again).unwrap();
        assert!(fs::read(&again).unwrap() == bytes, "seed {seed}, file {index}: {expected}");
        assert!(!format!("{array:?}").is_empty());
    }
}

#[test]
fn of_ours() {
    let directory = tempfile::tempdir().unwrap();
    let (seed, count) = (setting("NPZ_RANDOM_SEED", 1), setting("NPZ_RANDOM_CASES", 300));
    let mut random = Random(seed);
    let mut arrays = Vec::new();
    for index in 0..usize::try_from(count).unwrap() {
        let array = random.array();
        array.write_npy(file(directory.path(), index)).unwrap();
        arrays.push(facts(&array));
    }
    let args: [OsString; 2] = ["read".into(), directory.path().into()];
    let Some(found) = oracle::run("random_dtypes.py", args) else { return };
    for (index, (found, expected)) in found.as_array().unwrap().iter().zip(&arrays).enumerate() {
        assert_eq!(found, expected, "seed {seed}, file {index}");
    }
    assert_eq!(found.as_array().unwrap().len(), arrays.len());
}

/// Random numbers by `SplitMix64`: the same everywhere for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    fn one_of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    fn array(&mut self) -> AnyArray {
        let dtype = match self.dtype(3) {
            dtype @ DType::Subarray(_) => Record::packed([("only", dtype)]).unwrap().into(),
            dtype => dtype,
        };
        let dimensions = self.below(4);
        let shape: Vec<usize> = (0..dimensions).map(|_| self.below(5)).collect();
        // like NumPy, which writes what is in both orders as C
        let both = dtype.itemsize() == 0
            || shape.contains(&0)
            || shape.iter().filter(|&&size| size > 1).count() < 2;
        let fortran = !both && self.below(2) == 1;
        let order = if fortran { Order::Fortran } else { Order::C };
        let header = Header::new(dtype.clone(), order, shape).unwrap();
        let mut bytes: Vec<u8> =
            (0..header.nbytes()).map(|_| self.next().to_le_bytes()[0]).collect();
        if dtype.itemsize() > 0 {
            bytes.chunks_exact_mut(dtype.itemsize()).for_each(|item| make_valid(&dtype, item));
        }
        AnyArray::from_bytes(header, &bytes).unwrap()
    }

    fn dtype(&mut self, depth: u32) -> DType {
        match self.below(4) {
            2 if depth > 0 => {
                let base = self.dtype(depth - 1);
                let dimensions = 1 + self.below(2);
                let shape: Vec<usize> = (0..dimensions).map(|_| self.below(4)).collect();
                // NumPy merges the dimensions of a subarray of subarrays
                if base.as_subarray().is_some() {
                    return base;
                }
                Subarray::new(base.clone(), shape).map_or(base, DType::from)
            }
            3 if depth > 0 => self.record(depth),
            _ => self.scalar().into(),
        }
    }

    fn record(&mut self, depth: u32) -> DType {
        let names = ["x", "a b", "größe", "it's", "say \"hi\"", "\\", "線", "\n", "🙂", "\u{7f}"];
        let mut fields = Vec::new();
        let mut end = 0;
        for index in 0..self.below(5) {
            let gap = self.below(9);
            let offset = end + self.one_of(&[0, 0, gap]);
            let dtype = self.dtype(depth - 1);
            end = offset + dtype.itemsize();
            let field = Field::new(format!("{}{index}", self.one_of(&names)), offset, dtype);
            let titled = self.below(4) == 0;
            fields.push(if titled { field.with_title(format!("title {index}")) } else { field });
        }
        let gap = self.below(9);
        Record::new(fields, end + self.one_of(&[0, 0, gap])).unwrap().into()
    }

    fn scalar(&mut self) -> Scalar {
        use ScalarKind as K;
        let numbers = [
            [K::Bool, K::I8, K::I16, K::I32, K::I64, K::U8, K::U16, K::U32],
            [K::U64, K::F16, K::F32, K::F64, K::LongDouble, K::C64, K::C128, K::CLongDouble],
        ];
        let units = [Unit::Year, Unit::Week, Unit::Day, Unit::Second, Unit::Atto, Unit::Generic];
        let width = u32::try_from(self.below(9)).unwrap();
        let unit = TimeUnit::new(self.one_of(&units), 1 + width * 3).unwrap();
        let row = self.one_of(&numbers);
        let number = self.one_of(&row);
        let others =
            [K::Bytes(width), K::Str(width), K::Void(width), K::DateTime(unit), K::TimeDelta(unit)];
        let kind = if self.below(2) == 0 { number } else { self.one_of(&others) };
        let order = match kind {
            K::Void(_) => ByteOrder::NotApplicable,
            _ => self.one_of(&[ByteOrder::Little, ByteOrder::Big]),
        };
        Scalar::new(kind, order)
    }
}

/// Random bytes as text that is text and booleans that are booleans.
fn make_valid(dtype: &DType, item: &mut [u8]) {
    match dtype {
        DType::Scalar(scalar) => match scalar.kind() {
            ScalarKind::Bool => item[0] &= 1,
            ScalarKind::Str(_) => {
                for unit in item.chunks_exact_mut(4) {
                    let point = u32::from(unit[0]) * 211;
                    let bytes = match scalar.order() {
                        ByteOrder::Big => point.to_be_bytes(),
                        _ => point.to_le_bytes(),
                    };
                    unit.copy_from_slice(&bytes);
                }
            }
            _ => {}
        },
        DType::Subarray(subarray) => {
            let size = subarray.base().itemsize().max(1);
            item.chunks_exact_mut(size).for_each(|item| make_valid(subarray.base(), item));
        }
        DType::Record(record) => {
            for field in record.fields() {
                let end = field.offset() + field.dtype().itemsize();
                let bytes = &mut item[field.offset()..end];
                if !bytes.is_empty() {
                    make_valid(field.dtype(), bytes);
                }
            }
        }
        _ => unreachable!("there is no other kind of dtype"),
    }
}
