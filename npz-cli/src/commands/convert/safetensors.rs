//! Writing safetensors.

use std::collections::BTreeMap;

use npz_core::{AnyArray, Error, ErrorKind};
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use serde_json::{Map, Value};

use super::{Args, Item, total};
use crate::canonical;
use crate::cast;
use crate::error::{Failure, Result};
use crate::interrupt;
use crate::output::Output;
use crate::progress::Progress;
use crate::source::{Source, dtype_of};
use crate::write::{replace, system};

/// The format's own name for its strings.
const METADATA: &str = "__metadata__";

/// Tensors start at multiples of this, as the safetensors crate writes them.
const ALIGNMENT: usize = 8;

/// One tensor: where it comes from, or, if it had to be cast, what it is.
struct Tensor<'i, 's> {
    item: &'i Item<'s>,
    cast: Option<AnyArray>,
    dtype: Dtype,
    shape: Vec<usize>,
    nbytes: usize,
}

pub(super) fn write(
    args: &Args,
    sources: &[Source],
    items: &[Item<'_>],
    out: &mut Output,
) -> Result<()> {
    let mut tensors = items.iter().map(|item| tensor(args, item)).collect::<Result<Vec<_>>>()?;
    // Wide ones first, so that all are aligned.
    tensors.sort_by(|a, b| {
        b.dtype.bitsize().cmp(&a.dtype.bitsize()).then_with(|| a.item.name.cmp(&b.item.name))
    });
    let strings: BTreeMap<&str, &str> = sources
        .iter()
        .flat_map(|source| source.metadata())
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let header = header(&strings, &tensors)?;
    let progress = Progress::new(total(items));
    Ok(replace(&args.output, out, |file| {
        let failed = |error| system("write", error);
        file.write_all(&(header.len() as u64).to_le_bytes()).map_err(failed)?;
        file.write_all(header.as_bytes()).map_err(failed)?;
        for tensor in &tensors {
            match &tensor.cast {
                Some(array) => array.write_canonical(&mut *file).map_err(failed)?,
                None => canonical::write(tensor.item.source, tensor.item.index, &progress, file)?,
            }
        }
        Ok(())
    })?)
}

fn tensor<'i, 's>(args: &Args, item: &'i Item<'s>) -> Result<Tensor<'i, 's>> {
    interrupt::check()?;
    let entry = item.entry();
    if item.name == METADATA {
        let message = format!("no tensor can be called {METADATA:?} in a safetensors file");
        return Err(Error::new(ErrorKind::Name, message).with_path(item.source.path()).into());
    }
    let cast = match item.is_kept(args) {
        true => None,
        false => Some(cast::apply(&args.cast, &item.name, item.source.read(item.index)?)?),
    };
    let (header, logical) = match (&cast, entry.header.as_deref()) {
        (Some(array), _) => (array.header(), array.logical_dtype()),
        (None, Some(header)) => (header, entry.logical_dtype.as_deref()),
        // Its own error, since it has no header.
        (None, None) => {
            return Err(item.source.read(item.index).map_or_else(Failure::from, |_| {
                Failure::usage(format!("entry {:?} is no array", item.name))
            }));
        }
    };
    let place = |error: Error| error.with_entry(&item.name).with_path(item.source.path());
    let dtype = dtype_of(header.dtype(), logical).map_err(place)?;
    let (shape, nbytes) = (header.shape().to_vec(), header.nbytes());
    Ok(Tensor { item, cast, dtype, shape, nbytes })
}

/// The header, its keys sorted, padded with blanks.
fn header(strings: &BTreeMap<&str, &str>, tensors: &[Tensor<'_, '_>]) -> Result<String> {
    let failed = |error: serde_json::Error| {
        Failure::usage(format!("can't write a safetensors header: {error}"))
    };
    let mut all = Map::new();
    if !strings.is_empty() {
        let pairs = strings.iter().map(|(key, value)| ((*key).to_owned(), (*value).into()));
        all.insert(METADATA.to_owned(), Value::Object(pairs.collect()));
    }
    let mut start = 0_usize;
    for tensor in tensors {
        let end = start.saturating_add(tensor.nbytes);
        let info = TensorInfo {
            dtype: tensor.dtype,
            shape: tensor.shape.clone(),
            data_offsets: (start, end),
        };
        all.insert(tensor.item.name.clone(), serde_json::to_value(info).map_err(failed)?);
        start = end;
    }
    let mut text = Value::Object(all).to_string();
    // What we write, the crate that everybody uses has to read.
    serde_json::from_str::<Metadata>(&text).map_err(failed)?;
    text.extend(std::iter::repeat_n(' ', text.len().next_multiple_of(ALIGNMENT) - text.len()));
    Ok(text)
}
