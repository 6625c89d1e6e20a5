//! The font of pictures: how wide its text is, and its outlines.

use std::sync::OnceLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Inter, see assets/README.md.
static BYTES: &[u8] = include_bytes!("../../assets/Inter.otf");

fn face() -> Option<&'static Face<'static>> {
    static FACE: OnceLock<Option<Face<'static>>> = OnceLock::new();
    FACE.get_or_init(|| Face::parse(BYTES, 0).ok()).as_ref()
}

fn glyph(face: &Face<'_>, c: char) -> GlyphId {
    // What the font doesn't have is a box, its first glyph.
    face.glyph_index(c).unwrap_or(GlyphId(0))
}

fn advance(face: &Face<'_>, glyph: GlyphId, size: f64) -> f64 {
    let units = f64::from(face.glyph_hor_advance(glyph).unwrap_or(0));
    units * size / f64::from(face.units_per_em())
}

/// The width of a text of this size.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let Some(face) = face() else { return 0.0 };
    text.chars().map(|c| advance(face, glyph(face, c), size)).sum()
}

/// As much of a text as there is room for, its middle left out if need be.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    let mut columns = text.chars().count();
    let mut fitting = text.to_owned();
    while columns > 1 && width(&fitting, size) > room {
        // By what is too wide, and at least by one.
        let part = room / width(&fitting, size);
        let fewer = crate::values::index(crate::values::float(columns) * part);
        columns = fewer.min(columns - 1).max(1);
        fitting = crate::text::shorten(text, columns).into_owned();
    }
    fitting
}

/// Gives the outlines of a text to `pen`. Before each glyph, `place` tells it where the glyph's origin
/// is, and how large the font's units are.
pub(crate) fn outline<P: OutlineBuilder>(
    text: &str,
    size: f64,
    pen: &mut P,
    place: impl Fn(&mut P, f64, f64),
) {
    let Some(face) = face() else { return };
    let scale = size / f64::from(face.units_per_em());
    let mut x = 0.0;
    for c in text.chars() {
        let glyph = glyph(face, c);
        place(pen, x, scale);
        // A glyph without an outline is a blank.
        let _ = face.outline_glyph(glyph, pen);
        x += advance(face, glyph, size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_a_width() {
        assert!(face().is_some());
        assert!(width("W", 12.0) > width("i", 12.0));
        assert!((width("ab", 24.0) - 2.0 * width("ab", 12.0)).abs() < 1e-9);
        for c in "aZ0é×–−…µ≤∞Жλ".chars() {
            assert!(face().unwrap().glyph_index(c).is_some(), "{c}");
        }
    }

    #[test]
    fn texts_are_made_to_fit() {
        let name = "layers.0.attention.weight";
        assert_eq!(fit(name, 12.0, 1e3), name);
        let short = fit(name, 12.0, 80.0);
        assert!(width(&short, 12.0) <= 80.0 && short.contains('…'), "{short}");
        assert_eq!(fit(&"日".repeat(90), 12.0, 5.0), "…");
    }
}
