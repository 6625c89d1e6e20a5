//! Arrays: read whatever their type, as types, in place; written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndarray::IxDyn;
use npz_core::{
    AnyArray, ByteString, Bytes, Cast, Element, LoadOptions, LongDouble, LossyString, NpyReader,
    NpyStream, NpyView, NpyWriter, Text, Void,
};

fn load<A: Element>(bytes: &[u8], array: Option<&AnyArray>) {
    let options = LoadOptions::new().cast(Cast::Any);
    let read = NpyReader::new(bytes).and_then(NpyReader::read::<A, IxDyn>);
    let _ = NpyReader::with_options(bytes, &options).and_then(NpyReader::read::<A, IxDyn>);
    let viewed = NpyView::new(bytes).and_then(|view| view.view::<A, IxDyn>().map(|a| a.to_owned()));
    if let (Ok(read), Ok(viewed)) = (&read, &viewed) {
        assert_eq!(read.shape(), viewed.shape());
        let (read, viewed): (Vec<A>, Vec<A>) =
            (read.iter().cloned().collect(), viewed.iter().cloned().collect());
        assert_eq!(A::as_bytes(&read), A::as_bytes(&viewed));
    }
    let Ok(read) = read else { return };
    // What a type can hold, it holds bit by bit. (Text may be narrower when written again.)
    let array = array.expect("a typed array is one of any type too");
    let written = AnyArray::new(&read).unwrap();
    assert_eq!(written.shape(), array.shape());
    if A::as_bytes(&[]).is_some() {
        assert_eq!(&written, array);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let any = NpyReader::new(bytes).and_then(NpyReader::read_any).ok();
    if let Some(array) = &any {
        let written = NpyWriter::new(Vec::new()).write_any(array).unwrap();
        let again = NpyReader::new(&written[..]).unwrap().read_any().unwrap();
        assert_eq!(&again, array);
        if array.len() < 5000 {
            let _ = (array.to_string(), format!("{array:?}"));
        }
    }
    // What is no array of any type is none of a certain one: asking for one of them is enough, which one
    // the bytes say. Of arrays without bytes there may be many items.
    let loads = [
        load::<bool>,
        load::<i8>,
        load::<u16>,
        load::<i32>,
        load::<u64>,
        load::<f32>,
        load::<f64>,
        load::<String>,
        load::<LossyString>,
        load::<ByteString>,
        load::<Text<3>>,
        load::<Bytes<4>>,
        load::<Void<2>>,
        load::<LongDouble>,
    ];
    match &any {
        Some(array) if array.len() < 5000 => {
            loads.iter().for_each(|load| load(bytes, any.as_ref()));
        }
        _ => loads[bytes.len() % loads.len()](bytes, any.as_ref()),
    }
    for array in NpyStream::new(bytes).take(100) {
        let Ok(array) = array else { break };
        let _ = array.nbytes();
    }
});
