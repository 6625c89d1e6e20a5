use half::bf16;
use ndarray::{Array0, Array1, Array2, ArrayD, arr0, arr1};
use num_complex::Complex;
use proptest::prelude::*;

use crate::{
    ByteOrder, DType, Element, ErrorKind, Header, LoadNpz, NpyReader, NpyRecord, NpyWriter,
    NpzReader, NpzWriter, Order, Payload, SaveNpz, SaveOptions,
};

#[derive(Clone, Debug, PartialEq, NpyRecord)]
struct Inner {
    flag: bool,
    x: f64,
}

#[derive(Clone, Debug, PartialEq, NpyRecord)]
struct Particle {
    id: i64,
    #[npz(rename = "position")]
    pos: [f32; 3],
    matrix: [[u16; 2]; 3],
    inner: Inner,
    many: [Inner; 2],
}

fn particle(number: u16) -> Particle {
    let x = f32::from(number);
    let inner = |x: f64| Inner { flag: x > 0.0, x };
    Particle {
        id: -i64::from(number),
        pos: [x, -x, 0.5],
        matrix: [[1, 2], [3, 4], [5, number]],
        inner: inner(f64::from(x)),
        many: [inner(f64::from(-x)), inner(7.0)],
    }
}

fn dtype<A: Element>() -> String {
    A::dtype([].iter()).unwrap().to_string()
}

/// An npy file of `dtype` with these bytes as its items.
fn file(dtype: &str, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    let header = Header::new(dtype.parse::<DType>().unwrap(), Order::C, shape.to_vec()).unwrap();
    [header.encode().unwrap(), bytes.to_vec()].concat()
}

fn read<A: Element>(bytes: &[u8]) -> crate::Result<Array1<A>> {
    NpyReader::new(bytes)?.read()
}

/// What it says of an array of this dtype without items.
fn refused<A: Element + std::fmt::Debug>(dtype: &str) -> String {
    let error = read::<A>(&file(dtype, &[0], &[])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dtype, "{error}");
    error.to_string()
}

#[test]
fn a_struct_is_a_packed_record_of_its_fields() {
    assert_eq!(
        dtype::<Particle>(),
        "[('id', '<i8'), ('position', '<f4', (3,)), ('matrix', '<u2', (3, 2)), \
         ('inner', [('flag', '|b1'), ('x', '<f8')]), \
         ('many', [('flag', '|b1'), ('x', '<f8')], (2,))]"
    );
}

#[test]
fn aligned_fields_stand_where_numpy_puts_them() {
    #[derive(Clone, NpyRecord)]
    #[npz(align)]
    struct Nested {
        x: u8,
        y: f32,
    }
    #[derive(Clone, NpyRecord)]
    #[npz(align)]
    struct Aligned {
        a: u8,
        complex: Complex<f32>,
        aligned: [Nested; 2],
        b: u8,
        packed: Inner,
        brain: bf16,
        wide: [Complex<f64>; 1],
        c: u8,
    }
    assert_eq!(dtype::<Nested>(), "[('x', '|u1'), ('', '|V3'), ('y', '<f4')]");
    let expected = "[('a', '|u1'), ('', '|V3'), ('complex', '<c8'), \
        ('aligned', [('x', '|u1'), ('', '|V3'), ('y', '<f4')], (2,)), ('b', '|u1'), \
        ('packed', [('flag', '|b1'), ('x', '<f8')]), ('brain', '<V2'), \
        ('wide', '<c16', (1,)), ('c', '|u1'), ('', '|V7')]";
    // Both are bfloat16; this test is about offsets.
    assert_eq!(dtype::<Aligned>().replace("|V2", "<V2"), expected);
}

