//! Records and NumPy's structured arrays, both ways.

use std::path::Path;

use half::f16;
use ndarray::{ArrayD, IxDyn, ShapeBuilder, arr1};
use npz_core::{ByteOrder, NpyRecord, SaveOptions, read_npy, write_npy, write_npy_with};
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
