//! Arrays that are pictures themselves.

use npz_core::{AnyArray, ScalarKind};

use crate::chart::Raster;
use crate::statistics;
use crate::values::{Values, index};

/// Sides that a picture may have; what is smaller or larger is something else.
const SIDES: std::ops::RangeInclusive<usize> = 8..=16_384;

/// The longest side of the pictures in a sheet.
const MOST_IN_SHEET: usize = 1024;

/// No sheet has more pictures.
const MOST_PICTURES: usize = 256;

/// Bytes none of which is larger can't be meant as brightness.
const DARK: u8 = 32;

/// How an array is a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// 1 grey, 3 red, green and blue, 4 opacity too.
    channels: usize,
    /// Whether each channel is a picture of its own, one behind the other.
    planar: bool,
    /// The number of pictures, if there are several.
    pub(crate) count: Option<usize>,
}

/// How an array of this shape is a picture, if it must be one.
pub(crate) fn layout(shape: &[usize]) -> Option<Layout> {
    let one = |height, width, channels, planar| {
        Some(Layout { height, width, channels, planar, count: None })
    };
    match *shape {
        [height, width] => one(height, width, 1, false),
        [height, width, channels @ (1 | 3 | 4)] => one(height, width, channels, false),
        [channels @ (1 | 3 | 4), height, width] => one(height, width, channels, true),
        [count, height, width] => {
            Some(Layout { height, width, channels: 1, planar: false, count: Some(count) })
        }
        [count, ref rest @ ..] if rest.len() == 3 => {
            let layout = layout(rest).filter(|layout| layout.count.is_none())?;
            Some(Layout { count: Some(count), ..layout })
        }
        _ => None,
    }
}

/// How an array is a picture, if its type and shape suggest it: bytes in rows and columns, or
/// numbers for red, green and blue.
pub(crate) fn suggested(shape: &[usize], kind: Option<ScalarKind>) -> Option<Layout> {
    let layout = layout(shape)?;
    let fits = SIDES.contains(&layout.height) && SIDES.contains(&layout.width);
    let sheet = layout.height.max(layout.width) <= MOST_IN_SHEET;
    let suggests = match kind? {
        ScalarKind::U8 => fits && (layout.count.is_none() || sheet),
        ScalarKind::F16 | ScalarKind::F32 | ScalarKind::F64 => {
            // Weights come in all shapes; a picture is large and has its colours behind.
            fits && layout.channels >= 3
                && !layout.planar
                && layout.count.is_none()
                && layout.height.min(layout.width) >= 32
        }
        _ => false,
    };
    suggests.then_some(layout)
}

impl Layout {
    /// How many values one picture has.
    pub(crate) fn values(self) -> usize {
        self.height.saturating_mul(self.width).saturating_mul(self.channels)
    }

    /// The same with another number of pictures.
    pub(crate) fn with_count(self, count: Option<usize>) -> Self {
        Self { count, ..self }
    }

    /// How many pictures are put on a sheet, in how many columns.
    pub(crate) fn sheet(self) -> (usize, usize) {
        let room = |side: usize| (MOST_IN_SHEET / side.saturating_add(GAP)).max(1);
        let (columns, rows) = (room(self.width), room(self.height));
        let count = self.count.unwrap_or(1).min(columns * rows).min(MOST_PICTURES);
        // As square as it can be.
        let mut columns = columns.min(count.max(1));
        while columns > 1 {
            let rows = count.div_ceil(columns - 1);
            if rows * self.height > (columns - 1) * self.width {
                break;
            }
            columns -= 1;
        }
        (count, columns)
    }
}

/// Between the pictures of a sheet.
const GAP: usize = 2;

/// What is around the pictures of a sheet.
const BACKGROUND: [u8; 3] = [0x80, 0x80, 0x80];

/// The picture that an array in C order is, or the sheet of the pictures that it holds. Bytes are
/// brightness, unless all are dark; of other numbers 0 or the smallest one is black, and 1 or the
/// largest one white.
///
/// `None` if its items are no numbers.
pub(crate) fn picture(array: &AnyArray, layout: Layout) -> Option<Raster> {
    let decoder = statistics::decoder(array.dtype(), array.logical_dtype())?;
    let values = decoder.decode(array.as_bytes()).ok()?;
    let bytes = brightness(array, values);
    let pixel = |picture: usize, row: usize, column: usize| {
        let channel = |channel: usize| {
            let at = if layout.planar {
                (channel * layout.height + row) * layout.width + column
            } else {
                (row * layout.width + column) * layout.channels + channel
            };
            bytes.get(picture * layout.values() + at).copied().unwrap_or(0)
        };
        match layout.channels {
            1 => [channel(0); 3],
            3 => [channel(0), channel(1), channel(2)],
            _ => [0, 1, 2].map(|color| on_white(channel(color), channel(3))),
        }
    };
    let Some(_) = layout.count else {
        return Some(Raster::new(layout.width, layout.height, |row, at| pixel(0, row, at)));
    };
    let (count, columns) = layout.sheet();
    let (wide, tall) = (layout.width + GAP, layout.height + GAP);
    let sheet = Raster::new(
        columns * wide + GAP,
        count.div_ceil(columns.max(1)) * tall + GAP,
        |row, column| {
            let place = |at: usize, side: usize| {
                let at = at.checked_sub(GAP)?;
                let (number, inside) = (at / (side + GAP), at % (side + GAP));
                (inside < side).then_some((number, inside))
            };
            match (place(row, layout.height), place(column, layout.width)) {
                (Some((line, row)), Some((at, column))) if line * columns + at < count => {
                    pixel(line * columns + at, row, column)
                }
                _ => BACKGROUND,
            }
        },
    );
    Some(sheet)
}

