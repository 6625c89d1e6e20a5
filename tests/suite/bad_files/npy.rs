//! Single arrays that somebody made to do harm, or damaged: rows H1 to H9 of the threat table.

use npz_core::ErrorKind::{self, Corrupt, Dtype, Limit, Truncated, Unsupported, Value};

use super::{As, Bad};

/// An `.npy` file of this version, with this text for a header and `data` behind it.
pub(crate) fn file(version: u8, text: &[u8], data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    match version {
        1 => bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes()),
        _ => bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes()),
    }
    bytes.extend(text);
    bytes.extend(data);
    bytes
}

/// The header of an array, spelled as NumPy does.
pub(crate) fn text(descr: &str, order: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n")
}

/// A sound array: 16 bytes of data.
pub(crate) fn sound() -> Vec<u8> {
    file(1, text("'<f4'", "False", "(2, 2)").as_bytes(), &[0; 16])
}

fn array(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    file(1, text(descr, "False", shape).as_bytes(), data)
}

struct Cases(Vec<Bad>);

impl Cases {
    fn add(&mut self, row: &'static str, name: &str, kinds: &'static [ErrorKind], bytes: Vec<u8>) {
        self.0.push(Bad { row, name: name.to_owned(), kinds, bytes, load: As::Any });
    }

    /// A header in all three versions of the format.
    fn header(&mut self, row: &'static str, name: &str, kinds: &'static [ErrorKind], text: &str) {
        for version in [1, 2, 3] {
            if version > 1 || text.len() < 1 << 16 {
                let bytes = file(version, text.as_bytes(), &[0; 64]);
                self.add(row, &format!("{name}, version {version}"), kinds, bytes);
            }
        }
    }

    fn typed(&mut self, row: &'static str, name: &str, load: As, bytes: Vec<u8>) {
        self.0.push(Bad { row, name: name.to_owned(), kinds: &[Value], bytes, load });
    }
}

pub(crate) fn cases() -> Vec<Bad> {
    let mut cases = Cases(Vec::new());
    promised_headers(&mut cases);
    costly_headers(&mut cases);
    wrong_headers(&mut cases);
    shapes(&mut cases);
    promises(&mut cases);
    cut_or_other(&mut cases);
    objects(&mut cases);
    values(&mut cases);
    cases.0
}

/// H1: the length of the header is a promise.
fn promised_headers(cases: &mut Cases) {
    for version in [2, 3] {
        for len in [u32::MAX, 1 << 31, 1 << 24, (1 << 20) + 1] {
            let bytes = [b"\x93NUMPY", &[version, 0][..], &len.to_le_bytes()].concat();
            cases.add("H1", &format!("header of {len} bytes in 12"), &[Limit], bytes);
        }
        let bytes = [b"\x93NUMPY", &[version, 0][..], &(1_u32 << 20).to_le_bytes()].concat();
        cases.add("H1", "header of the longest allowed in 12 bytes", &[Truncated], bytes);
    }
    cases.add("H1", "65,535 bytes in 10", &[Truncated], b"\x93NUMPY\x01\0\xff\xff".to_vec());
    let mut longer = sound();
    longer[8] += 17;
    cases.add("H1", "header reaching over the data", &[Corrupt, Truncated], longer);
}

