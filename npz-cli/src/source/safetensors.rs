//! The tensors of a safetensors file.

use npz_core::{
    ByteOrder, DType, Error, ErrorKind, Header, Order, RawArray, ReadAt, Result, Scalar, ScalarKind,
};
use safetensors::Dtype;
use safetensors::tensor::Metadata;
use std::path::Path;
use std::sync::Arc;

use super::{Entry, Input, Kind, Name, Opened, system};

/// The most that the safetensors crate takes for a header.
const MOST_HEADER: u64 = 100_000_000;

/// Of the length in front of the header.
const PREFIX: u64 = 8;

pub(super) fn open(file: &Input, size: u64, path: &Path) -> Result<Opened> {
    let read = |buf: &mut [u8], at| {
        file.read_exact_at(buf, at).map_err(|error| system("read the header", error))
    };
    if size < PREFIX {
        let message =
            format!("not a safetensors file: expected {PREFIX} bytes or more, found {size}");
        return Err(Error::new(ErrorKind::Truncated, message));
    }
    let mut len = [0; size_of::<u64>()];
    read(&mut len, 0)?;
    let len = u64::from_le_bytes(len);
    if len > MOST_HEADER || len > size - PREFIX {
        let message = format!(
            "not a safetensors file: its header would take {len} bytes, and {} follow",
            size - PREFIX
        );
        return Err(Error::new(ErrorKind::Corrupt, message).with_offset(0));
    }
    let mut text = vec![0; usize::try_from(len).unwrap_or(0)];
    read(&mut text, PREFIX)?;
    let metadata: Metadata = serde_json::from_slice(&text).map_err(|error| {
        let message = format!("the safetensors header is damaged: {error}");
        Error::new(ErrorKind::Corrupt, message).with_offset(PREFIX).with_source(error)
    })?;
    let start = PREFIX + len;
    let expected = metadata.data_len() as u64;
    if expected != size - start {
        let found = size - start;
        let kind = if found < expected { ErrorKind::Truncated } else { ErrorKind::Corrupt };
        let message = format!("the tensors take {expected} bytes, found {found}");
        return Err(Error::new(kind, message).with_offset(start));
    }
    let mut entries = Vec::new();
    let mut arrays = Vec::new();
    for name in metadata.offset_keys() {
        let Some(info) = metadata.info(&name) else { continue };
        let (from, to) = info.data_offsets;
        let offset = start.saturating_add(from as u64);
        let array = header_of(info.dtype, &info.shape).and_then(|(header, logical)| {
            let array = RawArray::new(header, file.clone(), offset)?;
            Ok(array.with_logical_dtype(logical))
        });
        let (array, error) = match array {
            Ok(array) => (Some(array), None),
            Err(error) => (None, Some(error.with_path(path).with_entry(&name))),
        };
        let stored = to.saturating_sub(from) as u64;
        entries.push(Entry {
            names: Name::of_entry(name),
            kind: Kind::Array,
            header: array.as_ref().map(|array| Arc::new(array.header().clone())),
            logical_dtype: array.as_ref().and_then(|a| a.logical_dtype().map(Into::into)),
            method: None,
            unpacked_nbytes: Some(stored),
            stored_nbytes: Some(stored),
            data_offset: Some(offset),
            crc32: None,
            error,
        });
        arrays.push(array);
    }
    let strings = metadata.metadata().clone().unwrap_or_default();
    Ok(Opened::raw(entries, strings.into_iter().collect(), arrays))
}

/// Each of safetensors' types that NumPy has, and how `ml_dtypes` calls it where NumPy knows bytes
/// only.
const TYPES: [(Dtype, &str, Option<&str>); 19] = [
    (Dtype::BOOL, "|b1", None),
    (Dtype::U8, "|u1", None),
    (Dtype::I8, "|i1", None),
    (Dtype::F8_E5M2, "|V1", Some("float8_e5m2")),
    (Dtype::F8_E4M3, "|V1", Some("float8_e4m3fn")),
    (Dtype::F8_E8M0, "|V1", Some("float8_e8m0fnu")),
    (Dtype::F8_E4M3FNUZ, "|V1", Some("float8_e4m3fnuz")),
    (Dtype::F8_E5M2FNUZ, "|V1", Some("float8_e5m2fnuz")),
    (Dtype::I16, "<i2", None),
    (Dtype::U16, "<u2", None),
    (Dtype::F16, "<f2", None),
    (Dtype::BF16, "<V2", None),
    (Dtype::I32, "<i4", None),
    (Dtype::U32, "<u4", None),
    (Dtype::F32, "<f4", None),
    (Dtype::C64, "<c8", None),
    (Dtype::F64, "<f8", None),
    (Dtype::I64, "<i8", None),
    (Dtype::U64, "<u8", None),
];

/// The header of a tensor as an array, and what its bytes mean where that doesn't tell.
fn header_of(dtype: Dtype, shape: &[usize]) -> Result<(Header, Option<&'static str>)> {
    let Some((_, descr, logical)) = TYPES.iter().find(|(known, _, _)| *known == dtype) else {
        let message =
            format!("{dtype:?} packs several numbers into a byte, which no npy file does");
        return Err(Error::new(ErrorKind::Unsupported, message));
    };
    Ok((Header::new(descr.parse::<DType>()?, Order::C, shape)?, *logical))
}

/// The type of a tensor that holds an array's items.
pub(crate) fn dtype_of(dtype: &DType, logical: Option<&str>) -> Result<Dtype> {
    let unsupported = || {
        let what = logical.map_or_else(|| dtype.to_string(), str::to_owned);
        let message = format!(
            "safetensors has no type for {what}; leave the array out (--only), or convert it (--cast)"
        );
        Error::new(ErrorKind::Unsupported, message)
    };
    let scalar = dtype.as_scalar().ok_or_else(unsupported)?;
    // ml_dtypes' own spelling of the one type that has a number of its own
    if scalar.kind() == ScalarKind::F8 {
        return Ok(Dtype::F8_E5M2);
    }
    let order = match scalar.kind() {
        ScalarKind::Void(_) => scalar.order(),
        _ => ByteOrder::Little,
    };
    let little = Scalar::new(scalar.kind(), order).to_string();
    let same = |(_, descr, name): &&(Dtype, &str, Option<&str>)| {
        *descr == little && (name.is_none() || *name == logical)
    };
    TYPES.iter().find(same).map(|(known, _, _)| *known).ok_or_else(unsupported)
}
