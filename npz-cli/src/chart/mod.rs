//! Pictures: drawn once, as a list of marks, and written as SVG or painted as PNG.

pub(crate) mod axis;
pub(crate) mod bars;
pub(crate) mod color;
pub(crate) mod curve;
mod font;
pub(crate) mod heat;
pub(crate) mod raster;
pub(crate) mod svg;

pub(crate) use self::raster::Raster;

use npz_core::Scalar;

use crate::statistics::time_text;

/// A picture, in units that are pixels at scale 1; y grows downwards.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// For those who don't see it.
    pub(crate) label: String,
    /// The later ones on top.
    pub(crate) marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
pub(crate) enum Mark {
    Box {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        paint: Paint,
    },
    /// Through all points.
    Line {
        points: Vec<(f64, f64)>,
        width: f64,
        paint: Paint,
    },
    /// Around all points.
    Area {
        points: Vec<(f64, f64)>,
        paint: Paint,
    },
    /// On a base line.
    Text {
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        turned: bool,
        paint: Paint,
        text: String,
    },
    /// With sharp edges between its pixels.
    Image {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        image: Raster,
    },
}

/// Which part of a text is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// What something is painted for; a page decides by itself which colour that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Ink,
    /// Text that is beside the matter.
    Muted,
    /// Lines that lead the eye.
    Grid,
    /// Data.
    Data,
    /// Where data vary around a line.
    Soft,
    Color([u8; 3]),
}

impl Paint {
    /// On white.
    pub(crate) fn rgb(self) -> [u8; 3] {
        match self {
            Self::Ink => [0x1c, 0x1f, 0x23],
            Self::Muted => [0x57, 0x60, 0x6a],
            Self::Grid => [0xe2, 0xe5, 0xe9],
            Self::Data => [0x2b, 0x6c, 0xb0],
            Self::Soft => [0xb9, 0xd2, 0xea],
            Self::Color(rgb) => rgb,
        }
    }
}

/// Size of the text along axes.
pub(crate) const SMALL: f64 = 12.0;

/// Size of the title.
const LARGE: f64 = 15.0;

/// Between a picture's edge and what is in it.
pub(crate) const MARGIN: f64 = 14.0;

/// What stands above a picture, and in small letters below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captions {
    pub(crate) title: String,
    /// Beside the title.
    pub(crate) detail: String,
    pub(crate) note: String,
    /// The type of values that are times.
    pub(crate) times: Option<Scalar>,
}

impl Captions {
    /// Height of what is above.
    pub(crate) fn above(&self) -> f64 {
        if self.title.is_empty() { MARGIN } else { MARGIN + LARGE + 10.0 }
    }

    /// Height of what is below.
    pub(crate) fn below(&self) -> f64 {
        if self.note.is_empty() { MARGIN } else { MARGIN + SMALL + 6.0 }
    }

    /// Draws both.
    pub(crate) fn draw(&self, drawing: &mut Drawing) {
        let room = drawing.width - 2.0 * MARGIN;
        if !self.title.is_empty() {
            let detail = font::fit(&self.detail, SMALL, room / 2.0);
            let beside = if detail.is_empty() { 0.0 } else { font::width(&detail, SMALL) + 14.0 };
            let text = font::fit(&self.title, LARGE, room - beside);
            let (x, y) = (MARGIN + font::width(&text, LARGE) + 14.0, MARGIN + LARGE * 0.8);
            drawing.text(MARGIN, y, LARGE, Anchor::Start, Paint::Ink, text);
            if !detail.is_empty() {
                drawing.text(x, y, SMALL, Anchor::Start, Paint::Muted, detail);
            }
        }
        if !self.note.is_empty() {
            let text = font::fit(&self.note, SMALL, room);
            let y = drawing.height - MARGIN;
            drawing.text(MARGIN, y, SMALL, Anchor::Start, Paint::Muted, text);
        }
    }

    /// The width of what is above, if it is not made to fit.
    fn least_width(&self) -> f64 {
        let above = font::width(&self.title, LARGE) + 14.0 + font::width(&self.detail, SMALL);
        above.max(font::width(&self.note, SMALL)) + 2.0 * MARGIN
    }

    /// All in one line.
    pub(crate) fn label(&self, what: &str) -> String {
        format!("{what}: {}, {}. {}", self.title, self.detail, self.note)
    }

    /// Ticks for values, which times have their own names for.
    fn ticks(&self, low: f64, high: f64, wanted: usize, least: f64) -> axis::Ticks {
        let mut ticks = axis::ticks(low, high, wanted, least);
        if let Some(scalar) = self.times {
            for (label, &place) in ticks.labels.iter_mut().zip(&ticks.places) {
                if let Some(time) = time_text(scalar, crate::values::whole(place)) {
                    *label = time;
                }
            }
        }
        ticks
    }
}

impl Drawing {
    pub(crate) fn new(width: f64, height: f64, label: String) -> Self {
        Self { width, height, label, marks: Vec::new() }
    }

    pub(crate) fn text(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        paint: Paint,
        text: String,
    ) {
        self.marks.push(Mark::Text { x, y, size, anchor, turned: false, paint, text });
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), paint: Paint) {
        self.marks.push(Mark::Line { points: vec![from, to], width: 1.0, paint });
    }

    pub(crate) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, paint: Paint) {
        self.marks.push(Mark::Box { x, y, width, height, paint });
    }
}
