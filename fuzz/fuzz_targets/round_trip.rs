//! What is written is read again, bit by bit, whatever the options; and by the `zip` crate.
#![no_main]

use std::io::Cursor;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use npz_core::{
    AnyArray, ByteOrder, Compression, DType, Header, NpzReader, NpzStream, NpzWriter, Order,
    SaveOptions, StreamEntry,
};

#[derive(Arbitrary, Debug)]
struct Item {
    name: String,
    dtype: u8,
    fortran: bool,
    shape: Vec<u8>,
    bytes: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
struct Input {
    items: Vec<Item>,
    level: u8,
    alignment: u8,
    big: bool,
    keep_order: bool,
    seek: bool,
}

const DTYPES: [&str; 14] = [
    "|b1",
    "|i1",
    "<u2",
    ">i4",
    "<f2",
    ">f4",
    "<f8",
    "<c16",
    "<U3",
    "|S2",
    "<M8[us]",
    "|V3",
    "<f16",
    "[('a', '<f4'), ('b', '|u1', (2,)), ('c', [('d', '>i2')])]",
];

impl Item {
    fn array(&self) -> Option<AnyArray> {
        let dtype: DType = DTYPES[usize::from(self.dtype) % DTYPES.len()].parse().ok()?;
        let shape: Vec<usize> =
            self.shape.iter().take(4).map(|size| usize::from(size % 5)).collect();
        let order = if self.fortran { Order::Fortran } else { Order::C };
        let header = Header::new(dtype, order, shape).ok()?;
        let bytes: Vec<u8> = self.bytes.iter().copied().cycle().take(header.nbytes()).collect();
        let bytes = if bytes.len() < header.nbytes() { vec![0; header.nbytes()] } else { bytes };
        AnyArray::from_bytes(header, &bytes).ok()
    }
}

fuzz_target!(|input: Input| {
    // Packing takes longer than all the rest.
    let compression = match input.level % 40 {
        level @ 1..=9 => Compression::Deflate(level),
        _ => Compression::Stored,
    };
    let options = SaveOptions::new()
        .compression(compression)
        .alignment(1 << (input.alignment % 13))
        .byte_order(if input.big { ByteOrder::Big } else { ByteOrder::Little })
        .keep_fortran_order(input.keep_order);
    let mut expected = Vec::new();
    let write = |writer: &mut NpzWriter<Cursor<Vec<u8>>>,
                 expected: &mut Vec<(String, AnyArray)>| {
        for item in input.items.iter().take(5) {
            let Some(array) = item.array() else { continue };
            // Names that can't be written, or are there already.
            if writer.add_any(&item.name, &array).is_ok() {
                expected.push((item.name.clone(), array));
            }
        }
    };
    let out = Cursor::new(Vec::new());
    let mut writer = match input.seek {
        true => NpzWriter::from_seek(out, &options).unwrap(),
        false => NpzWriter::with_options(out, &options).unwrap(),
    };
    write(&mut writer, &mut expected);
    let bytes = writer.finish().unwrap().into_inner();

    let reader = NpzReader::from_bytes(&bytes).unwrap();
    reader.verify().unwrap();
    let names: Vec<_> = reader.names().map(str::to_owned).collect();
    assert!(names.iter().eq(expected.iter().map(|(name, _)| name)), "{names:?}");
    for (name, array) in &expected {
        assert_eq!(&reader.any(name).unwrap(), array);
    }
    let mut stream = NpzStream::new(&bytes[..]);
    for (_, array) in &expected {
        let entry = stream.next_entry().unwrap().unwrap();
        assert_eq!(&StreamEntry::read_any(entry).unwrap(), array);
    }
    assert!(stream.next_entry().unwrap().is_none());
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.len(), expected.len());
    for (index, (name, _)) in expected.iter().enumerate() {
        let mut file = archive.by_index(index).unwrap();
        let mut found = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut found).unwrap();
        assert_eq!(found, reader.bytes(name).unwrap());
    }
});
