//! Every dtype, through NumPy in both directions, and the archive's metadata.

use std::fmt::Debug;
use std::path::Path;
use std::sync::OnceLock;

use half::{bf16, f16};
use ndarray::{Array0, Array1, arr0, arr1};
use npz_core::unit::{
    Atto, Day, Femto, Generic, Hour, Micro, Milli, Minute, Month, Nano, Pico, Second, UnitType,
    Week, Year,
};
use npz_core::{
    ByteOrder, ByteString, Bytes, ComplexLongDouble, DType, DateTime64, Element, ErrorKind,
    F4E2M1Fn, F6E2M3Fn, F6E3M2Fn, F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2,
    F8E5M2Fnuz, F8E8M0Fnu, Int1, Int2, Int4, LongDouble, LossyString, NpyReader, NpyWriter,
    NpzReader, SaveOptions, Text, TimeDelta64, UInt1, UInt2, UInt4, Void, read_npy,
};
use num_complex::Complex;
use serde_json::Value;

use crate::oracle;

/// What NumPy wrote, once for all tests: the folder, and the times as NumPy prints them.
fn written() -> Option<&'static (tempfile::TempDir, Value)> {
    static WRITTEN: OnceLock<Option<(tempfile::TempDir, Value)>> = OnceLock::new();
    let write = || {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [Path::new("write"), folder.path()];
        oracle::run("dtypes.py", arguments).map(|texts| (folder, texts))
    };
    WRITTEN.get_or_init(write).as_ref()
}

fn open(file: &str) -> Option<NpzReader<'static>> {
    let (folder, _) = written()?;
    Some(NpzReader::open(folder.path().join(file)).unwrap())
}

fn get<A: Element>(reader: &NpzReader<'_>, name: &str) -> Vec<A> {
    reader.get::<A, ndarray::Ix1>(name).unwrap().to_vec()
}

/// Saves in this byte order and loads again.
fn through<A: Element>(items: &[A], order: ByteOrder) -> Vec<A> {
    let options = SaveOptions::new().byte_order(order);
    let bytes = NpyWriter::with_options(Vec::new(), &options).write(&arr1(items)).unwrap();
    NpyReader::new(&bytes[..]).unwrap().read::<A, ndarray::Ix1>().unwrap().to_vec()
}

fn there_and_back<A: Element + PartialEq + Debug>(items: &[A]) {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        assert_eq!(through(items, order), items);
    }
}

/// An npy file of version 1 around these data.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = u16::try_from(text.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\0", &length[..], text.as_bytes(), data].concat()
}

fn read<A: Element>(descr: &str, len: usize, data: &[u8]) -> npz_core::Result<Vec<A>> {
    let file = npy(descr, &format!("({len},)"), data);
    Ok(NpyReader::new(&file[..])?.read::<A, ndarray::Ix1>()?.to_vec())
}

/// A Rust type as the table of dtypes has it.
struct Row {
    name: &'static str,
    dtype: fn() -> String,
    accepts: fn(&DType) -> bool,
    logical: Option<&'static str>,
}

macro_rules! rows {
    ($($type:ty),* $(,)?) => {
        [$(Row {
            name: stringify!($type),
            dtype: || <$type as Element>::dtype([].into_iter()).unwrap().to_string(),
            accepts: <$type as Element>::accepts,
            logical: <$type as Element>::logical_dtype(),
        }),*]
    };
}

