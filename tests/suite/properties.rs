//! What holds for any arrays, names and options.

use half::{bf16, f16};
use ndarray::{ArrayD, IxDyn, ShapeBuilder, Slice};
use npz_core::{
    ByteOrder, Compression, Element, LoadOptions, NpyReader, NpyWriter, NpzReader, NpzWriter,
    SaveOptions,
};
use num_complex::Complex;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// An array of any type, by its bits.
#[derive(Clone, Debug)]
enum Any {
    Bool(ArrayD<bool>),
    I8(ArrayD<i8>),
    U32(ArrayD<u32>),
    I64(ArrayD<i64>),
    F16(ArrayD<f16>),
    Bf16(ArrayD<bf16>),
    F32(ArrayD<f32>),
    C128(ArrayD<Complex<f64>>),
    Text(ArrayD<String>),
}

macro_rules! each {
    ($any:expr, $array:ident => $body:expr) => {
        match $any {
            Any::Bool($array) => $body,
            Any::I8($array) => $body,
            Any::U32($array) => $body,
            Any::I64($array) => $body,
            Any::F16($array) => $body,
            Any::Bf16($array) => $body,
            Any::F32($array) => $body,
            Any::C128($array) => $body,
            Any::Text($array) => $body,
        }
    };
}

/// Bits that can be compared, NaNs too, and items of arrays.
trait Bits: Element {
    fn bits(&self) -> Vec<u8>;
}

macro_rules! bits {
    ($($type:ty: $item:ident => $bits:expr),* $(,)?) => {$(
        impl Bits for $type {
            fn bits(&self) -> Vec<u8> {
                let $item = self;
                $bits.to_vec()
            }
        }
    )*};
}

bits! {
    bool: item => [u8::from(*item)],
    i8: item => item.to_le_bytes(),
    u32: item => item.to_le_bytes(),
    i64: item => item.to_le_bytes(),
    f16: item => item.to_le_bytes(),
    bf16: item => item.to_le_bytes(),
    f32: item => item.to_le_bytes(),
    Complex<f64>: item => [item.re.to_le_bytes(), item.im.to_le_bytes()].concat(),
    String: item => item.as_bytes(),
}

fn equal<A: Bits>(a: &ArrayD<A>, b: &ArrayD<A>) -> bool {
    a.shape() == b.shape() && a.iter().zip(b).all(|(a, b)| a.bits() == b.bits())
}

fn array<A: Element + std::fmt::Debug>(
    item: impl Strategy<Value = A> + Clone + 'static,
    wrap: fn(ArrayD<A>) -> Any,
) -> BoxedStrategy<Any> {
    let layout = (vec(0_usize..5, 0..4), any::<bool>(), any::<bool>());
    layout
        .prop_flat_map(move |(shape, fortran, strided)| {
            let count = shape.iter().product::<usize>();
            (Just((shape, fortran, strided)), vec(item.clone(), count))
        })
        .prop_map(move |((shape, fortran, strided), items)| {
            let shape = IxDyn(&shape).set_f(fortran);
            let mut array = ArrayD::from_shape_vec(shape, items).unwrap();
            for axis in 0..if strided { array.ndim() } else { 0 } {
                array.slice_axis_inplace(ndarray::Axis(axis), Slice::new(0, None, -2));
            }
            wrap(array)
        })
        .boxed()
}

fn anything() -> impl Strategy<Value = Any> {
    let complex = (any::<u64>(), any::<u64>())
        .prop_map(|(re, im)| Complex::new(f64::from_bits(re), f64::from_bits(im)));
    // NumPy's text can't tell a NUL at its end from padding.
    let text = any::<String>().prop_map(|text| text.trim_end_matches('\0').to_owned());
    prop_oneof![
        array(any::<bool>(), Any::Bool),
        array(any::<i8>(), Any::I8),
        array(any::<u32>(), Any::U32),
        array(any::<i64>(), Any::I64),
        array(any::<u16>().prop_map(f16::from_bits), Any::F16),
        array(any::<u16>().prop_map(bf16::from_bits), Any::Bf16),
        array(any::<u32>().prop_map(f32::from_bits), Any::F32),
        array(complex, Any::C128),
        array(text, Any::Text),
    ]
}

fn options() -> impl Strategy<Value = SaveOptions> {
    let compression = prop_oneof![
        Just(Compression::Stored),
        Just(Compression::Auto),
        (0_u8..=9).prop_map(Compression::Deflate),
    ];
    (compression, 0_u32..=15, any::<bool>(), any::<bool>()).prop_map(
        |(compression, alignment, big, keep)| {
            let order = if big { ByteOrder::Big } else { ByteOrder::Little };
            SaveOptions::new()
                .compression(compression)
                .alignment(1 << alignment)
                .byte_order(order)
                .keep_fortran_order(keep)
                .durable(false)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn archives_come_back(
        arrays in btree_map("[a-zé/. _]{1,12}", anything(), 0..6),
        options in options(),
    ) {
        let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
        let mut kept = Vec::new();
        for (name, array) in &arrays {
            // Some names can't be; the others go on as if they had not been asked for.
            if each!(array, array => writer.add(name, array)).is_ok() {
                kept.push((name.as_str(), array));
            }
        }
        let bytes = writer.finish().unwrap();
        for lenient in [false, true] {
            let load = LoadOptions::new().lenient(lenient);
            let reader = NpzReader::new_with(bytes.as_slice(), &load).unwrap();
            prop_assert_eq!(
                reader.names().collect::<Vec<_>>(),
                kept.iter().map(|(name, _)| *name).collect::<Vec<_>>()
            );
            for (name, array) in &kept {
                each!(array, array => {
                    let found = reader.get(name);
                    prop_assert!(equal(&found.unwrap(), array), "{}", name);
                });
            }
        }
    }

    #[test]
    fn npy_files_come_back(array in anything(), options in options()) {
        each!(array, array => {
            let bytes = NpyWriter::with_options(Vec::new(), &options).write(&array).unwrap();
            let found = NpyReader::new(bytes.as_slice()).unwrap().read().unwrap();
            prop_assert!(equal(&found, &array));
        });
    }

    #[test]
    fn equal_values_make_equal_files(arrays in vec(anything(), 0..4), options in options()) {
        let write = || {
            let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
            for (n, array) in arrays.iter().enumerate() {
                each!(array, array => writer.add(&n.to_string(), array)).unwrap();
            }
            writer.finish().unwrap()
        };
        prop_assert!(write() == write());
    }

    /// Bytes that nobody made to be a file: an error, quickly, and no panic.
    #[test]
    fn noise_is_no_file(bytes in vec(any::<u8>(), 0..300), tail in 0_usize..30) {
        let lenient = LoadOptions::new().lenient(true);
        prop_assert!(NpzReader::from_bytes(&bytes).is_err());
        prop_assert!(NpzReader::new_with(bytes.as_slice(), &lenient).is_err());
        // With the end of an archive behind it, so that more of the reader is reached.
        let mut end = NpzWriter::new(Vec::new()).finish().unwrap();
        end[10..20].copy_from_slice(&[1, 0, 46, 0, 0, 0, u8::try_from(tail).unwrap(), 0, 0, 0]);
        let bytes = [bytes, end].concat();
        for options in [LoadOptions::new(), lenient] {
            if let Ok(reader) = NpzReader::new_with(bytes.as_slice(), &options) {
                for name in reader.names() {
                    let _ = reader.bytes(name);
                }
            }
        }
    }
}
