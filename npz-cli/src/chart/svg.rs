//! Drawings as SVG.

use std::fmt::Write;

use super::{Anchor, Drawing, Mark, Paint, raster};
use crate::text::printable;

/// Where an SVG will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a file of its own, on white.
    File,
    /// In a page, whose style sheet has the colours.
    Page,
}

const FONT: &str = "Inter, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/// The text of an SVG.
pub(crate) fn svg(drawing: &Drawing, place: Place) -> String {
    let mut out = String::new();
    let (width, height) = (number(drawing.width), number(drawing.height));
    let label = escape(&drawing.label);
    let namespace = match place {
        Place::File => " xmlns=\"http://www.w3.org/2000/svg\"",
        Place::Page => "",
    };
    // What is written to a string always succeeds.
    let _ = write!(
        out,
        "<svg{namespace} width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"{label}\""
    );
    if place == Place::File {
        let _ = write!(
            out,
            " font-family=\"{FONT}\"><title>{label}</title>\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"
        );
    } else {
        out.push('>');
    }
    for mark in &drawing.marks {
        write_mark(&mut out, mark, place);
    }
    out += "</svg>";
    if place == Place::File {
        out.push('\n');
    }
    out
}

fn write_mark(out: &mut String, mark: &Mark, place: Place) {
    let _ = match mark {
        Mark::Box { x, y, width, height, paint } => write!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>",
            number(*x),
            number(*y),
            number(*width),
            number(*height),
            painted("fill", *paint, place)
        ),
        Mark::Line { points, width, paint } => write!(
            out,
            "<path d=\"{}\" fill=\"none\" stroke-width=\"{}\" stroke-linejoin=\"round\"{}/>",
            path(points),
            number(*width),
            painted("stroke", *paint, place)
        ),
        Mark::Area { points, paint } => {
            write!(out, "<path d=\"{}Z\"{}/>", path(points), painted("fill", *paint, place))
        }
        Mark::Text { x, y, size, anchor, turned, paint, text } => {
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let (x, y) = (number(*x), number(*y));
            let turn =
                if *turned { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
            write!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"{anchor}{turn}{}>{}</text>",
                number(*size),
                painted("fill", *paint, place),
                escape(text)
            )
        }
        Mark::Image { x, y, width, height, image } => write!(
            out,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"{}\"/>",
            number(*x),
            number(*y),
            number(*width),
            number(*height),
            raster::data_uri(image)
        ),
    };
}

fn painted(what: &str, paint: Paint, place: Place) -> String {
    let class = match paint {
        Paint::Ink => "ink",
        Paint::Muted => "muted",
        Paint::Grid => "grid",
        Paint::Data => "data",
        Paint::Soft => "soft",
        Paint::Color(_) => "",
    };
    if place == Place::Page && !class.is_empty() {
        return format!(" {what}=\"var(--{class})\"");
    }
    let [red, green, blue] = paint.rgb();
    format!(" {what}=\"#{red:02x}{green:02x}{blue:02x}\"")
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let letter = if at == 0 { "M" } else { "L" };
        let _ = write!(path, "{letter}{} {}", number(*x), number(*y));
    }
    path
}

/// In hundredths.
fn number(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text as it stands in SVG and HTML, in attributes too. Control characters, which XML doesn't
/// allow, are spelled out.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            // No characters in XML.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        let mut drawing = Drawing::new(10.0, 20.5, "a\"b".to_owned());
        let name = "</svg><script>alert('x')</script>&\u{1}\u{ffff}";
        drawing.text(1.0, 2.0, 3.0, Anchor::Middle, Paint::Ink, name.to_owned());
        let file = svg(&drawing, Place::File);
        assert!(!file.contains("<script") && file.matches("</svg>").count() == 1, "{file}");
        assert!(file.contains("viewBox=\"0 0 10 20.5\" role=\"img\" aria-label=\"a&quot;b\""));
        assert!(file.contains("\\u{1}\u{fffd}</text>"));
        let page = svg(&drawing, Place::Page);
        assert!(page.contains("fill=\"var(--ink)\"") && !page.contains("xmlns"));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([1.0, 0.5, -0.001, 10.0, 0.126].map(number), ["1", "0.5", "0", "10", "0.13"]);
        assert_eq!(path(&[(0.0, 1.5), (2.0, 3.0)]), "M0 1.5L2 3");
    }
}