#[test]
fn tuple_structs_have_the_names_that_numpy_gives() {
    #[derive(Clone, NpyRecord)]
    struct Pair(u8, #[npz(rename = "second")] f32, [i16; 0]);
    assert_eq!(dtype::<Pair>(), "[('f0', '|u1'), ('second', '<f4'), ('f2', '<i2', (0,))]");
    #[derive(Clone, NpyRecord)]
    struct Meters(f64);
    assert_eq!(dtype::<Meters>(), "[('f0', '<f8')]");
}

#[test]
fn attributes_and_parameters() {
    #[derive(Clone, Debug, PartialEq, NpyRecord)]
    #[npz(rename_all = "camelCase")]
    struct Generic<T, U, const N: usize> {
        first_value: [T; N],
        second_value: U,
        #[npz(skip, default = "seven")]
        cache: u32,
    }
    fn seven() -> u32 {
        7
    }
    assert_eq!(
        dtype::<Generic<u8, Inner, 2>>(),
        "[('firstValue', '|u1', (2,)), ('secondValue', [('flag', '|b1'), ('x', '<f8')])]"
    );
    let array = arr1(&[Generic { first_value: [1_u8, 2], second_value: 0.5_f32, cache: 1 }]);
    let bytes = NpyWriter::new(Vec::new()).write(&array).unwrap();
    assert_eq!(
        read::<Generic<u8, f32, 2>>(&bytes).unwrap()[0],
        Generic { cache: 7, ..array[0].clone() }
    );
}

#[test]
fn both_byte_orders_go_round() {
    let array = Array1::from_iter((0..3).map(particle));
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let options = SaveOptions::default().byte_order(order);
        let bytes = NpyWriter::with_options(Vec::new(), &options).write(&array).unwrap();
        assert_eq!(read::<Particle>(&bytes).unwrap(), array);
    }
}

#[test]
fn more_records_than_a_chunk_holds() {
    let array = Array1::from_iter((0..10_000).map(particle));
    let bytes = NpyWriter::new(Vec::new()).write(&array).unwrap();
    assert_eq!(read::<Particle>(&bytes).unwrap(), array);
}

#[test]
fn gaps_are_written_as_zeros() {
    #[derive(Clone, NpyRecord)]
    #[npz(align)]
    struct Gaps {
        a: u8,
        b: u32,
        c: u8,
    }
    let mut out = vec![0xff; 2];
    let items = [Gaps { a: 1, b: 2, c: 3 }, Gaps { a: 4, b: 5, c: 6 }];
    Gaps::encode(&items, &Gaps::dtype(items.iter()).unwrap(), &mut out).unwrap();
    assert_eq!(out[..2], [0xff; 2]);
    assert_eq!(out[2..], [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0]);
}

#[derive(Clone, Debug, PartialEq, NpyRecord)]
struct Point {
    x: u8,
    y: u16,
}

#[test]
fn fields_are_found_by_name_wherever_they_stand() {
    let point = Point { x: 1, y: 0x0203 };
    for (dtype, bytes) in [
        ("[('x', 'u1'), ('y', '<u2')]", &[1, 3, 2][..]),
        ("[('y', '>u2'), ('x', 'u1')]", &[2, 3, 1]),
        ("[('', 'V1'), ('x', 'u1'), ('', 'V2'), ('y', '>u2'), ('', 'V1')]", &[9, 1, 9, 9, 2, 3, 9]),
        ("[(('the x', 'x'), 'u1'), (('x title', 'y'), '<u2')]", &[1, 3, 2]),
    ] {
        assert_eq!(read::<Point>(&file(dtype, &[1], bytes)).unwrap()[0], point, "{dtype}");
    }
    #[derive(Clone, Debug, PartialEq, NpyRecord)]
    struct Grid {
        x: [[u8; 2]; 1],
    }
    // NumPy merges a subarray of subarrays.
    let bytes = file("[('x', ('u1', (2,)), (1,))]", &[1], &[1, 2]);
    assert_eq!(read::<Grid>(&bytes).unwrap()[0].x, [[1, 2]]);
}

