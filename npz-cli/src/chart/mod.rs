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
    pub(crate) note: String,
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
            let text = font::fit(&self.title, LARGE, room);
            drawing.text(MARGIN, MARGIN + LARGE * 0.8, LARGE, Anchor::Start, Paint::Ink, text);
        }
        if !self.note.is_empty() {
            let text = font::fit(&self.note, SMALL, room);
            let y = drawing.height - MARGIN;
            drawing.text(MARGIN, y, SMALL, Anchor::Start, Paint::Muted, text);
        }
    }

    /// Both in one line.
    pub(crate) fn label(&self, what: &str) -> String {
        format!("{what}: {}. {}", self.title, self.note)
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
