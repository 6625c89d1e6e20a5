//! Values.

use std::path::PathBuf;

use npz_core::ndarray::SliceInfoElem;
use npz_core::{AnyArray, Error, ErrorKind, Header, Method, Order};
use serde::Serialize;
use serde_json::Value;

use crate::cli::ReadArgs;
use crate::commands::in_json;
use crate::error::{Failure, Result, Status};
use crate::numbers;
use crate::output::Output;
use crate::slice;
use crate::source::{Kind, Source};
use crate::text::shown;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An npz, npy or safetensors file
    file: PathBuf,
    /// The name of the entry, and, if wanted, a slice of it as NumPy has it
    #[arg(value_name = "KEY[SLICE]")]
    key: Option<String>,
    /// Print all values, however many
    #[arg(long)]
    full: bool,
    /// Print NumPy's repr instead of its str
    #[arg(long, conflicts_with_all = ["full", "json"])]
    repr: bool,
    /// Print a line of JSON, the values in C order
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, Serialize)]
struct Shown<'a> {
    file: &'a str,
    name: Option<&'a str>,
    dtype: Option<String>,
    shape: Option<&'a [usize]>,
    values: Vec<Value>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let shown = show(args, out);
    in_json(shown, &args.file, args.json, out)
}

fn show(args: &Args, out: &mut Output) -> Result<Status> {
    let source = Source::open(&args.file, &args.read.options())?;
    let (index, slice) = find(&source, args.key.as_deref())?;
    let entry = &source.entries()[index];
    if entry.kind == Kind::Bytes && entry.error.is_none() {
        return bytes(&source, index, slice, args.json, out);
    }
    let Some(header) = &entry.header else {
        // Its own error, since it has no header.
        return Err(source.read(index).map_or_else(Failure::from, |_| Failure::usage("no array")));
    };
    let slice = match slice {
        Some(text) => {
            let parsed = slice::parse(text, header.shape());
            parsed.map_err(|error| error.with_entry(entry.label()).with_path(source.path()))?
        }
        None => slice::everything(header.shape().len())?,
    };
    if args.json || args.repr || args.full {
        let array = source.slice(index, &slice)?;
        if args.json {
            let (name, dtype, shape) = (entry.name(), entry.descr(), Some(array.shape()));
            let values = numbers::json(&array);
            out.json(&Shown { file: source.name(), name, dtype, shape, values })?;
        } else if args.repr {
            text(&format!("{array:?}"), out)?;
        } else {
            text(&numbers::named(array).to_text(false), out)?;
        }
        return Ok(Status::Done);
    }
    let (array, summarised) = edges(&source, index, slice.as_ref().to_vec())?;
    text(&numbers::named(array).to_text(summarised), out)?;
    Ok(Status::Done)
}

/// A text without dimensions is printed as it is, in NumPy's manner; not to a terminal.
fn text(text: &str, out: &mut Output) -> Result<()> {
    let is_terminal = out.is_terminal();
    Ok(out.line(shown(text, is_terminal))?)
}

/// The entry that a key means, and the slice behind its name.
pub(crate) fn find<'k>(source: &Source, key: Option<&'k str>) -> Result<(usize, Option<&'k str>)> {
    let Some(key) = key else { return Ok((source.find(None)?, None)) };
    let whole = source.find(Some(key));
    match (whole, slice::split(key)) {
        (Ok(index), _) => Ok((index, None)),
        (Err(_), Some(("", text))) => Ok((source.find(None)?, Some(text))),
        (Err(_), Some((name, text))) => match (source.find(Some(name)), slice::split(name)) {
            (Ok(index), _) => Ok((index, Some(text))),
            (Err(_), Some((name, _)))
                if source.find(Some(name).filter(|n| !n.is_empty())).is_ok() =>
            {
                let message = "expected one pair of brackets behind the name, as in w[0, 1]";
                let error = Error::new(ErrorKind::Shape, message).with_entry(key);
                Err(error.with_path(source.path()).into())
            }
            (Err(error), _) => Err(error.into()),
        },
        (Err(error), None) => Err(error.into()),
    }
}

fn bytes(
    source: &Source,
    index: usize,
    slice: Option<&str>,
    json: bool,
    out: &mut Output,
) -> Result<Status> {
    let label = source.entries()[index].label();
    let fault = |message: &'static str| {
        let error = Error::new(ErrorKind::Dtype, message);
        Failure::from(error.with_entry(label).with_path(source.path()))
    };
    if slice.is_some() {
        return Err(fault("is no array, so there is no slice of it"));
    }
    let bytes = source.member_bytes(index)?;
    let text = str::from_utf8(&bytes);
    let text =
        text.map_err(|_| fault("is no array and no text; npz extract writes it to a file"))?;
    if json {
        let (file, name, values) = (source.name(), Some(label), vec![text.into()]);
        out.json(&Shown { file, name, dtype: None, shape: None, values })?;
        return Ok(Status::Done);
    }
    for line in text.lines() {
        self::text(line, out)?;
    }
    Ok(Status::Done)
}

/// As in NumPy.
const THRESHOLD: usize = 1000;
const EDGE: usize = 3;

/// Passes through a compressed entry are not worth more than one axis.
const MOST_AXES: usize = 3;

