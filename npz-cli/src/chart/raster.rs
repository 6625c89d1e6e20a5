//! Pixels: drawings painted, and PNG.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use png::{BitDepth, ColorType, Compression, Encoder};
use tiny_skia::{
    Color, FillRule, LineJoin, Paint as Brush, PathBuilder, Pixmap, Rect, Stroke, Transform,
};
use ttf_parser::OutlineBuilder;

use super::{Anchor, Drawing, Mark, Paint, font};
use crate::values::{float, index};

/// The longest side of a picture.
const MOST_PIXELS: f64 = 16_384.0;

/// An opaque picture, three bytes a pixel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Row by row.
    pub(crate) rgb: Vec<u8>,
}

impl Raster {
    /// The picture whose pixels `color` tells, by row and column.
    pub(crate) fn new(
        width: usize,
        height: usize,
        mut color: impl FnMut(usize, usize) -> [u8; 3],
    ) -> Self {
        let mut rgb = Vec::with_capacity(width.saturating_mul(height).saturating_mul(3));
        for row in 0..height {
            for column in 0..width {
                rgb.extend(color(row, column));
            }
        }
        Self { width, height, rgb }
    }

    pub(crate) fn pixel(&self, row: usize, column: usize) -> [u8; 3] {
        let at = row.saturating_mul(self.width).saturating_add(column).saturating_mul(3);
        let pixel = self.rgb.get(at..).and_then(|rest| rest.first_chunk());
        pixel.copied().unwrap_or_default()
    }

    /// The same with each pixel as a square of `times` by `times`.
    pub(crate) fn enlarged(&self, times: usize) -> Self {
        let times = times.max(1);
        Self::new(self.width * times, self.height * times, |row, column| {
            self.pixel(row / times, column / times)
        })
    }

    /// The same in at most so many columns and rows, each pixel the mean of those that it stands
    /// for.
    pub(crate) fn reduced(&self, columns: usize, rows: usize) -> Self {
        let part = |most: usize, side: usize| float(most.max(1)) / float(side.max(1));
        let part = part(columns, self.width).min(part(rows, self.height));
        if part >= 1.0 {
            return self.clone();
        }
        let side = |side: usize| index((float(side) * part).round()).max(1);
        let (width, height) = (side(self.width), side(self.height));
        Self::new(width, height, |row, column| {
            let span = |at: usize, from: usize, to: usize| {
                let first = at * from / to;
                first..((at + 1) * from / to).max(first + 1)
            };
            let mut sums = [0_usize; 3];
            let mut count = 0;
            for row in span(row, self.height, height) {
                for column in span(column, self.width, width) {
                    let pixel = self.pixel(row, column);
                    for (sum, part) in sums.iter_mut().zip(pixel) {
                        *sum += usize::from(part);
                    }
                    count += 1;
                }
            }
            sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
        })
    }

    /// As a PNG file, with a palette where 256 colours are enough.
    pub(crate) fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let size = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        let mut encoder = Encoder::new(&mut file, size(self.width), size(self.height));
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        let palette = self.palette();
        let data = match &palette {
            Some((colors, pixels)) => {
                encoder.set_color(ColorType::Indexed);
                encoder.set_palette(colors.concat());
                pixels
            }
            None => {
                encoder.set_color(ColorType::Rgb);
                &self.rgb
            }
        };
        // Into memory, and of a size that is right: nothing fails but an empty picture.
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(data)?;
            writer.finish()
        });
        if written.is_err() {
            file.clear();
        }
        file
    }

    /// The colours and each pixel's, if a byte can tell it.
    fn palette(&self) -> Option<(Vec<[u8; 3]>, Vec<u8>)> {
        let mut colors: Vec<[u8; 3]> = Vec::new();
        let mut known = std::collections::HashMap::new();
        let mut pixels = Vec::with_capacity(self.rgb.len() / 3);
        let (all, _) = self.rgb.as_chunks::<3>();
        for color in all {
            let next = u8::try_from(colors.len());
            let number = match known.get(color) {
                Some(&number) => number,
                None => {
                    let number = next.ok()?;
                    known.insert(*color, number);
                    colors.push(*color);
                    number
                }
            };
            pixels.push(number);
        }
        Some((colors, pixels))
    }
}