#[test]
fn the_table_of_dtypes_is_true() {
    let rows = rows![
        bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f16, bf16, f32, f64,
        Complex<f32>, Complex<f64>, LongDouble, ComplexLongDouble, String, LossyString, Text<5>,
        ByteString, Bytes<5>, Void<5>, Void<16>, Void<32>, DateTime64<Nano>, DateTime64<Second, 25>,
        DateTime64<Generic>, TimeDelta64<Day>, TimeDelta64<Generic>, F8E3M4, F8E4M3,
        F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu, F6E2M3Fn, F6E3M2Fn,
        F4E2M1Fn, Int1, Int2, Int4, UInt1, UInt2, UInt4,
    ];
    let table = include_str!("../../npz-core/src/element/dtypes.md").replace("\\|", "\u{1}");
    let lines = table.lines().filter(|line| line.starts_with("| `"));
    let quoted = |cell: &str| -> Vec<String> {
        cell.split('`').skip(1).step_by(2).map(|text| text.replace('\u{1}', "|")).collect()
    };
    let lines: Vec<Vec<Vec<String>>> =
        lines.map(|line| line.split('|').map(quoted).collect()).collect();
    let all: Vec<&String> = lines.iter().flat_map(|cells| &cells[3]).collect();
    let mut seen = 0;
    for cells in &lines {
        let [_, numpy, written, read, rust, _] = &cells[..] else { panic!("{cells:?}") };
        for name in rust.iter().filter(|name| !["half", "num_complex"].contains(&name.as_str())) {
            let row = rows.iter().find(|row| row.name == name).expect(name);
            assert_eq!((row.dtype)(), format!("'{}'", written[0]), "{name}");
            let accepts = |text: &&&String| (row.accepts)(&text.parse::<DType>().unwrap());
            for text in read {
                assert!(accepts(&&text), "{name} reads {text}");
            }
            // It reads what its row says and nothing of the others', text and bytes of any other
            // width apart.
            let any_width = ["String", "LossyString", "ByteString", "Text<5>", "Bytes<5>"];
            let more = all.iter().filter(accepts).find(|text| !read.contains(text));
            let more = more.filter(|_| !any_width.contains(&row.name));
            assert_eq!(more, None, "{name}");
            assert_eq!(row.logical, written[0].eq("|V1").then_some(&*numpy[0]), "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, rows.len());
}

#[test]
fn text_of_numpy() {
    let Some(reader) = open("text.npz") else { return };
    let words = ["", "a", "héllo", "日本語", "a\0b", "\0c", "😀 and more", &"x".repeat(20)];
    for name in ["words", "big"] {
        assert_eq!(get::<String>(&reader, name), words);
        assert_eq!(get::<LossyString>(&reader, name), words.map(LossyString::from));
        let fixed = get::<Text<20>>(&reader, name);
        assert_eq!(fixed.iter().map(Text::to_string).collect::<Vec<_>>(), words);
        let error = reader.get::<Text<19>, ndarray::Ix1>(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Dtype);
        assert!(error.to_string().contains("expected dtype '<U19' or narrower"), "{error}");
    }
    let one: Array0<String> = reader.get("scalar").unwrap();
    assert_eq!(one, arr0("één".to_owned()));

    let error = reader.get::<String, ndarray::Ix1>("wrong").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(
        error.to_string().ends_with(
            "entry \"wrong\": item 0 holds the code point U+D800, which is a surrogate in Unicode; \
             load it as LossyString"
        ),
        "{error}"
    );
    let error = reader.get::<Text<4>, ndarray::Ix1>("wrong").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert_eq!(
        get::<LossyString>(&reader, "wrong"),
        ["a\u{FFFD}\0\u{FFFD}", "b\0c\u{FFFD}"].map(LossyString::from)
    );

    let bytes: [&[u8]; 5] = [b"", b"a", b"a\0b", b"\xff\xff\xff\xff\xff", b"\0c"];
    assert_eq!(get::<ByteString>(&reader, "bytes"), bytes.map(ByteString::from));
    assert_eq!(get::<Bytes<7>>(&reader, "bytes").iter().map(|b| &**b).collect::<Vec<_>>(), bytes);
    assert!(reader.get::<Bytes<4>, ndarray::Ix1>("bytes").is_err());
    assert_eq!(get::<Void<3>>(&reader, "void"), [Void([1, 2, 0]), Void([0; 3])]);
    assert!(reader.get::<Void<4>, ndarray::Ix1>("void").is_err());

    let file = |name: &str| written().unwrap().0.path().join(name);
    let empty: Array1<String> = read_npy(file("zero_text.npy")).unwrap();
    assert_eq!(empty.to_vec(), ["", "", ""]);
    let empty: Array1<Text<2>> = read_npy(file("zero_text.npy")).unwrap();
    assert!(empty.len() == 3 && empty.iter().all(Text::is_empty));
    let empty: Array1<ByteString> = read_npy(file("zero_bytes.npy")).unwrap();
    assert_eq!(empty.to_vec(), vec![ByteString::default(); 3]);
}

#[test]
fn text_there_and_back() {
    there_and_back(&["", "ab\0c", "日本", "é"].map(str::to_owned));
    there_and_back(&["", "ab\0c"].map(LossyString::from));
    there_and_back(&["", "日本語", "a\0b"].map(|text| Text::<3>::new(text).unwrap()));
    there_and_back(&[b"abc".into(), b"\0\xff".into(), ByteString::default()]);
    there_and_back(&[Bytes::from(*b"a\0b\0"), Bytes::default()].map(|bytes: Bytes<4>| bytes));
    there_and_back(&[Void([0_u8, 0xFF, 0])]);
    there_and_back(&[Void([0_u8; 0]); 5]);

    let fails = |error: npz_core::Error, said: &str| {
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.to_string().contains(said), "{error}");
    };
    let write = |text: &str| NpyWriter::new(Vec::new()).write(&arr1(&[text.to_owned()]));
    fails(write("a\0").unwrap_err(), "string 0 ends with NUL");
    let bytes = arr1(&[ByteString::from("a"), ByteString::from("b\0")]);
    fails(NpyWriter::new(Vec::new()).write(&bytes).unwrap_err(), "byte string 1 ends with NUL");
    fails("four".parse::<Text<3>>().unwrap_err(), "at most 3 characters, found 4");
    fails(Bytes::<3>::try_from(&b"four"[..]).unwrap_err(), "at most 3 bytes, found 4");
}

/// Codes, and the numbers they stand for, of each small float.
fn small_float<A: Element>(
    reader: &NpzReader<'_>,
    of: fn(u8) -> A,
    bits: fn(A) -> u8,
    encode: fn(f32) -> A,
    decode: fn(A) -> f32,
) {
    let name = A::logical_dtype().unwrap();
    let entry = |what: &str| format!("{name}.{what}");
    let codes = get::<A>(reader, &entry("codes"));
    assert!(codes.iter().cloned().map(bits).eq(0..=255), "{name}");
    for (code, decoded) in (0..=255).zip(get::<f32>(reader, &entry("decoded"))) {
        let found = decode(of(code));
        let same = found.to_bits() == decoded.to_bits() || (found.is_nan() && decoded.is_nan());
        assert!(same, "{name} {code:#x}: NumPy has {decoded}, we {found}");
    }
    let values = get::<f32>(reader, "values");
    let encoded = get::<u8>(reader, &entry("encoded"));
    assert_eq!(values.len(), encoded.len());
    for (value, encoded) in values.into_iter().zip(encoded) {
        let found = bits(encode(value));
        assert_eq!(found, encoded, "{name} of {value:e} ({:#x})", value.to_bits());
    }
}

#[test]
fn small_floats_are_those_of_ml_dtypes() {
    let Some(reader) = open("small.npz") else { return };
    macro_rules! all {
        ($($type:ident),*) => {$(
            small_float(&reader, $type::from_bits, $type::to_bits, $type::from_f32, $type::to_f32);
        )*};
    }
    all!(F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu);
    all!(F6E2M3Fn, F6E3M2Fn, F4E2M1Fn);
}

#[test]
fn small_integers_are_those_of_ml_dtypes() {
    let Some(reader) = open("small.npz") else { return };
    fn check<A: Element + Into<i32> + TryFrom<i32>>(reader: &NpzReader<'_>, numbers: [i32; 2]) {
        let name = A::logical_dtype().unwrap();
        let found = get::<A>(reader, &format!("{name}.codes")).into_iter().map(Into::into);
        assert!(found.eq(get::<i32>(reader, &format!("{name}.decoded"))), "{name}");
        for number in -200..200 {
            let inside = (numbers[0]..=numbers[1]).contains(&number);
            assert_eq!(A::try_from(number).is_ok(), inside, "{name} {number}");
        }
    }
    check::<Int1>(&reader, [-1, 0]);
    check::<Int2>(&reader, [-2, 1]);
    check::<Int4>(&reader, [-8, 7]);
    check::<UInt1>(&reader, [0, 1]);
    check::<UInt2>(&reader, [0, 3]);
    check::<UInt4>(&reader, [0, 15]);
    let error = UInt4::try_from(16).unwrap_err().to_string();
    assert_eq!(error, "expected 0 to 15 (UInt4), found 16");
}

#[test]
fn long_doubles_of_numpy() {
    let Some(reader) = open("long.npz") else { return };
    let little: Vec<LongDouble> = get(&reader, "little");
    let doubles: Vec<f64> = get(&reader, "doubles");
    assert_eq!(little.len(), doubles.len());
    for (long, double) in little.iter().zip(&doubles) {
        let found = long.to_f64();
        assert_eq!(found.to_bits(), double.to_bits(), "{long:?}: NumPy has {double:?}");
    }
    // Equal in all 16 bytes.
    let bytes =
        |items: &[LongDouble]| items.iter().map(|item| item.to_le_bytes()).collect::<Vec<_>>();
    assert_eq!(bytes(&get(&reader, "big")), bytes(&little));
    for name in ["complex", "complex_big"] {
        let parts = get::<ComplexLongDouble>(&reader, name);
        assert_eq!(parts.iter().flat_map(|c| [c.re, c.im]).collect::<Vec<_>>(), little);
        there_and_back(&parts);
    }
    there_and_back(&little);

    let widened = reader.get::<u8, ndarray::Ix2>("widened").unwrap();
    for (wide, expected) in get::<f64>(&reader, "wide").into_iter().zip(widened.outer_iter()) {
        let long = LongDouble::from_f64(wide);
        assert_eq!(long.to_le_bytes()[..10], expected.to_vec(), "{wide:e}");
        assert_eq!(long.to_f64().to_bits(), wide.to_bits());
    }
}

#[test]
fn long_doubles_of_other_machines_are_refused() {
    let long = |significand: u64, top: u16, padding: [u8; 6]| {
        [&significand.to_le_bytes()[..], &top.to_le_bytes(), &padding].concat()
    };
    let one = long(1 << 63, 0x3FFF, [0xB7, 0x63, 0x1C, 0x7F, 0, 0]);
    let remains = long(0, 0, [0xB7, 0x63, 0x1C, 0x7F, 0, 0]);
    for (bad, said) in [
        (long(1 << 62, 0x3FFF, [0; 6]), "item 2 is an unnormal, not a long double of x86"),
        (long(0, 0x7FFF, [0; 6]), "is a pseudo-infinity or a pseudo-NaN"),
        // One, two and -0.5 as quadruples.
        (long(0, 0, [0, 0, 0, 0, 0xFF, 0x3F]), "looks like an IEEE quadruple"),
        (long(0, 0, [0, 0, 0, 0, 0, 0x40]), "looks like an IEEE quadruple"),
        (long(0, 0, [0, 0, 0, 0, 0xFE, 0xBF]), "looks like an IEEE quadruple"),
    ] {
        let data = [&one[..], &remains, &bad].concat();
        let error = read::<LongDouble>("'<f16'", 3, &data).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(read::<LongDouble>("'<f16'", 2, &data[..32]).unwrap()[1].to_f64(), 0.0);
        for dtype in ["'|V16'", "'<f16'", "'>f16'"] {
            assert_eq!(read::<Void<16>>(dtype, 3, &data).unwrap()[2][..], bad);
        }
        let twice = [&bad[..], &bad].concat();
        let error = read::<ComplexLongDouble>("'<c32'", 1, &twice).unwrap_err();
        assert!(error.to_string().contains("load it as Void<32> and"), "{error}");
        assert_eq!(read::<Void<32>>("'<c32'", 1, &twice).unwrap()[0][16..], bad);
        assert!(read::<Void<32>>("'<f16'", 2, &twice).is_err());
    }
    let error = read::<LongDouble>("'<f12'", 0, b"").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("the long double of 32-bit machines"), "{error}");
}

#[test]
fn bfloat16_goes_by_its_name_too() {
    let found: Vec<bf16> = read("'bfloat16'", 2, &[0x80, 0x3F, 0xC0, 0xBF]).unwrap();
    assert_eq!(found, [bf16::ONE, bf16::from_f32(-1.5)]);
}

fn times<U: UnitType>(reader: &NpzReader<'_>, texts: &Value, symbol: &str) {
    let texts = |which: usize| -> Vec<&str> {
        texts[symbol][which].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
    };
    let little: Vec<DateTime64<U>> = get(reader, &format!("time.{symbol}"));
    assert_eq!(little.iter().map(DateTime64::to_string).collect::<Vec<_>>(), texts(0), "{symbol}");
    assert_eq!(get::<DateTime64<U>>(reader, &format!("big.{symbol}")), little);
    let spans: Vec<TimeDelta64<U>> = get(reader, &format!("span.{symbol}"));
    assert_eq!(spans.iter().map(TimeDelta64::to_string).collect::<Vec<_>>(), texts(1), "{symbol}");
    there_and_back(&little);
    there_and_back(&spans);
    assert!(little.last().unwrap().is_nat() && spans.last().unwrap().get().is_none());
}

#[test]
fn times_of_numpy() {
    let Some(reader) = open("times.npz") else { return };
    let (_, texts) = written().unwrap();
    times::<Year>(&reader, texts, "Y");
    times::<Month>(&reader, texts, "M");
    times::<Week>(&reader, texts, "W");
    times::<Day>(&reader, texts, "D");
    times::<Hour>(&reader, texts, "h");
    times::<Minute>(&reader, texts, "m");
    times::<Second>(&reader, texts, "s");
    times::<Milli>(&reader, texts, "ms");
    times::<Micro>(&reader, texts, "us");
    times::<Nano>(&reader, texts, "ns");
    times::<Pico>(&reader, texts, "ps");
    times::<Femto>(&reader, texts, "fs");
    times::<Atto>(&reader, texts, "as");

    let ticks: Vec<i64> = get(&reader, "ticks");
    let found = get::<DateTime64<Second, 25>>(&reader, "time.25s");
    assert!(found.iter().map(|time| time.ticks()).eq(ticks.iter().copied()));
    assert_eq!(get::<DateTime64<Generic>>(&reader, "time")[0].ticks(), ticks[0]);
    assert_eq!(get::<TimeDelta64<Generic>>(&reader, "span")[0].ticks(), ticks[0]);
    let error = reader.get::<DateTime64<Nano>, ndarray::Ix1>("time.25s").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dtype);
    let said = "expected dtype '<M8[ns]' (DateTime64<Nano>), found '<M8[25s]' (datetime64[25s])";
    assert!(error.to_string().ends_with(said), "{error}");
}