/// What of a slice is shown: all of it, or, of the longest axes of a large one, the first items,
/// the last ones, and one in between that stands for those left out.
fn edges(source: &Source, index: usize, elems: Vec<SliceInfoElem>) -> Result<(AnyArray, bool)> {
    let entry = &source.entries()[index];
    let shape = entry.header.as_deref().map(Header::shape).unwrap_or_default();
    // Of each axis that stays: its place among the elements, its first index, how many are taken.
    let mut axes = Vec::new();
    let mut lens = shape.iter();
    for (at, elem) in elems.iter().enumerate() {
        match *elem {
            SliceInfoElem::NewAxis => axes.push((at, 1)),
            SliceInfoElem::Index(_) => drop(lens.next()),
            SliceInfoElem::Slice { start, end, step } => {
                let len = isize::try_from(*lens.next().unwrap_or(&0)).unwrap_or(isize::MAX);
                let span = end.unwrap_or(len).saturating_sub(start).max(0);
                axes.push((at, span.unsigned_abs().div_ceil(step.unsigned_abs().max(1))));
            }
        }
    }
    let count = axes.iter().try_fold(1_usize, |product, (_, len)| product.checked_mul(*len));
    if count.is_some_and(|count| count <= THRESHOLD) {
        return Ok((source.slice(index, &slice::slice(elems)?)?, false));
    }
    let stored = matches!(entry.method, None | Some(Method::Stored));
    let mut long: Vec<usize> =
        (0..axes.len()).filter(|&axis| axes[axis].1 > 2 * EDGE + 1).collect();
    long.sort_by_key(|&axis| std::cmp::Reverse(axes[axis].1));
    long.truncate(if stored { MOST_AXES } else { 1 });
    let long: Vec<(usize, usize)> = long.into_iter().map(|axis| (axis, axes[axis].0)).collect();
    Ok((gather(source, index, elems, &long)?, true))
}

/// Reads the edges of the `long` axes: each its place in the result and among the elements.
fn gather(
    source: &Source,
    index: usize,
    elems: Vec<SliceInfoElem>,
    long: &[(usize, usize)],
) -> Result<AnyArray> {
    let Some((&(axis, at), rest)) = long.split_first() else {
        return Ok(source.slice(index, &slice::slice(elems)?)?);
    };
    let part = |first: bool| -> Result<AnyArray> {
        let mut elems = elems.clone();
        let shape =
            source.entries()[index].header.as_deref().map(Header::shape).unwrap_or_default();
        let before = elems[..at].iter().filter(|elem| !matches!(elem, SliceInfoElem::NewAxis));
        let len = shape.get(before.count()).copied().unwrap_or(0);
        elems[at] = ends(elems[at], len, first);
        gather(source, index, elems, rest)
    };
    Ok(concat(&part(true)?, &part(false)?, axis)?)
}

/// Of a range, the first items and one more, or the last ones.
fn ends(elem: SliceInfoElem, len: usize, first: bool) -> SliceInfoElem {
    let SliceInfoElem::Slice { start, end, step } = elem else { return elem };
    let len = isize::try_from(len).unwrap_or(isize::MAX);
    let end = end.unwrap_or(len);
    let stride = step.abs();
    let edge = isize::try_from(EDGE).unwrap_or(3);
    // Items are counted from where the range starts, which is its end if it runs backwards.
    let count = end.saturating_sub(start).max(0).unsigned_abs().div_ceil(stride.unsigned_abs());
    let count = isize::try_from(count).unwrap_or(isize::MAX);
    let (from, to) = if first { (0, edge + 1) } else { (count - edge, count) };
    if step > 0 {
        let (start, end) = (start + from * stride, (start + (to - 1) * stride + 1).min(end));
        return SliceInfoElem::Slice { start, end: Some(end), step };
    }
    let (last, first) = (end - 1 - (to - 1) * stride, end - from * stride);
    SliceInfoElem::Slice { start: last.max(start), end: Some(first), step }
}

/// Two arrays of one dtype in C order, one behind the other along an axis.
fn concat(a: &AnyArray, b: &AnyArray, axis: usize) -> npz_core::Result<AnyArray> {
    let mut shape = a.shape().to_vec();
    let block = |array: &AnyArray| {
        let inner: usize = array.shape().iter().skip(axis).product();
        inner * array.dtype().itemsize()
    };
    let outer: usize = shape.iter().take(axis).product();
    let (left, right) = (block(a), block(b));
    let mut bytes = Vec::with_capacity(a.nbytes() + b.nbytes());
    for at in 0..outer {
        bytes.extend_from_slice(a.as_bytes().get(at * left..(at + 1) * left).unwrap_or_default());
        bytes.extend_from_slice(b.as_bytes().get(at * right..(at + 1) * right).unwrap_or_default());
    }
    shape[axis] += b.shape().get(axis).copied().unwrap_or(0);
    let array = AnyArray::from_bytes(Header::new(a.dtype().clone(), Order::C, shape)?, &bytes)?;
    Ok(array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_ranges() {
        let range = |start, end, step| SliceInfoElem::Slice { start, end, step };
        let all = range(0, None, 1);
        assert_eq!(ends(all, 10, true), range(0, Some(4), 1));
        assert_eq!(ends(all, 10, false), range(7, Some(10), 1));
        // 0 3 6 … 99
        assert_eq!(ends(range(0, None, 3), 100, true), range(0, Some(10), 3));
        assert_eq!(ends(range(0, None, 3), 100, false), range(93, Some(100), 3));
        // 99 98 … 0
        assert_eq!(ends(range(0, Some(100), -1), 100, true), range(96, Some(100), -1));
        assert_eq!(ends(range(0, Some(100), -1), 100, false), range(0, Some(3), -1));
    }
}