/// H2: text that is cheap to write and dear to read.
fn costly_headers(cases: &mut Cases) {
    let in_shape = |shape: &str| text("'<f4'", "False", shape);
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("{1:", "}"), ("(1,", ")")] {
        for depth in [33, 1000, 20_000] {
            let nest = open.repeat(depth) + &close.repeat(depth);
            let name = format!("{depth} nested {open:?}");
            cases.header("H2", &name, &[Limit, Corrupt], &in_shape(&nest));
            cases.header("H2", &format!("{name} unclosed"), &[Limit, Corrupt], &open.repeat(depth));
        }
    }
    let near = 300_000;
    for (name, shape, kinds) in [
        ("digits", "9".repeat(near), &[Limit][..]),
        ("grouped digits", "1_".repeat(near / 2) + "1", &[Limit]),
        ("hexadecimal digits", "0x".to_owned() + &"f".repeat(near), &[Limit]),
        ("zeros", "0".repeat(near), &[Limit]),
        ("signs", "-".repeat(near) + "1", &[Corrupt]),
        ("bracketed signs", "-(".repeat(near / 2), &[Limit, Corrupt]),
        ("ones", format!("({})", "1,".repeat(near / 2)), &[Limit]),
        ("empty tuples", format!("({})", "(),".repeat(near / 3)), &[Limit]),
        ("pairs", format!("{{{}}}", "0:0,".repeat(near / 4)), &[Limit]),
        ("commas", format!("({})", ",".repeat(near)), &[Corrupt]),
        ("strings in a row", "''".repeat(near / 2), &[Corrupt]),
        ("backslashes", format!("'{}'", "\\\\".repeat(near / 2)), &[Corrupt]),
        ("surrogates", format!("'{}'", "\\ud800".repeat(near / 6)), &[Corrupt]),
        ("comment", format!("(1,#{}\n)", "#".repeat(near)), &[Truncated]),
        ("blank lines", format!("({}-1,)", "\n".repeat(near)), &[Corrupt]),
        ("continued lines", "\\\n".repeat(near / 2), &[Corrupt]),
        ("quotes", "\"".repeat(near - 1), &[Corrupt]),
        ("a word", "x".repeat(near), &[Corrupt]),
        ("letters L", "3".to_owned() + &" L".repeat(near / 2), &[Corrupt]),
        ("points", ".".repeat(near), &[Corrupt]),
        ("exponent", "1e".to_owned() + &"9".repeat(near), &[Limit]),
    ] {
        // Two lines for a comment that hides nothing: the array it tells of is not there.
        let data: &[u8] = if name == "comment" { &[0; 3] } else { &[0; 64] };
        let bytes = file(2, in_shape(&shape).as_bytes(), data);
        cases.add("H2", &format!("{near} bytes of {name}"), kinds, bytes);
    }
    let named = |count: usize| {
        let fields: String = (0..count).map(|n| format!("('f{n}', '<f4'), ")).collect();
        text(&format!("[{fields}]"), "False", "(1,)")
    };
    cases.add("H2", "10,001 fields", &[Limit], file(2, named(10_001).as_bytes(), &[0; 40_004]));
    cases.add("H2", "10,000 fields, no data", &[Truncated], file(2, named(10_000).as_bytes(), &[]));
    let same = format!("[{}]", "('a', '<f4'), ".repeat(9_999));
    cases.add("H2", "9,999 fields of one name", &[Corrupt], {
        file(2, text(&same, "False", "(1,)").as_bytes(), &[0; 64])
    });
    let long = format!("[('{}', '<f4')]", "n".repeat(near));
    cases.add("H2", "a name of 300,000 letters", &[Truncated], {
        file(2, text(&long, "False", "(9,)").as_bytes(), &[0; 4])
    });
    let deep = (0..40).fold("'<f4'".to_owned(), |inner, n| format!("[('f{n}', {inner})]"));
    cases.header("H2", "records in records", &[Limit], &text(&deep, "False", "(1,)"));
    let deep = (0..40).fold("'<f4'".to_owned(), |inner, _| format!("({inner}, (1,))"));
    cases.header("H2", "subarrays in subarrays", &[Limit], &text(&deep, "False", "(1,)"));
}

