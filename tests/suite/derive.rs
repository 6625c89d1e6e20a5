//! Structs of every form, saved and loaded again, and the names that they have in the file.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::fs;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use half::{bf16, f16};
use ndarray::{
    ArcArray1, Array, Array0, Array1, Array2, Array3, ArrayD, ArrayView1, ArrayView2, CowArray,
    Dimension, Ix1, Ix2, IxDyn, arr0, arr1, arr2,
};
use npz_core::{
    Element, Error, ErrorKind, LoadNpz, LoadOptions, NpzReader, NpzWriter, SaveNpz, SaveOptions,
};
use num_complex::Complex;

/// Saves and loads; asserts the names in the file's order.
fn round_trip<S: SaveNpz, T: LoadNpz>(value: &S, names: &[&str]) -> T {
    let bytes = bytes(value).unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.names().collect::<Vec<_>>(), names);
    reader.load().unwrap_or_else(|error| panic!("{error}"))
}

fn same<T: SaveNpz + LoadNpz + PartialEq + Debug>(value: &T, names: &[&str]) {
    assert_eq!(&round_trip::<T, T>(value, names), value);
}

fn bytes(value: &(impl SaveNpz + ?Sized)) -> Result<Vec<u8>, Error> {
    let mut writer = NpzWriter::new(Vec::new());
    writer.add_all(value)?;
    writer.finish()
}

#[derive(SaveNpz, LoadNpz, Clone, Debug, PartialEq, Default)]
struct Linear<A> {
    weight: Array2<A>,
    bias: Option<Array1<A>>,
}

fn linear(n: usize, bias: bool) -> Linear<f32> {
    let weight = Array::from_shape_fn((n, 2), |(i, j)| (10 * i + j) as f32);
    Linear { weight, bias: bias.then(|| Array1::from_elem(2, 0.5)) }
}

