//! Records and NumPy's structured arrays, both ways.

use std::path::Path;

use half::f16;
use ndarray::{ArrayD, IxDyn, ShapeBuilder, arr1};
use npz_core::unit::{Milli, Second};
use npz_core::{
    ByteOrder, Bytes, ComplexLongDouble, DateTime64, F8E4M3Fn, LongDouble, NpyRecord, SaveOptions,
    Text, TimeDelta64, UInt4, Void, read_npy, write_npy, write_npy_with,
};
use num_complex::Complex;

use crate::oracle;

#[derive(Clone, Debug, PartialEq, NpyRecord)]
struct Inner {
    flag: bool,
    x: f64,
}

#[derive(Clone, Debug, PartialEq, NpyRecord)]
struct Particle {
    id: i64,
    pos: [f32; 3],
    grid: [[u16; 2]; 3],
    inner: Inner,
    many: [Inner; 2],
}

/// The same values as `fill` in `records.py`.
fn particle(i: u16) -> Particle {
    let inner = |k: u16| Inner { flag: k % 2 == 1, x: f64::from(k) / 4.0 };
    let x = f32::from(i);
    Particle {
        id: -i64::from(i),
        pos: [x, x + 0.5, -x],
        grid: [[i, i + 1], [i + 2, i + 3], [i + 4, i + 5]],
        inner: inner(i),
        many: [inner(i + 1), inner(i + 2)],
    }
}

/// Particles numbered in C order.
fn particles(shape: &[usize]) -> ArrayD<Particle> {
    let mut numbers = 0..;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || particle(numbers.next().unwrap()))
}

const SHAPES: [(&str, &[usize]); 5] =
    [("0d", &[]), ("none", &[0]), ("1d", &[5]), ("2d", &[2, 3]), ("hollow", &[2, 0, 3])];

#[test]
fn layouts_of_numpy_load() {
    let directory = tempfile::tempdir().unwrap();
    if oracle::run_plain("records.py", [Path::new("make"), directory.path()]).is_none() {
        return;
    }
    for layout in ["packed", "aligned", "big", "mixed", "offsets", "titles"] {
        let file = |name: &str| directory.path().join(format!("{layout}_{name}.npy"));
        for (name, shape) in SHAPES {
            let found: ArrayD<Particle> = read_npy(file(name)).unwrap();
            assert_eq!(found, particles(shape), "{layout} {name}");
        }
        let found: ArrayD<Particle> = read_npy(file("fortran")).unwrap();
        assert_eq!(found, particles(&[3, 4]), "{layout}");
        assert!(found.t().is_standard_layout());
    }
}

#[test]
fn numpy_loads_what_is_written() {
    #[derive(Clone, NpyRecord)]
    #[npz(align)]
    struct AlignedInner {
        a: u8,
        b: f32,
    }
    #[derive(Clone, NpyRecord)]
    #[npz(align)]
    struct Aligned {
        tag: u8,
        complex: Complex<f32>,
        half: f16,
        inner: AlignedInner,
        c: bool,
        many: [AlignedInner; 2],
        d: i8,
        packed: Inner,
        wide: [Complex<f64>; 1],
        end: u8,
    }
    let aligned = |i: i8| {
        let inner = AlignedInner { a: i.unsigned_abs() + 1, b: f32::from(i) + 0.5 };
        Aligned {
            tag: i.unsigned_abs(),
            complex: Complex::new(1.0, -1.0),
            half: f16::from_f32(0.25),
            inner: inner.clone(),
            c: true,
            many: [inner.clone(), inner],
            d: -i,
            packed: Inner { flag: false, x: 8.0 },
            wide: [Complex::new(2.0, 1.0)],
            end: 7,
        }
    };

    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(format!("{name}.npy"));
    let big = SaveOptions::default().byte_order(ByteOrder::Big);
    for (name, shape) in SHAPES {
        let array = particles(shape);
        write_npy(file(&format!("packed_{name}")), &array).unwrap();
        write_npy_with(file(&format!("big_{name}")), &array, &big).unwrap();
    }
    let fortran = ArrayD::from_shape_fn(IxDyn(&[3, 4]).f(), |index| {
        particle(u16::try_from(index[0] * 4 + index[1]).unwrap())
    });
    let keep = SaveOptions::default().keep_fortran_order(true);
    write_npy_with(file("packed_fortran"), &fortran, &keep).unwrap();
    write_npy(file("aligned"), &arr1(&[aligned(0), aligned(1)])).unwrap();
    oracle::run_plain("records.py", [Path::new("check"), directory.path()]);
}

/// Two structs of text, bytes, times and odd numbers, which differ in their layout only.
macro_rules! odd {
    ($($(#[$layout:meta])* $name:ident;)*) => {$(
        #[derive(Clone, Debug, PartialEq, NpyRecord)]
        $(#[$layout])*
        struct $name {
            name: Text<3>,
            flag: bool,
            code: Bytes<4>,
            raw: Void<3>,
            time: DateTime64<Milli>,
            tiny: F8E4M3Fn,
            span: TimeDelta64<Second, 25>,
            long: LongDouble,
            nib: [UInt4; 2],
            clong: ComplexLongDouble,
            names: [Text<2>; 2],
        }

        impl $name {
            /// The same values as `odd` in `records.py`.
            fn new(i: u8) -> Self {
                let (len, ticks) = (usize::from(i), i64::from(i));
                let long = |number: f64| LongDouble::from_f64(number);
                let uint4 = |number| UInt4::try_from(number).unwrap();
                Self {
                    name: "é".repeat(len + 1).parse().unwrap(),
                    flag: i == 1,
                    code: Bytes::try_from(&b"a\0b"[..=len]).unwrap(),
                    raw: Void([0, i, 0]),
                    time: if i == 2 { DateTime64::NAT } else { DateTime64::new(-ticks) },
                    tiny: F8E4M3Fn::from_f32(1.0 + f32::from(i) / 8.0),
                    span: TimeDelta64::new(3 * ticks),
                    long: long(f64::from(i) - 0.5),
                    nib: [uint4(1), uint4(15)],
                    clong: ComplexLongDouble { re: long(i.into()), im: long(2.0) },
                    names: ["x".parse().unwrap(), "yz"[..len].parse().unwrap()],
                }
            }
        }
    )*};
}

odd! {
    Odd;
    #[npz(align)]
    AlignedOdd;
}

#[test]
fn text_times_and_odd_numbers_are_fields() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(format!("{name}.npy"));
    let odd = arr1(&[0, 1, 2]).mapv(Odd::new);
    let aligned = arr1(&[0, 1, 2]).mapv(AlignedOdd::new);
    let big = SaveOptions::default().byte_order(ByteOrder::Big);
    write_npy(file("packed"), &odd).unwrap();
    write_npy_with(file("big"), &odd, &big).unwrap();
    write_npy(file("aligned"), &aligned).unwrap();
    for name in ["packed", "big", "aligned"] {
        assert_eq!(read_npy::<Odd, _>(file(name)).unwrap(), odd, "{name}");
    }
    if oracle::run_plain("records.py", [Path::new("odd"), directory.path()]).is_none() {
        return;
    }
    for name in ["numpy_packed", "numpy_big", "numpy_aligned", "numpy_narrow"] {
        assert_eq!(read_npy::<Odd, _>(file(name)).unwrap(), odd, "{name}");
        assert_eq!(read_npy::<AlignedOdd, _>(file(name)).unwrap(), aligned, "{name}");
    }
}