fn brightness(array: &AnyArray, values: Values) -> Vec<u8> {
    if array.dtype().kind() == Some(ScalarKind::U8)
        && array.as_bytes().iter().any(|&byte| byte > DARK)
    {
        return array.as_bytes().to_vec();
    }
    let values = values.into_floats(false);
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (mut low, mut high) =
        (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low >= 0.0 {
        (low, high) = (0.0, high.max(1.0));
    }
    let byte = |value: f64| {
        let part = (value * 0.5 - low * 0.5) / (high * 0.5 - low * 0.5);
        // NaN becomes 0.
        u8::try_from(index((part * 255.0).round().clamp(0.0, 255.0))).unwrap_or(u8::MAX)
    };
    values.iter().map(|&value| byte(value)).collect()
}

fn on_white(color: u8, opacity: u8) -> u8 {
    let (color, opacity) = (u16::from(color), u16::from(opacity));
    u8::try_from((color * opacity + 255 * (255 - opacity) + 127) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use npz_core::ndarray::{Array2, Array3, Array4, arr2};

    use super::*;

    #[test]
    fn what_suggests_a_picture() {
        let is = |shape: &[usize], kind| suggested(shape, Some(kind)).is_some();
        assert!(is(&[28, 28], ScalarKind::U8));
        assert!(is(&[60_000, 28, 28], ScalarKind::U8));
        assert!(is(&[3, 224, 224], ScalarKind::U8));
        assert!(is(&[100, 32, 32, 3], ScalarKind::U8));
        assert!(is(&[480, 640, 3], ScalarKind::F32));
        assert!(!is(&[768, 768], ScalarKind::F32));
        assert!(!is(&[64, 64, 3, 3], ScalarKind::F32));
        assert!(!is(&[64, 3, 7, 7], ScalarKind::F32));
        assert!(!is(&[1000, 2], ScalarKind::U8));
        assert!(!is(&[28, 28], ScalarKind::I64));
        assert!(!is(&[28], ScalarKind::U8));
    }

    #[test]
    fn channels_are_colours() {
        let last = Array3::from_shape_fn((2, 2, 3), |(i, j, c)| (i * 100 + j * 10 + c) as u8);
        let array = AnyArray::new(&last).unwrap();
        let raster = picture(&array, layout(&[2, 2, 3]).unwrap()).unwrap();
        assert_eq!(raster.pixel(1, 1), [110, 111, 112]);
        let first = last.permuted_axes([2, 0, 1]).as_standard_layout().into_owned();
        let array = AnyArray::new(&first).unwrap();
        assert_eq!(picture(&array, layout(&[3, 2, 2]).unwrap()).unwrap(), raster);
        let clear = Array3::from_shape_fn((8, 8, 4), |(_, _, c)| if c == 3 { 0 } else { 90_u8 });
        let raster = picture(&AnyArray::new(&clear).unwrap(), layout(&[8, 8, 4]).unwrap());
        assert_eq!(raster.unwrap().pixel(0, 0), [255; 3]);
    }

    #[test]
    fn floats_are_spread() {
        let picture = |array: Array2<f64>| {
            let array = AnyArray::new(&array).unwrap();
            let raster = picture(&array, layout(array.shape()).unwrap()).unwrap();
            [0, 1, 2].map(|column| raster.pixel(0, column)[0])
        };
        assert_eq!(picture(arr2(&[[0.0, 0.5, 0.25]])), [0, 128, 64]);
        assert_eq!(picture(arr2(&[[0.0, 10.0, 2.0]])), [0, 255, 51]);
        assert_eq!(picture(arr2(&[[-1.0, 3.0, f64::NAN]])), [0, 255, 0]);
        assert_eq!(picture(arr2(&[[f64::MIN, f64::MAX, 0.0]])), [0, 255, 128]);
    }

    #[test]
    fn bytes_are_brightness_unless_all_are_dark() {
        let picture = |array: Array2<u8>| {
            let array = AnyArray::new(&array).unwrap();
            let raster = picture(&array, layout(array.shape()).unwrap()).unwrap();
            [0, 1].map(|column| raster.pixel(0, column)[0])
        };
        assert_eq!(picture(arr2(&[[10, 33]])), [10, 33]);
        assert_eq!(picture(arr2(&[[8, 16]])), [128, 255]);
    }

    #[test]
    fn many_are_a_sheet() {
        let many = Array4::from_shape_fn((5, 8, 10, 1), |(n, ..)| n as u8 * 50);
        let array = AnyArray::new(&many).unwrap();
        let layout = layout(&[5, 8, 10, 1]).unwrap();
        assert_eq!(layout.sheet(), (5, 3));
        let sheet = picture(&array, layout).unwrap();
        assert_eq!((sheet.width, sheet.height), (3 * 12 + 2, 2 * 10 + 2));
        assert_eq!(
            (sheet.pixel(0, 0), sheet.pixel(2, 2), sheet.pixel(2, 14)),
            (BACKGROUND, [0; 3], [50; 3])
        );
        assert_eq!((sheet.pixel(12, 14), sheet.pixel(12, 26)), ([200; 3], BACKGROUND));
        let mnist = Layout { count: Some(60_000), height: 28, width: 28, ..layout };
        assert_eq!(mnist.sheet(), (256, 16));
    }
}