/// A PNG as it stands in a page or an SVG.
pub(crate) fn data_uri(image: &Raster) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(image.png()))
}

/// Paints a drawing with `scale` pixels to a unit, on white. `None` if it is too large.
pub(crate) fn paint(drawing: &Drawing, scale: f64) -> Option<Raster> {
    let side = |units: f64| {
        let pixels = (units * scale).round();
        (1.0..=MOST_PIXELS).contains(&pixels).then(|| u32::try_from(index(pixels)).ok()).flatten()
    };
    let mut pixmap = Pixmap::new(side(drawing.width)?, side(drawing.height)?)?;
    pixmap.fill(Color::WHITE);
    for mark in &drawing.marks {
        paint_mark(&mut pixmap, mark, scale);
    }
    let pixels = pixmap.data().as_chunks::<4>().0;
    let rgb = pixels.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
    let [width, height] =
        [pixmap.width(), pixmap.height()].map(|side| usize::try_from(side).unwrap_or(usize::MAX));
    Some(Raster { width, height, rgb })
}

/// A mark that can't be painted, since it has no size or none that is finite, shows nothing.
fn paint_mark(pixmap: &mut Pixmap, mark: &Mark, scale: f64) {
    let transform = Transform::from_scale(narrow(scale), narrow(scale));
    match mark {
        Mark::Box { x, y, width, height, paint } => {
            // Edges on pixels are sharp.
            let snap = |at: f64| (at * scale).round();
            let (left, right) = (snap(*x), snap(x + width).max(snap(*x) + 1.0));
            let (top, bottom) = (snap(*y), snap(y + height));
            if bottom <= top {
                return;
            }
            let [left, top, right, bottom] = [left, top, right, bottom].map(narrow);
            if let Some(rect) = Rect::from_ltrb(left, top, right, bottom) {
                pixmap.fill_rect(rect, &brush(*paint), Transform::identity(), None);
            }
        }
        Mark::Line { points, width, paint } => {
            let stroke =
                Stroke { width: narrow(*width), line_join: LineJoin::Round, ..Stroke::default() };
            if let Some(path) = path(points, false) {
                pixmap.stroke_path(&path, &brush(*paint), &stroke, transform, None);
            }
        }
        Mark::Area { points, paint } => {
            if let Some(path) = path(points, true) {
                pixmap.fill_path(&path, &brush(*paint), FillRule::Winding, transform, None);
            }
        }
        Mark::Text { x, y, size, anchor, turned, paint, text } => {
            let shift = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => font::width(text, *size) / 2.0,
                Anchor::End => font::width(text, *size),
            };
            let mut pen = Pen { builder: PathBuilder::new(), x: 0.0, scale: 1.0 };
            font::outline(text, *size, &mut pen, |pen, at, scale| {
                (pen.x, pen.scale) = (at - shift, scale);
            });
            let Some(path) = pen.builder.finish() else { return };
            let turn = if *turned { Transform::from_rotate(-90.0) } else { Transform::identity() };
            let place = turn.post_translate(narrow(*x), narrow(*y)).post_concat(transform);
            pixmap.fill_path(&path, &brush(*paint), FillRule::Winding, place, None);
        }
        Mark::Image { x, y, width, height, image } => {
            copy(pixmap, image, [*x, *y, *width, *height].map(|number| number * scale));
        }
    }
}

/// Copies an image into a rectangle of pixels, without smoothing it.
fn copy(pixmap: &mut Pixmap, image: &Raster, [x, y, width, height]: [f64; 4]) {
    let [left, top, right, bottom] =
        [x, y, x + width, y + height].map(|place| index(place.round().max(0.0)));
    let columns = usize::try_from(pixmap.width()).unwrap_or(0);
    let rows = usize::try_from(pixmap.height()).unwrap_or(0);
    let place = |at: usize, from: usize, to: usize, count: usize| {
        let part = (float(at - from) + 0.5) / float(to - from);
        index(part * float(count)).min(count.saturating_sub(1))
    };
    let data = pixmap.data_mut();
    for row in top..bottom.min(rows) {
        let source_row = place(row, top, bottom, image.height);
        for column in left..right.min(columns) {
            let [red, green, blue] =
                image.pixel(source_row, place(column, left, right, image.width));
            let at = (row * columns + column) * 4;
            if let Some(pixel) = data.get_mut(at..at + 4) {
                pixel.copy_from_slice(&[red, green, blue, 0xff]);
            }
        }
    }
}