#[test]
fn named_tuple_newtype_unit_and_nested() {
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Pair(Array1<u8>, f64);
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Meters(f64);
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Marker;
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Tagged<T>(Array1<u8>, #[npz(skip)] PhantomData<T>);
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Model {
        layers: Vec<Linear<f32>>,
        pair: Pair,
        length: Meters,
        marker: Marker,
        tagged: Tagged<String>,
        r#type: u16,
        unit: (),
    }
    let model = Model {
        layers: vec![linear(1, true), linear(3, false)],
        pair: Pair(arr1(&[1]), 2.5),
        length: Meters(1.0),
        marker: Marker,
        tagged: Tagged(arr1(&[3, 4]), PhantomData),
        r#type: 7,
        unit: (),
    };
    let names = [
        "layers.0.weight",
        "layers.0.bias",
        "layers.1.weight",
        "pair.0",
        "pair.1",
        "length",
        "tagged",
        "type",
    ];
    same(&model, &names);
    same(&Meters(2.0), &["arr_0"]);
    same(&Pair(arr1(&[]), 0.0), &["0", "1"]);
    same(&Marker, &[]);
    same(&vec![linear(2, true)], &["0.weight", "0.bias"]);
}

#[test]
fn every_field_type_of_the_manual() {
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct All {
        scalar: f32,
        half: f16,
        brain: bf16,
        complex: Complex<f64>,
        flag: bool,
        size: usize,
        text: String,
        empty_text: String,
        zero: Array0<i8>,
        dynamic: ArrayD<u64>,
        shared: ArcArray1<i16>,
        cow: CowArray<'static, f32, Ix1>,
        numbers: Vec<f64>,
        no_numbers: Vec<i32>,
        words: Vec<String>,
        fixed: [u8; 3],
        fixed_none: [u8; 0],
        matrix: [[f32; 2]; 2],
        structs: [Linear<f32>; 2],
        boxed: Box<Linear<f32>>,
        counted: Rc<f64>,
        atomic: Arc<Vec<u8>>,
        pair: (u8, Linear<f32>),
        one: (String,),
        by_name: HashMap<String, Array1<f32>>,
        by_number: BTreeMap<i64, Vec<u8>>,
        nested: BTreeMap<String, BTreeMap<u8, Linear<f32>>>,
        marker: PhantomData<fn(Rc<u8>)>,
        boxed_slice: Box<[f32]>,
        borrowed: Cow<'static, [u8]>,
        some: Option<f32>,
        none: Option<Linear<f32>>,
        some_empty: Option<Vec<Linear<f32>>>,
        no_structs: Vec<Linear<f32>>,
        no_entries: HashMap<String, f32>,
        lists: Vec<Vec<f32>>,
    }
    let all = All {
        scalar: f32::MIN_POSITIVE,
        half: f16::from_f32(0.1),
        brain: bf16::from_f32(0.1),
        complex: Complex::new(-0.0, 1.0),
        flag: true,
        size: usize::MAX,
        text: "naïve 日本".to_owned(),
        empty_text: String::new(),
        zero: arr0(-1),
        dynamic: ArrayD::from_elem(IxDyn(&[2, 1, 2]), u64::MAX),
        shared: arr1(&[-1, 2]).into(),
        cow: arr1(&[0.5]).into(),
        numbers: vec![1.0, -0.0],
        no_numbers: vec![],
        words: vec!["a".to_owned(), "längeres".to_owned()],
        fixed: [1, 2, 3],
        fixed_none: [],
        matrix: [[1.0, 2.0], [3.0, 4.0]],
        structs: [linear(1, true), linear(2, false)],
        boxed: Box::new(linear(2, true)),
        counted: Rc::new(2.5),
        atomic: Arc::new(vec![1, 2]),
        pair: (9, linear(1, false)),
        one: ("x".to_owned(),),
        by_name: HashMap::from([("b.c".to_owned(), arr1(&[1.0])), ("a".to_owned(), arr1(&[]))]),
        by_number: BTreeMap::from([(-5, vec![1]), (10, vec![]), (2, vec![3])]),
        nested: BTreeMap::from([
            ("x".to_owned(), BTreeMap::from([(1, linear(1, true)), (200, linear(1, false))])),
            ("empty".to_owned(), BTreeMap::new()),
        ]),
        marker: PhantomData,
        boxed_slice: [0.5].into(),
        borrowed: Cow::Borrowed(&[7, 8]),
        some: Some(1.5),
        none: None,
        some_empty: Some(vec![]),
        no_structs: vec![],
        no_entries: HashMap::new(),
        lists: vec![vec![], vec![1.0]],
    };
    let names: Vec<String> = {
        let bytes = bytes(&all).unwrap();
        NpzReader::from_bytes(&bytes).unwrap().names().map(str::to_owned).collect()
    };
    same(&all, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let below = |level: &str| {
        names.iter().filter(|name| name.starts_with(level)).map(String::as_str).collect::<Vec<_>>()
    };
    assert_eq!(
        below("by_"),
        ["by_name.a", "by_name.b.c", "by_number.-5", "by_number.2", "by_number.10"]
    );
    assert_eq!(
        below("nested"),
        ["nested.empty", "nested.x.1.weight", "nested.x.1.bias", "nested.x.200.weight"]
    );
    assert_eq!(below("matrix"), ["matrix.0", "matrix.1"]);
    assert_eq!(below("pair"), ["pair.0", "pair.1.weight"]);
    assert_eq!(below("no"), ["no_numbers", "no_structs", "no_entries"]);
    assert_eq!(below("lists"), ["lists.0", "lists.1"]);
    assert_eq!(below("some"), ["some", "some_empty"]);
}

#[test]
fn generics_need_no_bounds() {
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Tree<A> {
        value: Array1<A>,
        children: Vec<Tree<A>>,
        next: Option<Box<Self>>,
    }
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Mixed<A, D: Dimension, T, const N: usize> {
        array: Array<A, D>,
        items: [T; N],
        list: Vec<T>,
        map: HashMap<String, T>,
        unit: PhantomData<A>,
    }
    trait Backend {
        type Tensor;
    }
    #[derive(Debug, PartialEq)]
    struct Cpu;
    impl Backend for Cpu {
        type Tensor = Array2<f64>;
    }
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Layer<B: Backend> {
        weight: B::Tensor,
    }
    let leaf = |value: f32| Tree { value: arr1(&[value]), children: vec![], next: None };
    let mut tree = leaf(1.0);
    tree.children = vec![leaf(2.0), leaf(3.0)];
    tree.next = Some(Box::new(leaf(4.0)));
    let names = [
        "value",
        "children.0.value",
        "children.0.children",
        "children.1.value",
        "children.1.children",
        "next.value",
        "next.children",
    ];
    same(&tree, &names);
    let mixed: Mixed<u8, Ix2, (u8, f32), 2> = Mixed {
        array: arr2(&[[1]]),
        items: [(1, 1.0), (2, 2.0)],
        list: vec![(3, 3.0)],
        map: HashMap::from([("k".to_owned(), (4, 4.0))]),
        unit: PhantomData,
    };
    let names = [
        "array",
        "items.0.0",
        "items.0.1",
        "items.1.0",
        "items.1.1",
        "list.0.0",
        "list.0.1",
        "map.k.0",
        "map.k.1",
    ];
    same(&mixed, &names);
    same(&Layer::<Cpu> { weight: Array2::eye(2) }, &["weight"]);
}

#[test]
fn attributes_name_default_and_skip() {
    fn one() -> f64 {
        1.0
    }
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    #[npz(rename_all = "camelCase")]
    struct Config {
        learning_rate: f64,
        #[npz(rename = "decoder.head.weight")]
        head: Array1<f32>,
        #[npz(skip)]
        cache: Vec<u8>,
        #[npz(skip, default = "one")]
        skipped_one: f64,
        #[npz(default)]
        warm_up: u32,
        #[npz(default = "one")]
        scale: f64,
    }
    let config = Config {
        learning_rate: 0.1,
        head: arr1(&[1.0]),
        cache: vec![],
        skipped_one: 1.0,
        warm_up: 5,
        scale: 2.0,
    };
    same(&config, &["learningRate", "decoder.head.weight", "warmUp", "scale"]);

    let mut writer = NpzWriter::new(Vec::new());
    writer.add("learningRate", &arr0(0.5)).unwrap();
    writer.add("decoder.head.weight", &arr1(&[1.0_f32])).unwrap();
    let bytes = writer.finish().unwrap();
    let old: Config = NpzReader::from_bytes(&bytes).unwrap().load().unwrap();
    assert_eq!((old.warm_up, old.scale, old.skipped_one), (0, 1.0, 1.0));
}

#[derive(SaveNpz, LoadNpz, Clone, Debug, PartialEq)]
struct Inner {
    gain: f32,
    #[npz(flatten)]
    rest: BTreeMap<String, ArrayD<f32>>,
}

/// A flattened map takes what no other field has: no field of this struct, of one it is flattened
/// into, or of one that is flattened beside it.
#[test]
fn flattened_maps_take_the_rest_and_no_more() {
    let rest = |name: &str| BTreeMap::from([(name.to_owned(), ArrayD::<f32>::zeros(IxDyn(&[])))]);

    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Outer {
        bias: f32,
        #[npz(flatten)]
        inner: Inner,
    }
    let inner = Inner { gain: 1.0, rest: rest("a.b") };
    same(&Outer { bias: 2.0, inner: inner.clone() }, &["bias", "gain", "a.b"]);

    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Scalars {
        gain: f32,
        deep: Deep,
    }
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Deep {
        offset: f32,
    }
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Beside {
        #[npz(flatten)]
        first: BTreeMap<String, ArrayD<f32>>,
        #[npz(flatten)]
        second: Box<Scalars>,
        #[npz(flatten)]
        third: Option<(f32,)>,
        bias: f32,
    }
    let second = || Box::new(Scalars { gain: 3.0, deep: Deep { offset: 1.0 } });
    let beside = Beside { first: rest("x"), second: second(), third: Some((4.0,)), bias: 5.0 };
    same(&beside, &["x", "gain", "deep.offset", "0", "bias"]);
    let beside = Beside { first: BTreeMap::new(), second: second(), third: None, bias: 5.0 };
    same(&beside, &["gain", "deep.offset", "bias"]);

    // Two maps would both take all of it.
    #[derive(SaveNpz, LoadNpz, Debug)]
    struct Twice {
        #[npz(flatten)]
        one: BTreeMap<String, ArrayD<f32>>,
        #[npz(flatten)]
        two: BTreeMap<String, ArrayD<f32>>,
    }
    let twice = bytes(&Twice { one: rest("a"), two: rest("b") }).unwrap();
    let error = NpzReader::from_bytes(&twice).unwrap().load::<Twice>().unwrap_err();
    assert_eq!(error.errors()[0].kind(), ErrorKind::Duplicate, "{error}");
}

#[test]
fn a_flattened_option_is_none_where_its_names_are_absent() {
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Model {
        step: u64,
        #[npz(flatten)]
        head: Option<Linear<f32>>,
        #[npz(flatten)]
        tail: Option<Box<Extra>>,
    }
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Extra {
        extra: f32,
    }
    let extra = || Some(Box::new(Extra { extra: 1.0 }));
    same(&Model { step: 1, head: None, tail: None }, &["step"]);
    same(&Model { step: 1, head: None, tail: extra() }, &["step", "extra"]);
    same(&Model { step: 1, head: Some(linear(1, false)), tail: None }, &["step", "weight"]);
    let all = Model { step: 1, head: Some(linear(1, true)), tail: extra() };
    same(&all, &["step", "weight", "bias", "extra"]);
}

#[test]
fn a_whole_file_is_a_dictionary() {
    let map: HashMap<String, ArrayD<f32>> = ["b", "a.0.x", "größe", "with blank/and slash", "0"]
        .into_iter()
        .map(|name| (name.to_owned(), ArrayD::from_elem(IxDyn(&[name.len()]), 1.0)))
        .collect();
    let mut names: Vec<&str> = map.keys().map(String::as_str).collect();
    names.sort_unstable();
    same(&map, &names);
    same(&HashMap::<String, ArrayD<f32>>::new(), &[]);
    let lists: BTreeMap<u32, Vec<Linear<f32>>> =
        BTreeMap::from([(3, vec![linear(1, false)]), (7, vec![])]);
    same(&lists, &["3.0.weight", "7"]);
}

#[test]
fn roots_of_every_kind() {
    same(&2.5_f64, &["arr_0"]);
    same(&"text".to_owned(), &["arr_0"]);
    same(&vec![1_u8, 2], &["arr_0"]);
    same(&Array3::<f32>::zeros((1, 2, 3)), &["arr_0"]);
    same(&(1_u8, "x".to_owned()), &["0", "1"]);
    same(&Some(linear(1, false)), &["weight"]);
    same(&Vec::<Linear<f32>>::new(), &[]);
    same(&[linear(1, false), linear(2, false)], &["0.weight", "1.weight"]);
}

#[test]
fn borrowing_structs_can_be_saved() {
    #[derive(SaveNpz)]
    struct Borrowed<'a, A: Element> {
        weight: ArrayView2<'a, A>,
        bias: Option<ArrayView1<'a, A>>,
        names: &'a [String],
        name: &'a str,
        objects: Vec<Box<dyn SaveNpz + 'a>>,
        any: &'a dyn SaveNpz,
    }
    #[derive(LoadNpz, Debug, PartialEq)]
    struct Owned {
        weight: Array2<f32>,
        bias: Option<Array1<f32>>,
        names: Vec<String>,
        name: String,
        objects: (f64, Linear<f32>),
        any: u8,
    }
    let weight = arr2(&[[1.0_f32, 2.0], [3.0, 4.0]]);
    let row = arr1(&[5.0_f32]);
    let names = ["a".to_owned()];
    let borrowed = Borrowed {
        weight: weight.t(),
        bias: Some(row.view()),
        names: &names,
        name: "n",
        objects: vec![Box::new(1.5_f64), Box::new(linear(1, false))],
        any: &3_u8,
    };
    let expected = ["weight", "bias", "names", "name", "objects.0", "objects.1.weight", "any"];
    let owned: Owned = round_trip(&borrowed, &expected);
    assert_eq!(owned.weight, weight.t());
    assert_eq!(owned.bias.as_ref(), Some(&row));
    assert_eq!((owned.names.as_slice(), owned.name.as_str(), owned.any), (&names[..], "n", 3));
    assert_eq!(owned.objects, (1.5, linear(1, false)));
}

/// What could not be loaded again as it was is refused, and the file that is there stays.
#[test]
fn what_cannot_come_back_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("kept.npz");
    fs::write(&path, "kept").unwrap();
    let refused = |value: &dyn SaveNpz, kind: ErrorKind, part: &str| {
        let error = (&value).save_npz(&path).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(error.path(), Some(path.as_path()));
        assert!(!error.to_string().contains('\n'), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    };
    let map = |key: &str| BTreeMap::from([(key.to_owned(), linear(1, false))]);
    let empty =
        |key: &str| BTreeMap::from([(key.to_owned(), BTreeMap::<String, Array1<u8>>::new())]);
    let leaf = |key: &str| BTreeMap::from([(key.to_owned(), 1.0)]);

    refused(
        &vec![Some(1.0), None],
        ErrorKind::Unsupported,
        "item \"1\" of this list or map writes no array",
    );
    refused(&vec![()], ErrorKind::Unsupported, "writes no array");
    refused(&BTreeMap::from([("a".to_owned(), None::<f32>)]), ErrorKind::Unsupported, "item \"a\"");
    refused(&Some(()), ErrorKind::Unsupported, "can't be told from None");
    refused(&Some(None::<f32>), ErrorKind::Unsupported, "can't be told from None");
    refused(&map("a.b"), ErrorKind::Name, "the key \"a.b\" contains the separator \".\"");
    refused(&empty("a.b"), ErrorKind::Name, "the key \"a.b\" contains the separator \".\"");
    refused(
        &BTreeMap::from([("a.b".to_owned(), Vec::<Linear<f32>>::new())]),
        ErrorKind::Name,
        "contains the separator",
    );
    refused(&map(""), ErrorKind::Name, "empty name");
    refused(&leaf("../x"), ErrorKind::Name, "leaves the directory");
    refused(&leaf("/x"), ErrorKind::Name, "absolute");
    refused(&leaf("x\0"), ErrorKind::Name, "NUL");
    refused(&leaf("a\\b"), ErrorKind::Name, "backslash");
    refused(&leaf("__metadata__"), ErrorKind::Name, "reserved");
    refused(
        &BTreeMap::from([("a".to_owned(), 1.0), ("a.npy".to_owned(), 2.0)]),
        ErrorKind::Name,
        "can't be told apart",
    );
    refused(&vec!["nul at the end\0".to_owned()], ErrorKind::Value, "NUL");

    #[derive(SaveNpz)]
    struct Clash {
        #[npz(rename = "a.b")]
        deep: f32,
        a: BTreeMap<String, f32>,
    }
    let clash = Clash { deep: 1.0, a: BTreeMap::from([("b".to_owned(), 2.0)]) };
    refused(&clash, ErrorKind::Duplicate, "two entries are named \"a.b\"");

    // With another separator the same keys are fine, on both sides.
    let options = SaveOptions::new().separator("/");
    map("a.b").save_npz_with(&path, &options).unwrap();
    assert_eq!(NpzReader::open(&path).unwrap().names().collect::<Vec<_>>(), ["a.b/weight"]);
    let loaded: BTreeMap<String, Linear<f32>> =
        LoadNpz::load_npz_with(&path, &LoadOptions::new().separator("/")).unwrap();
    assert_eq!(loaded, map("a.b"));
}

/// As deep as can be saved can be loaded, whatever the levels are made of.
#[test]
fn as_deep_as_it_saves_it_loads() {
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Named {
        next: Option<Box<Named>>,
        value: u8,
    }
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Link(Option<Box<Chain>>);
    #[derive(SaveNpz, LoadNpz, Debug, PartialEq)]
    struct Chain {
        next: Link,
        value: u8,
    }
    let named = |depth| {
        (0..depth).fold(Named { next: None, value: 0 }, |next, _| Named {
            next: Some(Box::new(next)),
            value: 1,
        })
    };
    let chain = |depth| {
        (0..depth).fold(Chain { next: Link(None), value: 0 }, |next, _| Chain {
            next: Link(Some(Box::new(next))),
            value: 1,
        })
    };
    let mut deepest = [0, 0];
    for depth in 0..200 {
        if let Ok(bytes) = bytes(&named(depth)) {
            assert_eq!(
                NpzReader::from_bytes(&bytes).unwrap().load::<Named>().unwrap(),
                named(depth)
            );
            deepest[0] = depth;
        }
        match bytes(&chain(depth)) {
            Ok(bytes) => {
                let loaded: Chain = NpzReader::from_bytes(&bytes).unwrap().load().unwrap();
                assert_eq!(loaded, chain(depth));
                deepest[1] = depth;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Limit, "{error}"),
        }
    }
    assert!(deepest[0] >= 120 && deepest[1] >= 60, "{deepest:?}");
}

#[test]
fn hand_written_leaves_are_map_values_too() {
    #[derive(Debug, PartialEq)]
    struct Matrix(Vec<f32>);
    impl SaveNpz for Matrix {
        fn plan<'a>(&'a self, plan: &mut npz_core::Plan<'a>) -> npz_core::Result<()> {
            plan.array(ArrayView1::from(&self.0))
        }
    }
    impl LoadNpz for Matrix {
        fn expect(at: &mut npz_core::Expect<'_>) {
            at.array::<f32, Ix1>();
        }
        fn load(at: &npz_core::Node<'_>) -> npz_core::Result<Self> {
            Ok(Self(at.array::<f32, Ix1>()?.to_vec()))
        }
        fn is_leaf() -> bool {
            true
        }
    }
    let map =
        BTreeMap::from([("a.b".to_owned(), Matrix(vec![1.0])), ("a".to_owned(), Matrix(vec![]))]);
    same(&map, &["a", "a.b"]);
}
