use super::*;
use crate::literal;

fn parse(text: &str) -> Result<DType> {
    let limits = Limits::default();
    DType::from_literal(&literal::parse(text, &limits, false).unwrap(), &limits)
}

#[test]
fn reads_what_numpy_reads() {
    for (text, printed, itemsize) in [
        ("'<f4'", "'<f4'", 4),
        ("[]", "[]", 0),
        ("[('a', '<i4'), ('b', '>f8')]", "[('a', '<i4'), ('b', '>f8')]", 12),
        ("[['a', '<i4'], ['b', '<i2', [2]]]", "[('a', '<i4'), ('b', '<i2', (2,))]", 8),
        ("[('a', '<i2', 2)]", "[('a', '<i2', (2,))]", 4),
        ("[('a', '<i2', ())]", "[('a', '<i2')]", 2),
        ("[('a', [], ())]", "[('a', [])]", 0),
        ("[('a', ('<i2', (2,)))]", "[('a', '<i2', (2,))]", 4),
        ("[('a', ('<i2', (2,)), (3,))]", "[('a', ('<i2', (2,)), (3,))]", 12),
        ("[('a', '|S', 5), ('b', '<U', 5)]", "[('a', '|S5'), ('b', '<U5')]", 25),
        ("['xb', 'é?']", "[('x', '|i1'), ('é', '|b1')]", 2),
        ("[(('t', 'a'), '<i4')]", "[(('t', 'a'), '<i4')]", 4),
        ("[(('', 'a'), '<i4')]", "[(('', 'a'), '<i4')]", 4),
        ("[((None, 'a'), '<i4')]", "[('a', '<i4')]", 4),
        ("[('a', [('b', [('c', '<i8')])])]", "[('a', [('b', [('c', '<i8')])])]", 8),
        ("('|V4', [('a', '<i4')])", "[('a', '<i4')]", 4),
        ("('V', [('a', '<i4')])", "[('a', '<i4')]", 4),
        ("('<i4', '<f4')", "'<i4'", 4),
        ("('<i4', [2])", "('<i4', (2,))", 8),
    ] {
        let dtype = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((dtype.to_string().as_str(), dtype.itemsize()), (printed, itemsize), "{text}");
    }
}

#[test]
fn names_that_are_no_text_are_kept() {
    let text = r"[((5, '\ud800'), '<i4'), ((5, '\udc00x'), '<i4'), (('5', '\ufffd'), '<i4')]";
    let dtype = parse(text).unwrap();
    let fields = dtype.as_record().unwrap().fields();
    let shown = fields.iter().map(|field| (field.name(), field.title()));
    let expected = [("\u{FFFD}", "5"), ("\u{FFFD}x", "5"), ("\u{FFFD}", "5")];
    assert_eq!(shown.collect::<Vec<_>>(), expected.map(|(name, title)| (name, Some(title))));
    // what is text is printed as such: U+FFFD is printable
    assert_eq!(dtype.to_string(), text.replace(r"\ufffd", "\u{FFFD}"));
    assert_eq!(parse(&dtype.to_string()).unwrap(), dtype);

    let look_alike =
        [r"'\ud800'", r"'\udc00'", "'\u{FFFD}'", "(5, 'a')", "('5', 'a')", "((5,), 'a')"];
    let types = look_alike.map(|name| parse(&format!("[({name}, '<i4')]")).unwrap());
    for (at, one) in types.iter().enumerate() {
        assert!(types.iter().skip(at + 1).all(|other| other != one), "{one}");
    }
    for twice in [r"[('\ud800', 'i1'), ('\ud800', 'i1')]", r"[(('\ud800', '\ud800'), 'i1')]"] {
        assert_eq!(parse(twice).unwrap_err().kind(), ErrorKind::Corrupt, "{twice}");
    }
}