#[test]
fn times_convert_as_in_numpy() {
    let Some(reader) = open("times.npz") else { return };
    let some: Vec<DateTime64<Second>> = get(&reader, "some");
    macro_rules! check {
        ($($unit:ty, $count:literal, $symbol:literal;)*) => {$(
            let converted = some.iter().map(|time| time.to::<$unit, $count>().unwrap());
            let expected = get::<DateTime64<$unit, $count>>(&reader, concat!("some.", $symbol));
            assert_eq!(converted.collect::<Vec<_>>(), expected, $symbol);
        )*};
    }
    check! {
        Year, 1, "Y"; Month, 1, "M"; Week, 1, "W"; Day, 1, "D"; Hour, 1, "h"; Minute, 1, "m";
        Milli, 1, "ms"; Second, 25, "25s";
    }
    let months: Vec<DateTime64<Month>> = get(&reader, "months");
    let seconds = months.iter().map(|time| time.to::<Second, 1>().unwrap());
    assert_eq!(seconds.collect::<Vec<_>>(), get::<DateTime64<Second>>(&reader, "months.s"));
}

#[test]
fn times_are_ordered_and_checked() {
    let mut times = [3, i64::MIN, -1].map(DateTime64::<Day>::new);
    times.sort();
    assert_eq!(times, [DateTime64::new(-1), DateTime64::new(3), DateTime64::NAT]);
    assert_eq!(DateTime64::<Day>::from(None), DateTime64::default());

    let fails = |error: npz_core::Error, said: &str| {
        assert_eq!(error.kind(), ErrorKind::Value);
        assert_eq!(error.to_string(), said);
    };
    fails(
        DateTime64::<Year>::new(1000).to::<Nano, 1>().unwrap_err(),
        "2970 is out of the range of DateTime64<Nano>, or has another kind of unit",
    );
    fails(
        TimeDelta64::<Month>::new(2).to::<Day, 2>().unwrap_err(),
        "2 months is out of the range of TimeDelta64<Day, 2>, or has another kind of unit",
    );
    let nat = TimeDelta64::<Month>::NAT;
    fails(
        std::time::Duration::try_from(nat).unwrap_err(),
        "expected a time, found NaT, which is no Duration",
    );
    assert!(std::time::Duration::try_from(TimeDelta64::<Second>::new(-1)).is_err());
    assert!(DateTime64::<Second, 0>::new(7).to::<Day, 1>().unwrap().ticks() == 0);
    assert!(DateTime64::<Day>::new(7).to::<Second, 0>().is_err());
    let write = NpyWriter::new(Vec::new()).write(&arr1(&[DateTime64::<Day, { u32::MAX }>::new(1)]));
    assert_eq!(write.unwrap_err().kind(), ErrorKind::Value);
}

