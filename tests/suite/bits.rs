//! Every bit of every value, through every way of reading: NaNs with a payload, signalling ones,
//! negative zeros and denormals too.

use half::{bf16, f16};
use ndarray::{Array1, ArrayD, Ix1, IxDyn, s};
use npz_core::{
    AnyArray, ByteOrder, Cast, Compression, Element, Header, LoadNpz, LoadOptions, NpyReader,
    NpyStream, NpyView, NpyWriter, NpzEditor, NpzReader, NpzStream, NpzWriter, Order, SaveNpz,
    SaveOptions, StreamEntry, read_npy, read_npy_slice,
};
use num_complex::Complex;

/// Bits that arithmetic or a move through a register could change, by the width of a float.
fn patterns(exponent_bits: u32, width: u32) -> Vec<u64> {
    let mantissa_bits = width - 1 - exponent_bits;
    let sign = 1 << (width - 1);
    let infinity = ((1 << exponent_bits) - 1) << mantissa_bits;
    let quiet = 1 << (mantissa_bits - 1);
    let payload = 0x2AAA_AAAA_AAAA_AAAA & (quiet - 1);
    let plain = [
        0,
        1,                              // the smallest denormal
        (1 << mantissa_bits) - 1,       // the largest
        infinity | quiet,               // the usual NaN
        infinity | quiet | payload | 1, // one with a payload
        infinity | 1,                   // signalling
        infinity | payload | 1,         // signalling, with a payload
        infinity | (quiet - 1),
        infinity,
        infinity - 1, // the largest number
    ];
    plain.into_iter().flat_map(|bits| [bits, bits | sign]).collect()
}

#[derive(SaveNpz, LoadNpz)]
struct Holder<A> {
    x: Array1<A>,
}

/// Reads these numbers, of `width` bits each, in both orders by all ways there are.
fn check<A: Element + Copy>(dtype: npz_core::DType, exponent_bits: u32, width: u32) {
    let patterns = patterns(exponent_bits, width);
    let bytes_of = |big: bool| -> Vec<u8> {
        let len = width as usize / 8;
        let bytes = |bits: &u64| match big {
            true => bits.to_be_bytes()[8 - len..].to_vec(),
            false => bits.to_le_bytes()[..len].to_vec(),
        };
        patterns.iter().flat_map(bytes).collect()
    };
    let native = bytes_of(cfg!(target_endian = "big"));
    let items = native.len() / size_of::<A>();
    let same = |how: &str, found: &[A]| {
        assert!(A::as_bytes(found) == Some(&native[..]), "{how} of {}", A::expected());
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let header = Header::new(dtype.clone().with_byte_order(order), Order::C, [items]).unwrap();
        let any = AnyArray::from_bytes(header, &bytes_of(order == ByteOrder::Big)).unwrap();
        let npy = NpyWriter::new(Vec::new()).write_any(&any).unwrap();
        std::fs::write(&path, &npy).unwrap();
        let array: Array1<A> = read_npy(&path).unwrap();
        same("a file", array.as_slice().unwrap());
        same("a reader", &NpyReader::new(&npy[..]).unwrap().read::<A, Ix1>().unwrap().to_vec());
        same("a stream", &NpyStream::new(&npy[..]).read::<A, Ix1>().unwrap().to_vec());
        same("any type", &any.to_array::<A, Ix1>().unwrap().to_vec());
        same("a cast to itself", &any.cast::<A, Ix1>(Cast::Any).unwrap().to_vec());
        same("a slice", &read_npy_slice::<A, _>(&path, s![..]).unwrap().to_vec());
        let back = read_npy_slice::<A, _>(&path, s![..;-1]).unwrap();
        same("a slice backwards", &back.iter().rev().copied().collect::<Vec<_>>());
        if order == ByteOrder::NATIVE {
            // At an address where every type can stand.
            let aligned = AnyArray::from_bytes(any.header().clone(), any.as_bytes()).unwrap();
            same("a view of any type", &aligned.view::<A, Ix1>().unwrap().to_vec());
            let copies: Vec<Vec<u8>> = (0..16).map(|n| [&vec![0; n][..], &npy].concat()).collect();
            let views = copies.iter().enumerate().filter_map(|(n, copy)| {
                NpyView::new(&copy[n..]).unwrap().view::<A, Ix1>().ok().map(|view| view.to_vec())
            });
            let views: Vec<_> = views.collect();
            assert!(!views.is_empty());
            views.iter().for_each(|view| same("a view", view));
        }
        for compression in [Compression::Stored, Compression::Deflate(6)] {
            let options = SaveOptions::new().compression(compression).byte_order(order);
            let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
            writer.add("x", &array).unwrap();
            let npz = writer.finish().unwrap();
            check_archive(&npz, &same);
            let archive = folder.path().join("x.npz");
            std::fs::write(&archive, &npz).unwrap();
            let mut editor = NpzEditor::open(&archive).unwrap();
            editor.rename("x", "y").unwrap();
            editor.rename("y", "x").unwrap();
            editor.commit().unwrap();
            check_archive(&std::fs::read(&archive).unwrap(), &same);
        }
    }
}

fn check_archive<A: Element + Copy>(npz: &[u8], same: &impl Fn(&str, &[A])) {
    let reader = NpzReader::from_bytes(npz).unwrap();
    same("an entry", &reader.get::<A, Ix1>("x").unwrap().to_vec());
    same("an entry of any type", &reader.any("x").unwrap().to_array::<A, Ix1>().unwrap().to_vec());
    same("a slice of an entry", &reader.slice::<A, _>("x", s![..]).unwrap().to_vec());
    let chunks = reader.chunks::<A, Ix1>("x", 3).unwrap();
    same("chunks", &chunks.flat_map(|rows| rows.unwrap().to_vec()).collect::<Vec<_>>());
    let mut into: ArrayD<A> = reader.get("x").unwrap();
    into.as_slice_mut().unwrap().reverse();
    reader.read_into("x", &mut into).unwrap();
    same("an entry read into memory", into.as_slice().unwrap());
    same("a struct", &reader.load::<Holder<A>>().unwrap().x.to_vec());
    let mut stream = NpzStream::new(npz);
    let entry = stream.next_entry().unwrap().unwrap();
    same("an entry that came by", &StreamEntry::read::<A, Ix1>(entry).unwrap().to_vec());
    let lenient = LoadOptions::new().lenient(true);
    let reader = NpzReader::from_bytes_with(npz, &lenient).unwrap();
    same(
        "the lenient reader",
        &reader.get::<A, IxDyn>("x").unwrap().iter().copied().collect::<Vec<_>>(),
    );
}

#[test]
fn floats_keep_every_bit() {
    check::<f16>("<f2".parse().unwrap(), 5, 16);
    check::<bf16>("<V2".parse().unwrap(), 8, 16);
    check::<f32>("<f4".parse().unwrap(), 8, 32);
    check::<f64>("<f8".parse().unwrap(), 11, 64);
    check::<Complex<f32>>("<c8".parse().unwrap(), 8, 32);
    check::<Complex<f64>>("<c16".parse().unwrap(), 11, 64);
}
