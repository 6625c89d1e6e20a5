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
    load::<bool>(bytes, any.as_ref());
    load::<i8>(bytes, any.as_ref());
    load::<u16>(bytes, any.as_ref());
    load::<i32>(bytes, any.as_ref());
    load::<u64>(bytes, any.as_ref());
    load::<f32>(bytes, any.as_ref());
    load::<f64>(bytes, any.as_ref());
    load::<String>(bytes, any.as_ref());
    load::<LossyString>(bytes, any.as_ref());
    load::<ByteString>(bytes, any.as_ref());
    load::<Text<3>>(bytes, any.as_ref());
    load::<Bytes<4>>(bytes, any.as_ref());
    load::<Void<2>>(bytes, any.as_ref());
    load::<LongDouble>(bytes, any.as_ref());
    for array in NpyStream::new(bytes).take(100) {
        let Ok(array) = array else { break };
        let _ = array.nbytes();
    }
});