/// H3: text that is no header.
fn wrong_headers(cases: &mut Cases) {
    for (name, header) in [
        ("no descr", "{'fortran_order': False, 'shape': (1,)}"),
        ("no fortran_order", "{'descr': '<f4', 'shape': (1,)}"),
        ("no shape", "{'descr': '<f4', 'fortran_order': False}"),
        ("nothing", ""),
        ("an empty dict", "{}"),
        ("one key more", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}"),
        ("a key in bytes", "{b'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"),
        ("descr twice", "{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"),
        ("shape twice", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}"),
        (
            "order twice",
            "{'descr': '<f4', 'fortran_order': True, 'fortran_order': False, 'shape': ()}",
        ),
        ("a list", "['<f4', False, (1,)]"),
        ("a set", "{'descr', 'fortran_order', 'shape'}"),
        ("a call", "dict(descr='<f4', fortran_order=False, shape=(1,))"),
        ("two dicts", "{'descr': '<f4', 'fortran_order': False, 'shape': ()}{}"),
        ("a rest", "{'descr': '<f4', 'fortran_order': False, 'shape': ()} or 1"),
        ("no end", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)"),
        ("a list for a key", "{['descr']: '<f4', 'fortran_order': False, 'shape': (1,)}"),
        ("a NUL", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}\0"),
        ("code", "__import__('os').system('true')"),
    ] {
        cases.header("H3", name, &[Corrupt], header);
    }
    for shape in [
        "[1]",
        "1",
        "None",
        "'4'",
        "('4',)",
        "(True,)",
        "(1.0,)",
        "(-1,)",
        "(2*3,)",
        "(1+1,)",
        "(1j,)",
        "(None,)",
        "((1,),)",
        "(np.int64(4),)",
        "(1 2)",
        "(1,,)",
        "(,)",
        "(04,)",
        "(1_,)",
        "(0x,)",
        "(0b2,)",
        "(4LL,)",
        "(--1,)",
        "{1}",
        "(...,)",
        "(b'4',)",
    ] {
        cases.header("H3", &format!("shape {shape}"), &[Corrupt], &text("'<f4'", "False", shape));
    }
    cases.add("H3", "an L in version 3", &[Corrupt], {
        file(3, text("'<f4'", "False", "(4L,)").as_bytes(), &[0; 16])
    });
    for order in ["1", "0", "None", "'False'", "false", "(False)or(True)", "[]"] {
        let header = text("'<f4'", order, "(1,)");
        cases.header("H3", &format!("order {order}"), &[Corrupt], &header);
    }
    for descr in [
        "4",
        "None",
        "''",
        "'<'",
        "'<x4'",
        "'<f3'",
        "'<f-4'",
        "'<<f4'",
        "'f4 '",
        "'<M8[parsec]'",
        "('<f4', (2,))",
        "('<f4',)",
        "[()]",
        "[('a',)]",
        "{}",
        "[('a', '<f4', (2,), 1)]",
        "[('a', '<f4'), ('a', '<f4')]",
        "[(1, '<f4')]",
        "[(('t', 'a'), '<f4'), ('t', '<f4')]",
        "b'<f4'",
        "'<U-1'",
        "'<f4', '<f4'",
    ] {
        let header = text(descr, "False", "(1,)");
        cases.header("H3", &format!("descr {descr}"), &[Corrupt, Unsupported, Limit], &header);
    }
    for version in [[0, 0], [1, 1], [2, 1], [4, 0], [255, 255]] {
        let mut bytes = sound();
        bytes[6..8].copy_from_slice(&version);
        cases.add("H3", &format!("version {version:?}"), &[Unsupported], bytes);
    }
    let broken = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\xff\n";
    cases.add("H3", "no UTF-8 in version 3", &[Corrupt], file(3, broken, &[0; 4]));
}

/// H4: sizes whose product doesn't fit.
fn shapes(cases: &mut Cases) {
    for shape in [
        "(9223372036854775807, 9223372036854775807, 0)",
        "(9223372036854775807, 2)",
        "(4194305, 4194305, 211106198978564)",
        "(4294967296, 4294967296)",
        "(4294967296, 4294967296, 0)",
        "(0, 4294967296, 4294967296)",
        "(18446744073709551615,)",
        "(18446744073709551616,)",
        "(9223372036854775808,)",
        "(99999999999999999999,)",
        "(999999999999999999999,)",
        "(0xffffffffffffffff,)",
    ] {
        let header = text("'<f8'", "False", shape);
        cases.header("H4", &format!("shape {shape}"), &[Limit], &header);
        cases.header(
            "H4",
            &format!("shape {shape}, F"),
            &[Limit],
            &text("'|u1'", "True", {
                if shape.ends_with("07, 2)") { "(9223372036854775807, 3)" } else { shape }
            }),
        );
    }
    for descr in [
        "'<U536870912'",
        "'|S2147483648'",
        "'|V4294967295'",
        "'<U4611686018427387905'",
        "[('a', '|V2147483647'), ('b', '|V2147483647')]",
        "[('a', '<f8', (65536, 65536))]",
        "[('a', '<f8', (4294967296, 4294967296))]",
        "[('a', '<f8', (0, 18446744073709551616))]",
    ] {
        let header = text(descr, "False", "(1,)");
        cases.header("H4", &format!("items of {descr}"), &[Limit, Corrupt], &header);
    }
    let many = format!("({})", "1, ".repeat(65));
    cases.header("H4", "65 dimensions", &[Limit], &text("'<f4'", "False", &many));
    let many = format!("[('a', '<f4', ({}))]", "1, ".repeat(65));
    cases.header("H4", "65 dimensions of a field", &[Limit], &text(&many, "False", "(1,)"));
}