#[test]
fn all_that_does_not_fit_is_told_at_once() {
    let message = refused::<Particle>(
        "[('id', '<i4'), ('Position', '<f4', (3,)), ('matrix', '<u2', (2, 3)), \
         ('inner', [('flag', '?'), ('x', '<f4'), ('y', '<f4')]), ('many', [('x', '<f8')], (2,))]",
    );
    for part in [
        "the records have other fields: ",
        "field 'id': expected '<i8', found '<i4'; ",
        "field 'matrix': expected ('<u2', (3, 2)), found ('<u2', (2, 3)); ",
        "field 'inner.x': expected '<f8', found '<f4'; ",
        "unexpected field 'inner.y': found '<f4'; ",
        "missing field 'many.flag': expected '|b1'; ",
        "missing field 'position': expected ('<f4', (3,)); the nearest name in the file is 'Position'",
        "unexpected field 'Position': found ('<f4', (3,))",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
    let message = refused::<Point>("<f4");
    assert!(message.starts_with("expected dtype [('x', '|u1'), ('y', '<u2')] ("), "{message}");
    assert!(message.ends_with("Point), found '<f4' (f32)"), "{message}");
    let message = refused::<Point>("[('x', [('x', 'u1')]), ('y', 'u2')]");
    assert!(message.contains("field 'x': expected '|u1', found [('x', '|u1')]"), "{message}");
    assert!(refused::<Inner>("[('x', '<f8'), ('flag', '?', (1,))]").contains("('|b1', (1,))"));
}

#[test]
fn unexpected_fields_are_passed_over_on_demand() {
    #[derive(Clone, Debug, NpyRecord)]
    #[npz(allow_unexpected)]
    struct Known {
        x: u8,
    }
    let bytes = file("[('text', '<U1'), ('x', 'u1')]", &[2], &[0, 0, 0, 0, 5, 0, 0, 0, 0, 6]);
    let known = read::<Known>(&bytes).unwrap();
    assert_eq!(known.map(|record| record.x), arr1(&[5, 6]));
    assert!(refused::<Point>("[('x', 'u1'), ('y', '<u2'), ('z', 'u1')]").contains("unexpected"));
    let object = read::<Known>(&file("[('o', 'O'), ('x', 'u1')]", &[0], &[])).unwrap_err();
    assert_eq!(object.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_bad_value_is_told_with_its_record_and_field() {
    let mut bytes =
        NpyWriter::new(Vec::new()).write(&Array1::from_iter((0..9_000).map(particle))).unwrap();
    let stride = DType::itemsize(&Particle::dtype([].iter()).unwrap());
    let data = bytes.len() - 9_000 * stride;
    // The flag of the second of `many`.
    bytes[data + 8_765 * stride + 8 + 12 + 12 + 9 + 9] = 2;
    let error = read::<Particle>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    let message = error.to_string();
    assert!(
        message
            .starts_with("record 8765, field 'many': record 1, field 'flag': item 0 is the byte 2"),
        "{message}"
    );
}

#[test]
fn any_dimension_and_order() {
    let two = Array2::from_shape_fn((3, 4), |(i, j)| particle(u16::try_from(i * 4 + j).unwrap()));
    let options = SaveOptions::default().keep_fortran_order(true);
    for array in
        [two.clone().into_dyn(), two.reversed_axes().into_dyn(), arr0(particle(3)).into_dyn()]
    {
        let bytes = NpyWriter::with_options(Vec::new(), &options).write(&array).unwrap();
        let found: ArrayD<Particle> = NpyReader::new(bytes.as_slice()).unwrap().read().unwrap();
        assert_eq!(found, array);
        let strided = array
            .slice_each_axis(|axis| ndarray::Slice::new(0, None, if axis.len > 2 { 2 } else { 1 }));
        let bytes = NpyWriter::new(Vec::new()).write(&strided).unwrap();
        let found: ArrayD<Particle> = NpyReader::new(bytes.as_slice()).unwrap().read().unwrap();
        assert_eq!(found, strided);
    }
    let none = Array1::<Particle>::from_vec(Vec::new());
    let bytes = NpyWriter::new(Vec::new()).write(&none).unwrap();
    assert_eq!(read::<Particle>(&bytes).unwrap(), none);
}

#[test]
fn records_are_values_of_structs() {
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    struct World {
        sun: Particle,
        planets: Vec<Particle>,
        pair: [Point; 2],
        grid: Array2<Point>,
        none: Vec<Point>,
        moon: Option<Point>,
    }
    let point = |x| Point { x, y: 9 };
    let world = World {
        sun: particle(1),
        planets: vec![particle(2), particle(3)],
        pair: [point(1), point(2)],
        grid: Array2::from_elem((2, 2), point(4)),
        none: vec![],
        moon: None,
    };
    let mut writer = NpzWriter::new(Vec::new());
    writer.add_all(&world).unwrap();
    let bytes = writer.finish().unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.names().collect::<Vec<_>>(), ["sun", "planets", "pair", "grid", "none"]);
    assert_eq!(reader.load::<World>().unwrap(), world);
    assert_eq!(reader.get::<Particle, _>("sun").unwrap(), Array0::from_elem((), particle(1)));

    #[derive(Debug, LoadNpz)]
    struct Three {
        #[allow(dead_code)]
        pair: [Point; 3],
    }
    let error = reader.load::<Three>().unwrap_err();
    assert!(error.to_string().contains("expected shape (3,), found (2,)"), "{error}");
}

#[test]
fn a_struct_can_be_a_record_and_a_tree() {
    #[derive(Clone, Debug, PartialEq, NpyRecord, SaveNpz, LoadNpz)]
    #[npz(element_only, align)]
    struct Both {
        x: u8,
        y: f64,
    }
    let mut writer = NpzWriter::new(Vec::new());
    writer.add_all(&Both { x: 1, y: 2.0 }).unwrap();
    writer.add("rows", &arr1(&[Both { x: 3, y: 4.0 }])).unwrap();
    let bytes = writer.finish().unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.names().collect::<Vec<_>>(), ["x", "y", "rows"]);
    assert_eq!(reader.get::<Both, _>("rows").unwrap(), arr1(&[Both { x: 3, y: 4.0 }]));
}

#[test]
fn records_without_bytes() {
    #[derive(Clone, Debug, PartialEq, NpyRecord)]
    struct Nothing {
        nothing: [f32; 0],
        grid: [[u8; 3]; 0],
    }
    let array = Array1::from_elem(5, Nothing { nothing: [], grid: [] });
    let bytes = NpyWriter::new(Vec::new()).write(&array).unwrap();
    assert_eq!(read::<Nothing>(&bytes).unwrap(), array);
}

#[test]
fn hostile_files_are_refused_and_cost_little() {
    let whole = NpyWriter::new(Vec::new()).write(&arr1(&[particle(1), particle(2)])).unwrap();
    for len in 0..whole.len() {
        read::<Particle>(&whole[..len]).unwrap_err();
    }
    // Two gigabytes in one record, of which hardly any are there.
    let gap = "[('x', 'u1'), ('y', '<u2'), ('', 'V2147483600')]";
    for shape in [&[1][..], &[1 << 30]] {
        let error = read::<Point>(&file(gap, shape, &[0; 100])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated);
    }
    let fields: Vec<String> = (0..10_000).map(|i| format!("('f{i}', 'u1')")).collect();
    let fields = format!("[{}]", fields.join(", "));
    let message = refused::<Point>(&fields);
    assert!(message.contains("and 9962 more"), "{message}");
    assert!(message.len() < 4000, "{message}");
}

#[test]
fn decoding_checks_the_dtype_itself() {
    for dtype in ["<f4", "[('x', 'u1')]", "[('x', 'u1'), ('y', '>u4')]"] {
        let dtype: DType = dtype.parse().unwrap();
        let mut bytes = &[0; 64][..];
        let mut payload = Payload::new(&dtype, 4, true, &mut bytes).unwrap();
        assert_eq!(Point::decode(&mut payload).unwrap_err().kind(), ErrorKind::Dtype);
        let error = Point::encode(&[Point { x: 1, y: 2 }], &dtype, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Dtype);
    }
}

proptest! {
    #[test]
    fn encoding_and_decoding_are_inverse(
        rows in proptest::collection::vec((any::<i64>(), any::<[u32; 3]>(), any::<[[u16; 2]; 3]>(), any::<(bool, u64)>()), 0..40),
        big in any::<bool>(),
    ) {
        let items: Vec<Particle> = rows
            .into_iter()
            .map(|(id, pos, matrix, (flag, x))| {
                let inner = Inner { flag, x: f64::from_bits(x) };
                let many = [inner.clone(), Inner { flag: !flag, x: 0.0 }];
                Particle { id, pos: pos.map(f32::from_bits), matrix, inner, many }
            })
            .collect();
        let order = if big { ByteOrder::Big } else { ByteOrder::Little };
        let dtype = Particle::dtype(items.iter()).unwrap().with_byte_order(order);
        let mut bytes = Vec::new();
        Particle::encode(&items, &dtype, &mut bytes).unwrap();
        prop_assert_eq!(bytes.len(), items.len() * dtype.itemsize());
        let mut source = bytes.as_slice();
        let mut payload = Payload::new(&dtype, items.len(), true, &mut source).unwrap();
        let found = Particle::decode(&mut payload).unwrap();
        let mut again = Vec::new();
        Particle::encode(&found, &dtype, &mut again).unwrap();
        // As bytes, so that NaN counts as well.
        prop_assert_eq!(bytes, again);
        prop_assert_eq!(found.len(), items.len());
    }

    /// Any bytes under any like dtype are records or an error.
    #[test]
    fn decoding_never_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        dtype in proptest::sample::select(vec![
            "[('flag', '?'), ('x', '<f8')]",
            "[('x', '>f8'), ('', 'V3'), ('flag', '?')]",
            "[('x', '<f8', ()), ('flag', '?')]",
            "[('flag', 'S1'), ('x', '<f8')]",
        ]),
        len in 0..30_usize,
        present in any::<bool>(),
    ) {
        let dtype: DType = dtype.parse().unwrap();
        let mut source = bytes.as_slice();
        let mut payload = Payload::new(&dtype, len, present, &mut source).unwrap();
        if let Ok(found) = Inner::decode(&mut payload) {
            prop_assert_eq!(found.len(), len);
        }
    }
}
