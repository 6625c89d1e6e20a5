use ndarray::{
    Array1, Array2, ArrayD, ArrayView1, ArrayView2, Ix1, ShapeBuilder, arr0, arr1, arr2,
};

use super::*;
use crate::element::LongDouble;

fn any(dtype: &str, order: Order, shape: &[usize], bytes: &[u8]) -> AnyArray {
    let dtype: DType = dtype.parse().unwrap();
    AnyArray::from_bytes(Header::new(dtype, order, shape.to_vec()).unwrap(), bytes).unwrap()
}

#[test]
fn views_what_lies_in_memory_as_rust_has_it() {
    let array = AnyArray::new(&arr2(&[[1.5_f32, 2.5], [3.5, 4.5]])).unwrap();
    let view: ArrayView2<f32> = array.view().unwrap();
    assert_eq!(view[[1, 0]], 3.5);
    assert_eq!(view.as_ptr().cast::<u8>(), array.as_bytes().as_ptr());
    assert_eq!(array.view::<f32, Ix1>().unwrap_err().kind(), ErrorKind::Shape);
    assert_eq!(array.view::<f64, IxDyn>().unwrap_err().kind(), ErrorKind::Dtype);

    let columns = any("|u1", Order::Fortran, &[2, 2], &[1, 2, 3, 4]);
    assert_eq!(columns.view::<u8, _>().unwrap(), arr2(&[[1, 3], [2, 4]]));

    let big = any(">i4", Order::C, &[1], &[0, 0, 1, 0]);
    assert_eq!(big.view::<i32, Ix1>().unwrap_err().kind(), ErrorKind::Misaligned);
    assert_eq!(big.to_array::<i32, Ix1>().unwrap(), arr1(&[256]));

    let bools = any("|b1", Order::C, &[2], &[1, 0]);
    let view: ArrayView1<bool> = bools.view().unwrap();
    assert_eq!(view, arr1(&[true, false]));
    let odd = any("|b1", Order::C, &[2], &[1, 2]);
    assert_eq!(odd.view::<bool, Ix1>().unwrap_err().kind(), ErrorKind::Misaligned);
    assert_eq!(odd.to_array::<bool, Ix1>().unwrap_err().kind(), ErrorKind::Value);
    let text = AnyArray::new(&arr1(&["ä".to_owned()])).unwrap();
    assert_eq!(text.view::<String, Ix1>().unwrap_err().kind(), ErrorKind::Misaligned);
    assert_eq!(text.to_array::<String, Ix1>().unwrap()[0], "ä");
}

#[test]
fn equal_values_are_equal_however_they_lie() {
    let numbers = [[1_u16, 2, 3], [4, 5, 600]];
    let array = AnyArray::new(&arr2(&numbers)).unwrap();
    let columns: Array2<u16> = Array2::from_shape_fn((2, 3).f(), |(i, j)| numbers[i][j]);
    let bytes: Vec<u8> =
        columns.as_slice_memory_order().unwrap().iter().flat_map(|n| n.to_be_bytes()).collect();
    let other = any(">u2", Order::Fortran, &[2, 3], &bytes);
    assert_eq!(array, other);
    assert_ne!(array, any(">u2", Order::C, &[2, 3], &bytes));
    assert_ne!(array, any(">i2", Order::Fortran, &[2, 3], &bytes));
    assert_ne!(array, AnyArray::new(&arr1(&[1_u16, 2, 3, 4, 5, 600])).unwrap());
    // a byte order that swaps nothing is a part of the type
    assert_ne!(any("<V2", Order::C, &[1], &[1, 2]), any("|V2", Order::C, &[1], &[1, 2]));

    let gap =
        |byte| any("[('a', '|u1'), ('', '|V1'), ('b', '|u1')]", Order::C, &[1], &[1, byte, 2]);
    assert_eq!(gap(7), gap(8));
    assert_ne!(
        gap(7),
        any("[('a', '|u1'), ('', '|V1'), ('b', '|u1')]", Order::C, &[1], &[1, 7, 3])
    );
    let nan = AnyArray::new(&arr0(f32::NAN)).unwrap();
    assert_eq!(nan, nan.clone());
}

