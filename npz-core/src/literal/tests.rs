use proptest::prelude::*;

use super::*;

fn parse_with(text: &str, python2_longs: bool) -> Result<Literal> {
    parse(text, &Limits::default(), python2_longs)
}

fn value(text: &str) -> Value {
    parse_with(text, false).unwrap_or_else(|error| panic!("{text:?}: {error}")).value
}

fn error(text: &str) -> Error {
    match parse_with(text, false) {
        Ok(literal) => panic!("{text:?} was read as {literal:?}"),
        Err(error) => error,
    }
}

#[test]
fn values_of_every_kind() {
    for (text, printed) in [
        ("None", "None"),
        ("...", "..."),
        ("( )", "()"),
        ("(1)", "1"),
        ("(1,)", "(1,)"),
        ("((1, 2,), [], {})", "((1, 2), [], {})"),
        ("[1, 2 ,]", "[1, 2]"),
        ("{1, 'a'}", "{1, 'a'}"),
        ("{'a' :1, 'a': 2,}", "{'a': 1, 'a': 2}"),
        ("{'descr':'<i4','shape':(3,)}", "{'descr': '<i4', 'shape': (3,)}"),
    ] {
        assert_eq!(repr(&value(text)), printed);
    }
}

#[test]
fn every_value_knows_where_it_begins() {
    let literal = parse_with(" {'é': [(7, )]}", false).unwrap();
    assert_eq!(literal.position(), 1);
    let Value::Dict(items) = literal.value else { panic!("not a dict") };
    let [(key, list)] = &items[..] else { panic!("not one item") };
    assert_eq!((key.offset, list.offset), (2, 8));
    let Value::List(items) = &list.value else { panic!("not a list") };
    assert_eq!(items[0].offset, 9);
}

#[test]
fn numbers_in_every_spelling() {
    for (text, int) in [
        ("0", 0),
        ("00", 0),
        ("0_0", 0),
        ("1_000", 1000),
        ("-3", -3),
        ("+ 3", 3),
        ("-(3)", -3),
        ("0x_fF", 255),
        ("0O17", 15),
        ("0b1_1", 3),
        ("18446744073709551616", 1 << 64),
    ] {
        assert_eq!(value(text), Value::Int(int), "{text}");
    }
    for (text, float) in [("1.", 1.0), (".5", 0.5), ("03.5", 3.5), ("-1_0e+1", -100.0)] {
        assert_eq!(value(text), Value::Float(float), "{text}");
    }
    for text in ["03", "1__0", "1_", "_1", "0x", "0o8", "1e", ".", "3l", "1j", "--3", "-True", "-"]
    {
        error(text);
    }
    let digits = error("123456789012345678901");
    assert_eq!((digits.kind(), digits.offset()), (ErrorKind::Limit, Some(0)));
}

#[test]
fn longs_of_python_2_only_where_they_may_be() {
    for text in ["(3L,)", "(3 L L,)", "(0x3L,)", "3L"] {
        assert!(parse_with(text, true).is_ok(), "{text}");
        error(text);
    }
    for text in ["(3LL,)", "(3l,)", "(3L4,)", "('a' L,)", "(L,)"] {
        assert!(parse_with(text, true).is_err(), "{text}");
    }
}

