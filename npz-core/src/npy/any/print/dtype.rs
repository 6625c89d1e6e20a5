//! How `repr` names dtypes.

use crate::dtype::{ByteOrder, DType, Record, ScalarKind, Unit};
use crate::literal::{repr_shape, repr_str};

/// Whether the items' text tells the dtype.
pub(super) fn is_implied(dtype: &DType) -> bool {
    let kinds = [ScalarKind::Bool, ScalarKind::I64, ScalarKind::F64, ScalarKind::C128];
    dtype.is_native() && dtype.kind().is_some_and(|kind| kinds.contains(&kind))
}

/// `float32`, `'<U5'`, `[('x', '<f4')]`.
pub(super) fn short(dtype: &DType) -> String {
    let DType::Scalar(scalar) = dtype else { return text(dtype) };
    match scalar.kind() {
        ScalarKind::Bytes(_) | ScalarKind::Str(_) | ScalarKind::Void(_) => format!("'{scalar}'"),
        _ if !scalar.is_native() => format!("'{scalar}'"),
        ScalarKind::DateTime(unit) | ScalarKind::TimeDelta(unit)
            if unit.unit() != Unit::Generic =>
        {
            format!("'{}'", scalar.name())
        }
        _ => scalar.name().into_owned(),
    }
}

/// NumPy's `str` of a dtype inside another, in which single bytes have no `|`.
fn text(dtype: &DType) -> String {
    match dtype {
        DType::Scalar(scalar) => {
            let code = match scalar.kind() {
                ScalarKind::Bool => "?".to_owned(),
                _ if scalar.order() == ByteOrder::NotApplicable => {
                    scalar.to_string().trim_start_matches('|').to_owned()
                }
                _ => scalar.to_string(),
            };
            format!("'{code}'")
        }
        DType::Subarray(subarray) => {
            format!("({}, {})", text(subarray.base()), repr_shape(subarray.shape()))
        }
        DType::Record(record) => record_text(record),
    }
}

fn record_text(record: &Record) -> String {
    let names: Vec<String> = record.fields().iter().map(|field| repr_str(field.name())).collect();
    let mut end = 0;
    let mut packed = true;
    for field in record.fields() {
        packed &= field.offset() == end;
        end = field.offset() + field.dtype().itemsize();
    }
    if packed && end == record.itemsize() {
        let fields = record.fields().iter().zip(&names).map(|(field, name)| {
            let name = match field.title() {
                Some(title) => format!("({}, {name})", repr_str(title)),
                None => name.clone(),
            };
            match field.dtype() {
                DType::Subarray(subarray) => {
                    let shape = repr_shape(subarray.shape());
                    format!("({name}, {}, {shape})", text(subarray.base()))
                }
                dtype => format!("({name}, {})", text(dtype)),
            }
        });
        return format!("[{}]", fields.collect::<Vec<_>>().join(", "));
    }
    let list = |items: Vec<String>| items.join(", ");
    let formats = record.fields().iter().map(|field| text(field.dtype())).collect();
    let offsets = record.fields().iter().map(|field| field.offset().to_string()).collect();
    let mut titles = String::new();
    if record.fields().iter().any(|field| field.title().is_some()) {
        let title = |title: Option<&str>| title.map_or_else(|| "None".to_owned(), repr_str);
        let all = record.fields().iter().map(|field| title(field.title())).collect();
        titles = format!("'titles': [{}], ", list(all));
    }
    format!(
        "{{'names': [{}], 'formats': [{}], 'offsets': [{}], {titles}'itemsize': {}}}",
        list(names),
        list(formats),
        list(offsets),
        record.itemsize()
    )
}