#[test]
fn the_padding_of_long_doubles_counts() {
    let long = |number: f64, padding: u8| {
        let mut bytes = LongDouble::from_f64(number).to_le_bytes();
        bytes[10..].fill(padding);
        bytes
    };
    let (clean, remains) = (long(0.1, 0), long(0.1, 7));
    let arrays = [clean, remains].map(|bytes| any("<f16", Order::C, &[1], &bytes));
    let [a, b] = arrays.each_ref().map(|array| array.to_array::<LongDouble, Ix1>().unwrap());
    assert_eq!(a, b);
    assert_ne!(arrays[0], arrays[1]);
    // For nothing but those bytes tells the quadruples 1.0 and 2.0 of other machines apart.
    let quad = |top: u16| {
        let mut bytes = [0; 16];
        bytes[14..].copy_from_slice(&top.to_le_bytes());
        any("<f16", Order::C, &[1], &bytes)
    };
    assert_ne!(quad(0x3FFF), quad(0x4000));
}

#[test]
fn canonical_bytes_are_little_endian_in_c_order() {
    let canonical = |array: &AnyArray| {
        let mut bytes = Vec::new();
        array.write_canonical(&mut bytes).unwrap();
        bytes
    };
    let bytes: Vec<u8> = (0..12).collect();
    let array = any("[('a', '>u2', (2,)), ('', '|V2')]", Order::Fortran, &[2, 1], &bytes);
    assert_eq!(canonical(&array), [1, 0, 3, 2, 0, 0, 7, 6, 9, 8, 0, 0]);
    let array = any("|u1", Order::Fortran, &[2, 2, 3], &bytes);
    assert_eq!(canonical(&array), [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11]);
    // longer than a block
    let long: Array2<u32> =
        Array2::from_shape_fn((300, 200), |(i, j)| u32::try_from(i * 1000 + j).unwrap());
    let array = AnyArray::new(&long).unwrap();
    assert_eq!(canonical(&array), array.as_bytes());
    let reversed = long.t().as_standard_layout().into_owned();
    let bytes = AnyArray::new(&reversed).unwrap().as_bytes().to_vec();
    assert_eq!(any("<u4", Order::Fortran, &[300, 200], &bytes), array);
}

#[test]
fn refuses_what_does_not_fit() {
    let header = |dtype: &str| Header::new(dtype.parse::<DType>().unwrap(), Order::C, [2]).unwrap();
    let kind = |dtype, bytes: &[u8]| AnyArray::from_bytes(header(dtype), bytes).unwrap_err().kind();
    assert_eq!(kind("<u2", &[0; 3]), ErrorKind::Shape);
    assert_eq!(kind("|O", &[0; 16]), ErrorKind::Unsupported);
}

#[test]
fn casts_as_far_as_allowed() {
    let array = AnyArray::new(&arr1(&[1_i64, -1])).unwrap();
    let error = array.cast::<f64, Ix1>(Cast::Lossless).unwrap_err();
    assert!(error.to_string().contains("LoadOptions::cast(Cast::Any)"), "{error}");
    assert_eq!(array.cast::<f64, Ix1>(Cast::Any).unwrap(), arr1(&[1.0, -1.0]));
    let error = AnyArray::new(&arr1(&[1_u8])).unwrap().to_array::<f32, Ix1>().unwrap_err();
    assert!(error.to_string().ends_with("Cast::Lossless), or change the type"), "{error}");
    let big = any(">f4", Order::C, &[2], &[0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]);
    assert_eq!(big.cast::<f64, Ix1>(Cast::Lossless).unwrap(), arr1(&[1.0, -2.0]));
}

#[test]
fn printing_hostile_types_ends() {
    for (dtype, shape) in [
        ("|V0", vec![usize::MAX >> 2]),
        ("[('a', [], (2147483647,))]", vec![]),
        ("[('a', '<f4', (2147483647, 0))]", vec![3]),
        ("[('a', '<f4', (0,)), ('b', '|S0')]", vec![2]),
        ("[]", vec![2, 2]),
    ] {
        let array = any(dtype, Order::C, &shape, &[]);
        assert!(format!("{array:?}{array}").len() < 1000, "{dtype}");
    }
}

#[test]
fn arrays_of_any_type_come_back() {
    let numbers: ArrayD<f64> = ArrayD::from_shape_fn(IxDyn(&[2, 3, 4]), |i| i[2] as f64);
    let array = AnyArray::new(&numbers).unwrap();
    assert_eq!(array.to_array::<f64, IxDyn>().unwrap(), numbers);
    let one: Array1<f64> = array.view::<f64, IxDyn>().unwrap().iter().copied().collect();
    assert_eq!(one.len(), 24);
}