fn brush(paint: Paint) -> Brush<'static> {
    let [red, green, blue] = paint.rgb();
    let mut brush = Brush::default();
    brush.set_color_rgba8(red, green, blue, 0xff);
    brush.anti_alias = true;
    brush
}

fn path(points: &[(f64, f64)], closed: bool) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    for (at, &(x, y)) in points.iter().enumerate() {
        match at {
            0 => builder.move_to(narrow(x), narrow(y)),
            _ => builder.line_to(narrow(x), narrow(y)),
        }
    }
    if closed {
        builder.close();
    }
    builder.finish()
}

#[expect(clippy::cast_possible_truncation, reason = "fractions of a pixel don't matter")]
fn narrow(number: f64) -> f32 {
    number as f32
}

/// Outlines of glyphs, whose y grows upwards.
struct Pen {
    builder: PathBuilder,
    x: f64,
    scale: f64,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (narrow(self.x + f64::from(x) * self.scale), narrow(-f64::from(y) * self.scale))
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.builder.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2)) = (self.place(x1, y1), self.place(x2, y2));
        let (x, y) = self.place(x, y);
        self.builder.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use super::*;

    fn decode(file: &[u8]) -> (ColorType, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        (info.color_type, data)
    }

    #[test]
    fn png_files_hold_the_pixels() {
        let few = Raster::new(3, 2, |row, column| [row as u8 * 9, column as u8, 7]);
        let (color, pixels) = decode(&few.png());
        assert_eq!((color, pixels), (ColorType::Indexed, vec![0, 1, 2, 3, 4, 5]));
        let many = Raster::new(20, 20, |row, column| [row as u8, column as u8, 7]);
        assert_eq!(decode(&many.png()), (ColorType::Rgb, many.rgb.clone()));
        assert_eq!(many.enlarged(3).pixel(59, 4), [19, 1, 7]);
        assert_eq!(many.pixel(20, 0), [0; 3]);
        let small = many.reduced(99, 5);
        assert_eq!((small.width, small.height, small.pixel(1, 2)), (5, 5, [5, 9, 7]));
        assert_eq!(many.reduced(20, 20), many);
    }

    #[test]
    fn marks_are_painted() {
        let mut drawing = Drawing::new(20.0, 10.0, String::new());
        drawing.rect(0.0, 0.0, 5.0, 5.0, Paint::Color([1, 2, 3]));
        drawing.text(8.0, 9.0, 9.0, Anchor::Start, Paint::Color([0, 0, 0]), "I".to_owned());
        let image = Raster::new(2, 1, |_, column| [column as u8 * 200, 0, 0]);
        drawing.marks.push(Mark::Image { x: 16.0, y: 0.0, width: 4.0, height: 2.0, image });
        let painted = paint(&drawing, 2.0).unwrap();
        assert_eq!((painted.width, painted.height), (40, 20));
        assert_eq!(painted.pixel(9, 9), [1, 2, 3]);
        assert_eq!(painted.pixel(10, 10), [255; 3]);
        assert_eq!((painted.pixel(0, 35), painted.pixel(3, 36)), ([0; 3], [200, 0, 0]));
        let dark = (0..20).flat_map(|row| (16..24).map(move |column| (row, column)));
        assert!(dark.filter(|&(r, c)| painted.pixel(r, c)[0] < 99).count() > 9, "a glyph");
        assert!(paint(&Drawing::new(1e9, 10.0, String::new()), 1.0).is_none());
        assert!(paint(&Drawing::new(f64::NAN, 10.0, String::new()), 1.0).is_none());
    }
}