#[test]
fn blank_names_of_void_are_gaps() {
    for (text, printed) in [
        ("[('', '|V8')]", "[('', '|V8')]"),
        (
            "[('a', '|i1'), ('', '|V1', (3,)), ('b', '<i4')]",
            "[('a', '|i1'), ('', '|V3'), ('b', '<i4')]",
        ),
        ("[('', '<i2', (2,)), ('b', '<i4')]", "[('', '|V4'), ('b', '<i4')]"),
        ("[('', 'V'), ('', '|V0')]", "[]"),
    ] {
        let dtype = parse(text).unwrap();
        assert_eq!(dtype.to_string(), printed);
        assert!(dtype.as_record().unwrap().fields().iter().all(|field| !field.name().is_empty()));
    }
    for text in ["[('', '<i4')]", "[('', [('a', '<i4')])]", "[(('t', ''), '|V4')]"] {
        assert_eq!(parse(text).unwrap().to_string(), text);
        assert_eq!(parse(text).unwrap().as_record().unwrap().fields().len(), 1);
    }
}

#[test]
fn refuses_what_numpy_refuses() {
    for text in [
        "None",
        "5",
        "...",
        "b'<i4'",
        "()",
        "('<i4',)",
        "('<i4', (2,), 3)",
        "{'names': ['a']}",
        "{'xb'}",
        "[('a',)]",
        "[('a', '<i4', (2,), 3)]",
        "[()]",
        "[5]",
        "['xbb']",
        "[b'ab']",
        "[(5, '<i4')]",
        "[(b'a', '<i4')]",
        "[(None, '<i4')]",
        "[(['t', 'a'], '<i4')]",
        "[(('t', None), '<i4')]",
        "[(('t', 'a', 'z'), '<i4')]",
        "[('a', '<i4'), ('a', '<i4')]",
        "[(('a', 'a'), '<i4')]",
        "[(('t', 'a'), '<i4'), ('t', '<i4')]",
        "[('', '<i4'), ('', '<i2')]",
        "[('a', '<i4', (-1,))]",
        "[('a', '<i4', (2147483648,))]",
        "[('a', '<i4', (70000, 70000))]",
        "[('a', '<i4', (2.0,))]",
        "[('a', '<i4', (True,))]",
        "[('a', '<i4', True)]",
        "[('a', '|S0', (2,))]",
        "[('a', '|S0', ())]",
        "[('a', [], (70000, 70000))]",
        "[('a', 'S', -1)]",
        "[('a', 'U', 536870912)]",
        "[('a', '<i3')]",
        "('<i4', '<f8')",
        "('|V8', [('a', '<i4')])",
        "[('a', '|V2147483647'), ('b', '|u1')]",
        "[('', '|V2147483647'), ('', '|V1')]",
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{text}: {error}");
        assert!(error.offset().is_some(), "{text}");
    }
}

#[test]
fn errors_point_at_the_fault() {
    let error = parse("[('a', '<i4'), ('b', '<i3')]").unwrap_err();
    assert_eq!(error.to_string(), "expected a NumPy dtype such as '<f4', found '<i3' (at byte 21)");
    let error = parse("[('a', '<i4'), ('b', '<i4', (1, None))]").unwrap_err();
    assert_eq!(error.to_string(), "expected a dimension, found None (at byte 32)");
}

#[test]
fn fields_are_counted_across_levels() {
    let literal = |limits: &Limits| {
        literal::parse("[('a', [('b', '<i4'), ('c', '<i4')])]", limits, false).unwrap()
    };
    let limits = Limits::default().fields(2);
    let error = DType::from_literal(&literal(&limits), &limits).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let limits = limits.fields(3);
    let commas = literal::parse("['xb', ('y', 'i1,i1')]", &limits, false).unwrap();
    assert_eq!(DType::from_literal(&commas, &limits).unwrap_err().kind(), ErrorKind::Limit);
    assert!(DType::from_literal(&literal(&limits), &limits).is_ok());
}

#[test]
fn dimensions_are_counted() {
    let shaped = |count: usize| parse(&format!("('<i4', ({}))", "1,".repeat(count)));
    assert!(shaped(64).is_ok());
    assert_eq!(shaped(65).unwrap_err().kind(), ErrorKind::Limit);
}