#[test]
fn strings_in_every_spelling() {
    for (text, string) in [
        (r#""it's""#, "it's"),
        (r"'\'\x41\101\u00e9\U0001F600\n'", "'AAé😀\n"),
        (r#"'\a\b\f\n\r\t\v\\\"\q'"#, "\x07\x08\x0c\n\r\t\x0b\\\"\\q"),
        (r"'\q'", r"\q"),
        ("u'a'", "a"),
        (r"r'\n\''", r"\n\'"),
        ("'a' \"b\"'''c'''", "abc"),
        ("'''a\r\n'b'''", "a\n'b"),
        ("'a\\\nb'", "ab"),
        ("('a'\n'b')", "ab"),
        ("''", ""),
    ] {
        assert_eq!(value(text), Value::Str(string.to_owned()), "{text}");
    }
    assert_eq!(value(r"b'\xff\400' Rb'\x'"), Value::Bytes(b"\xff\0\\x".to_vec()));
    for text in
        ["'a", "'a\n'", "'''a''", "'a' b'b'", r"'\x4'", "b'é'", "f'a'", "ur'a'", r"'\U00110000'"]
    {
        assert_eq!(error(text).kind(), ErrorKind::Corrupt, "{text}");
    }
    assert_eq!(error(r"'\N{DASH}'").kind(), ErrorKind::Unsupported);
    let codes = vec![u32::from('é'), 0xD800, 0xDFFF, u32::from('x')];
    assert_eq!(value(r"'é\ud800' '\udfffx'"), Value::Codes(codes));
}

#[test]
fn lines_as_python_reads_them() {
    let fine = [
        "  1",
        "\t1",
        "\n1",
        " # c\n\n1",
        "1  \n\n",
        "1 # c",
        "1\r\n \r\n",
        "(\n1\n #c\r)",
        "1\x0c\n",
    ];
    for text in fine.into_iter().chain(["\\\n1", "(1 \\\n)", "\n \x0c1"]) {
        assert_eq!(value(text), Value::Int(1), "{text:?}");
    }
    for text in [
        "",
        "  \n",
        "\n 1",
        "1\n2",
        "1;",
        "1 x",
        "1\0",
        "1\x0b",
        "\u{a0}1",
        "\u{feff}1",
        "1 \\\n",
        "\\ 1",
    ] {
        assert_eq!(error(text).kind(), ErrorKind::Corrupt, "{text:?}");
    }
}

#[test]
fn what_computes_is_refused() {
    for text in [
        "1 + 2",
        "2**2",
        "[1]*2",
        "not True",
        "1 if 2 else 3",
        "lambda: 1",
        "f(1)",
        "{**{}}",
        "(*[],)",
        "np.int64(3)",
        "true",
        "null",
        "1, 2",
        "{1: 2, 3}",
        "{1, 2: 3}",
        "{[]: 1}",
        "{([],)}",
        "(1 2)",
        "(,)",
        "[1,,2]",
        "(1]",
        "(",
        "{'a' 1}",
        "{'a':}",
    ] {
        assert_eq!(error(text).kind(), ErrorKind::Corrupt, "{text:?}");
    }
}

#[test]
fn errors_say_what_and_where() {
    let error = error("{'shape': (1 + 2,)}");
    assert_eq!(
        error.to_string(),
        "can't parse the Python literal: expected ',' or ')', found '+' (at byte 13)"
    );
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(value(&nested(32)), Value::Int(1));
    assert_eq!(error(&nested(33)).kind(), ErrorKind::Limit);
    assert_eq!(error(&format!("-{}", nested(33))).kind(), ErrorKind::Limit);
    assert_eq!(error(&"[".repeat(1 << 20)).kind(), ErrorKind::Limit);
}

fn literals() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        Just(Value::Ellipsis),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|int| Value::Int(int.into())),
        any::<f64>().prop_filter("literal", |float| float.is_finite()).prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
        any::<Vec<u8>>().prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let inner = inner.prop_map(|value| Literal { offset: 0, value });
        let keys = inner.clone().prop_filter("hashable", |key| key.value.is_hashable());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Tuple),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec(keys.clone(), 1..4).prop_map(Value::Set),
            prop::collection::vec((keys, inner), 0..4).prop_map(Value::Dict),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_python_prints(literal in literals()) {
        let printed = repr(&literal);
        // the text names every value, so equal texts are equal values
        let limits = Limits::default().digits(1000);
        prop_assert_eq!(repr(&parse(&printed, &limits, false).unwrap().value), printed);
    }

    #[test]
    fn never_panics(text in prop_oneof![any::<String>(), "[-+0-9a-fxXoOL_.(){}\\[\\],:'\"\\\\ru\n\r #]{0,40}"]) {
        if let Err(error) = parse_with(&text, true) {
            let offset = usize::try_from(error.offset().unwrap()).unwrap();
            prop_assert!(text.is_char_boundary(offset));
        }
    }
}