#[test]
fn times_of_chrono_and_jiff() {
    let time = DateTime64::<Milli>::new(-1_234_567_890_123);
    let text = "1930-11-18T00:28:29.877";
    assert_eq!(time.to_string(), text);

    let chrono: chrono::DateTime<chrono::Utc> = time.try_into().unwrap();
    assert_eq!(chrono.naive_utc().format("%FT%T%.3f").to_string(), text);
    assert_eq!(DateTime64::<Milli>::try_from(chrono).unwrap(), time);
    let naive: chrono::NaiveDateTime = time.try_into().unwrap();
    assert_eq!(DateTime64::<Second>::try_from(naive).unwrap(), time.to().unwrap());
    assert!(chrono::DateTime::try_from(DateTime64::<Day>::new(i64::MAX)).is_err());
    assert!(chrono::DateTime::try_from(DateTime64::<Day>::NAT).is_err());

    let jiff: jiff::Timestamp = time.try_into().unwrap();
    assert_eq!(jiff.to_string(), format!("{text}Z"));
    assert_eq!(DateTime64::<Milli>::try_from(jiff).unwrap(), time);
    let civil: jiff::civil::DateTime = time.try_into().unwrap();
    assert_eq!((civil.to_string(), DateTime64::try_from(civil).unwrap()), (text.to_owned(), time));
    let error = jiff::Timestamp::try_from(DateTime64::<Day>::new(i64::MAX)).unwrap_err();
    assert!(error.to_string().contains("out of the range of jiff::Timestamp"), "{error}");

    let span = TimeDelta64::<Micro>::new(-1_500_001);
    let chrono: chrono::TimeDelta = span.try_into().unwrap();
    assert_eq!(chrono, chrono::TimeDelta::microseconds(-1_500_001));
    assert_eq!(TimeDelta64::<Micro>::try_from(chrono).unwrap(), span);
    let jiff: jiff::SignedDuration = span.try_into().unwrap();
    assert_eq!(jiff, jiff::SignedDuration::from_micros(-1_500_001));
    assert_eq!(TimeDelta64::<Second>::try_from(jiff).unwrap().ticks(), -2);
    assert!(jiff::SignedDuration::try_from(TimeDelta64::<Week>::new(i64::MAX)).is_err());
}
