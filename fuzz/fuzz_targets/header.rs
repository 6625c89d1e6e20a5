//! Headers of `.npy` files: with few bytes as with all, and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npz_core::{Decoded, Header, Limits};

fn decode(bytes: &[u8]) -> Option<(Header, usize)> {
    let limits = Limits::default();
    match Header::decode(bytes, &limits).ok()? {
        Decoded::Done { header, data_offset, .. } => Some((header, data_offset)),
        Decoded::Need(len) => {
            assert!(len > bytes.len() && len <= (1 << 20) + 12, "{len}");
            None
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    // The text alone, in the frame of each version, so that lengths needn't be guessed.
    for version in [1, 2, 3] {
        let len = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let len = if version == 1 { &len[..2] } else { &len[..] };
        let framed = [b"\x93NUMPY", &[version, 0][..], len, bytes].concat();
        check(&framed);
    }
    check(bytes);
});

fn check(bytes: &[u8]) {
    let Some((header, data_offset)) = decode(bytes) else { return };
    assert!(data_offset <= bytes.len());
    assert!(isize::try_from(header.nbytes()).is_ok());
    assert_eq!(header.len(), header.shape().iter().product::<usize>());
    // Fewer bytes ask for more, and never are a header.
    for len in [0, 1, 7, 9, 11, data_offset / 2, data_offset - 1] {
        if len < data_offset {
            assert!(decode(&bytes[..len]).is_none());
        }
    }
    let written = header.encode().unwrap();
    let (again, end) = decode(&written).unwrap();
    assert_eq!((&again, end), (&header, written.len()));
}
