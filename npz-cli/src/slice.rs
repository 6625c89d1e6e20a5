//! NumPy's slice syntax: `w[10:20, ::2]`.

use npz_core::ndarray::SliceInfoElem;
use npz_core::{Error, ErrorKind, Result};

use crate::source::Slice;

/// What stands between two commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Index(isize),
    Range { start: Option<isize>, stop: Option<isize>, step: isize },
    Ellipsis,
    NewAxis,
}

/// A name, and what to take of it: `w[0]` is the slice `[0]` of `w`.
///
/// The brackets are those at the end. An entry whose own name ends in brackets is meant by all of
/// it, which the caller has to try first.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_suffix(']')?;
    // The one that belongs to the last, whatever is in between.
    let mut depth = 1_usize;
    let open = inside.rfind(|c| {
        match c {
            ']' => depth += 1,
            '[' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let open = open?;
    Some((&text[..open], &inside[open + 1..]))
}

/// The slice that `text`, without its brackets, takes of an array of `shape`, as Python takes it:
/// negative numbers count from the end, and ranges end where the array does.
pub(crate) fn parse(text: &str, shape: &[usize]) -> Result<Slice> {
    let parts = parts(text)?;
    let given = parts.iter().filter(|part| matches!(part, Part::Index(_) | Part::Range { .. }));
    let given = given.count();
    let Some(left) = shape.len().checked_sub(given) else {
        let message = format!(
            "too many indices: the array has {} dimensions, and [{text}] says {given}",
            shape.len()
        );
        return Err(Error::new(ErrorKind::Shape, message));
    };
    let mut elems = Vec::new();
    let mut axes = shape.iter().copied().enumerate();
    let all = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
    let mut open = true;
    for part in parts {
        match part {
            Part::NewAxis => elems.push(SliceInfoElem::NewAxis),
            Part::Ellipsis => {
                open = false;
                elems.extend(axes.by_ref().take(left).map(|_| all));
            }
            Part::Index(index) => {
                let (axis, len) = axes.next().unwrap_or_default();
                elems.push(SliceInfoElem::Index(checked(index, axis, len)?));
            }
            Part::Range { start, stop, step } => {
                let (_, len) = axes.next().unwrap_or_default();
                elems.push(range(start, stop, step, len));
            }
        }
    }
    if open {
        elems.extend(axes.map(|_| all));
    }
    slice(elems)
}

/// All of an array of so many dimensions.
pub(crate) fn everything(ndim: usize) -> Result<Slice> {
    slice(vec![SliceInfoElem::Slice { start: 0, end: None, step: 1 }; ndim])
}

/// The indices from `start` to `end` of one axis, and all of the others.
pub(crate) fn along(axis: usize, start: usize, end: usize, ndim: usize) -> Vec<SliceInfoElem> {
    let all = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
    let mut elems = vec![all; ndim];
    if let Some(elem) = elems.get_mut(axis) {
        *elem = SliceInfoElem::Slice { start: signed(start), end: Some(signed(end)), step: 1 };
    }
    elems
}

pub(crate) fn slice(elems: Vec<SliceInfoElem>) -> Result<Slice> {
    // With dimensions that are known at run time only, any list will do.
    elems
        .try_into()
        .map_err(|error| Error::new(ErrorKind::Shape, format!("not a slice of an array: {error}")))
}

fn signed(index: usize) -> isize {
    isize::try_from(index).unwrap_or(isize::MAX)
}

fn checked(index: isize, axis: usize, len: usize) -> Result<isize> {
    let counted = if index < 0 { index.saturating_add(signed(len)) } else { index };
    if counted < 0 || counted >= signed(len) {
        let message = format!("index {index} is out of bounds for axis {axis} with size {len}");
        return Err(Error::new(ErrorKind::Shape, message));
    }
    Ok(counted)
}

/// Python's `slice.indices`, in the terms of ndarray, whose ranges run forward and are turned then.
fn range(start: Option<isize>, stop: Option<isize>, step: isize, len: usize) -> SliceInfoElem {
    let len = signed(len);
    let forward = step > 0;
    let (least, most) = if forward { (0, len) } else { (-1, len.saturating_sub(1)) };
    let place = |index: Option<isize>, default: isize| match index {
        None => default,
        Some(index) if index < 0 => index.saturating_add(len).clamp(least, most),
        Some(index) => index.clamp(least, most),
    };
    let (first, end) = if forward {
        (place(start, 0), place(stop, len))
    } else {
        (place(start, len - 1), place(stop, -1))
    };
    let span = if forward { end - first } else { first - end };
    if span <= 0 {
        return SliceInfoElem::Slice { start: 0, end: Some(0), step: 1 };
    }
    if forward {
        return SliceInfoElem::Slice { start: first, end: Some(end), step };
    }
    SliceInfoElem::Slice { start: end + 1, end: Some(first + 1), step }
}

fn parts(text: &str) -> Result<Vec<Part>> {
    let text = text.trim();
    // A tuple of nothing takes all there is.
    if text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).map(str::trim) == Some("") {
        return Ok(Vec::new());
    }
    if text.contains('[') {
        let message = format!("expected indices and ranges, found a list of them: [{text}]");
        return Err(Error::new(ErrorKind::Shape, message));
    }
    let text = text.strip_suffix(',').unwrap_or(text);
    let parts: Vec<Part> =
        text.split(',').map(|part| self::part(part.trim())).collect::<Result<_>>()?;
    if parts.iter().filter(|part| **part == Part::Ellipsis).count() > 1 {
        return Err(Error::new(ErrorKind::Shape, "an index can have only one ellipsis ('...')"));
    }
    Ok(parts)
}

fn part(text: &str) -> Result<Part> {
    let fault = || {
        let message = format!(
            "expected an index such as 3, a range such as 1:10:2, '...' or None, found {text:?}"
        );
        Error::new(ErrorKind::Shape, message)
    };
    let number = |text: &str| number(text.trim()).ok_or_else(fault);
    match text {
        "..." => return Ok(Part::Ellipsis),
        "None" | "newaxis" | "np.newaxis" => return Ok(Part::NewAxis),
        _ => {}
    }
    if !text.contains(':') {
        return number(text).map(Part::Index);
    }
    let bounds: Vec<&str> = text.split(':').collect();
    let bound = |at: usize| match bounds.get(at).map(|bound| bound.trim()) {
        None | Some("" | "None") => Ok(None),
        Some(bound) => number(bound).map(Some),
    };
    let (start, stop, step) = (bound(0)?, bound(1)?, bound(2)?.unwrap_or(1));
    if step == 0 {
        return Err(Error::new(ErrorKind::Shape, "slice step cannot be zero"));
    }
    if bounds.len() > 3 || step == isize::MIN {
        return Err(fault());
    }
    Ok(Part::Range { start, stop, step })
}

/// A number as Python has it: an underscore may stand between two digits.
fn number(text: &str) -> Option<isize> {
    if !text.contains('_') {
        return text.parse().ok();
    }
    let digits = text.trim_start_matches(['+', '-']);
    let is_apart = digits.split('_').all(|digits| !digits.is_empty());
    is_apart.then(|| text.replace('_', "").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use npz_core::ndarray::{ArrayD, IxDyn};

    use super::*;

    /// The items that a slice takes of 0, 1, 2, …, and their shape.
    fn taken(text: &str, shape: &[usize]) -> Result<(Vec<usize>, Vec<usize>)> {
        let len = shape.iter().product();
        let array = ArrayD::from_shape_vec(IxDyn(shape), (0..len).collect()).unwrap();
        let slice = parse(text, shape)?;
        let part = array.slice(slice);
        Ok((part.iter().copied().collect(), part.shape().to_vec()))
    }

    #[test]
    fn ranges_are_pythons() {
        for (text, items) in [
            (":", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9][..]),
            ("2:5", &[2, 3, 4]),
            ("-3:", &[7, 8, 9]),
            (":-8", &[0, 1]),
            ("5:100", &[5, 6, 7, 8, 9]),
            ("-100:2", &[0, 1]),
            ("7:3", &[]),
            ("::4", &[0, 4, 8]),
            ("::-1", &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
            ("8:2:-3", &[8, 5]),
            ("8:1:-3", &[8, 5, 2]),
            (":-4:-1", &[9, 8, 7]),
            ("100::-5", &[9, 4]),
            ("2::-1", &[2, 1, 0]),
            ("0:0:-1", &[]),
            (" 1 : 3 , ", &[1, 2]),
            ("8:None", &[8, 9]),
            ("None:None:-0_5", &[9, 4]),
            ("0_8:1_0", &[8, 9]),
            ("()", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ] {
            assert_eq!(taken(text, &[10]).unwrap().0, items, "[{text}]");
        }
    }

    #[test]
    fn axes_go_and_come() {
        assert_eq!(taken("1", &[2, 3]).unwrap(), (vec![3, 4, 5], vec![3]));
        assert_eq!(taken("-1, -1", &[2, 3]).unwrap(), (vec![5], vec![]));
        assert_eq!(taken("..., 0", &[2, 3]).unwrap(), (vec![0, 3], vec![2]));
        assert_eq!(taken("0, ...", &[2, 3]).unwrap(), (vec![0, 1, 2], vec![3]));
        assert_eq!(taken("...", &[2, 1]).unwrap(), (vec![0, 1], vec![2, 1]));
        assert_eq!(taken("None, :, 1, np.newaxis", &[2, 3]).unwrap(), (vec![1, 4], vec![1, 2, 1]));
        assert_eq!(taken("::-1, ::2", &[2, 3]).unwrap(), (vec![3, 5, 0, 2], vec![2, 2]));
        assert_eq!(taken("...", &[]).unwrap(), (vec![0], vec![]));
    }

    #[test]
    fn what_is_no_slice_is_told() {
        for (text, said) in [
            ("10", "out of bounds for axis 0 with size 10"),
            ("-11", "out of bounds"),
            ("1, 2", "too many indices"),
            ("...,...", "only one ellipsis"),
            ("::0", "step cannot be zero"),
            ("a", "expected an index"),
            ("", "expected an index"),
            ("1:2:3:4", "expected an index"),
            ("99999999999999999999", "expected an index"),
            ("1_", "expected an index"),
            ("_1", "expected an index"),
            ("1__0", "expected an index"),
            ("[0, 1]", "found a list of them: [[0, 1]]"),
            ("(0, 1)", "expected an index"),
        ] {
            let error = taken(text, &[10]).unwrap_err();
            assert!(error.to_string().contains(said), "[{text}]: {error}");
        }
        assert!(taken(":", &[0]).unwrap().0.is_empty());
        assert!(taken("::-1", &[0]).unwrap().0.is_empty());
    }

    #[test]
    fn names_before_brackets() {
        assert_eq!(split("w[1:2, ::3]"), Some(("w", "1:2, ::3")));
        assert_eq!(split("a[0].b[1]"), Some(("a[0].b", "1")));
        assert_eq!(split("[0]"), Some(("", "0")));
        assert_eq!(split("b[[0, 1], 2]"), Some(("b", "[0, 1], 2")));
        assert_eq!(split("b]"), None);
        assert_eq!(split("b]]"), None);
        assert_eq!(split("w"), None);
    }
}