/// H5: few bytes that promise many.
fn promises(cases: &mut Cases) {
    for descr in ["|u1", "|b1", "<i4", "<f8", ">f8", "<c16", "<U1", "|S1", "<M8[s]", "<f16", "|V7"]
    {
        for shape in ["(1000000000000,)", "(1000000, 1000000)", "(3, 100000000000)"] {
            let header = text(&format!("'{descr}'"), "False", shape);
            let bytes = file(1, header.as_bytes(), &[0; 48]);
            cases.add("H5", &format!("{shape} of {descr}"), &[Truncated], bytes);
        }
    }
    let record = "[('a', '<f4'), ('b', '<U9', (1000,))]";
    cases.add("H5", "a million records", &[Truncated], array(record, "(1000000,)", &[0; 9]));
    for descr in ["<U500000000", "|S2000000000", "|V2147483647"] {
        let bytes = array(&format!("'{descr}'"), "()", &[0; 9]);
        cases.add("H5", &format!("one item of {descr}"), &[Truncated], bytes);
    }
    for shape in ["(4000000000,)", "(9223372036854775807,)", "(1000000, 1000000)"] {
        for (descr, load) in [("'<U0'", As::Text), ("'|S0'", As::Bytes)] {
            let bytes = array(descr, shape, &[]);
            let name = format!("{shape} of no bytes each, {descr}");
            cases.0.push(Bad { row: "H5", name, kinds: &[Limit], bytes, load });
        }
    }
}

/// H6: less than an array. And what isn't one at all.
fn cut_or_other(cases: &mut Cases) {
    let whole = sound();
    for len in [0, 1, 5, 6, 7, 9, 10, 11, 40, whole.len() - 17, whole.len() - 16, whole.len() - 1] {
        cases.add("H6", &format!("{len} bytes"), &[Truncated], whole[..len].to_vec());
    }
    for (name, start) in [
        ("text", &b"hello, this is a text"[..]),
        ("zeros", &[0; 128]),
        ("HDF5", b"\x89HDF\r\n\x1a\n and more"),
        ("safetensors", b"\x08\0\0\0\0\0\0\0{\"a\":{}}"),
        ("other case", b"\x93numpy\x01\0\x10\0{}"),
        ("other first byte", b"\x94NUMPY\x01\0\x10\0{}"),
        ("an archive", b"PK\x03\x04\x14\0\0\0\0\0"),
    ] {
        cases.add("H6", name, &[Corrupt], start.to_vec());
    }
}

/// H7: pickles.
fn objects(cases: &mut Cases) {
    let pickle = b"\x80\x04\x95\x0f\0\0\0\0\0\0\0\x8c\x05posix\x8c\x06system\x93.";
    for descr in
        ["'|O'", "'O'", "'|O8'", "[('a', '|O')]", "[('a', '|O', (3,))]", "[('x', [('y', 'O')])]"]
    {
        let bytes = array(descr, "(1,)", pickle);
        cases.add("H7", &format!("objects, {descr}"), &[Unsupported], bytes);
    }
    cases.add("H7", "a bare pickle", &[Corrupt], pickle.to_vec());
    cases.add(
        "H7",
        "a pickle of protocol 0",
        &[Corrupt],
        b"cposix\nsystem\n(S'true'\ntR.".to_vec(),
    );
}

/// H8, H9: bytes that are no values.
fn values(cases: &mut Cases) {
    for byte in [2, 3, 127, 128, 254, 255] {
        for at in [0, 7, 15] {
            let mut data = [1; 16];
            data[at] = byte;
            let name = format!("byte {byte} as item {at}");
            cases.typed("H8", &name, As::Bool, array("'|b1'", "(16,)", &data));
        }
    }
    let mut data = vec![0; 1 << 20];
    data[(1 << 20) - 1] = 2;
    cases.typed("H8", "the last of a million", As::Bool, array("'|b1'", "(1024, 1024)", &data));
    for code in [0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0x11_0000, 0x7FFF_FFFF, 0x8000_0041, u32::MAX] {
        let data = [0x41, code, 0x42, 0x43].map(u32::to_le_bytes).concat();
        let name = format!("code point {code:#x}");
        cases.typed("H9", &name, As::Text, array("'<U2'", "(2,)", &data));
        let data = [0x41, code, 0x42, 0x43].map(u32::to_be_bytes).concat();
        cases.typed("H9", &format!("{name}, big-endian"), As::Text, array("'>U2'", "(2,)", &data));
        let data = [code].map(u32::to_le_bytes).concat();
        cases.typed("H9", &format!("{name} alone"), As::Text, array("'<U1'", "()", &data));
    }
    // The type in the file is another one: never a reinterpretation.
    for (descr, load) in
        [("'<f8'", As::Text), ("'|u1'", As::Bool), ("'<i8'", As::F64), ("'|S8'", As::F64)]
    {
        let name = format!("{descr} loaded as {load:?}");
        let len = if descr == "'|u1'" { 2 } else { 16 };
        let bytes = array(descr, "(2,)", &[1; 16][..len]);
        cases.0.push(Bad { row: "H8", name, kinds: &[Dtype], bytes, load });
    }
}
