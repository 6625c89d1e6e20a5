//! Pictures made of characters.

use std::fmt::Write;

use crate::chart::Raster;
use crate::chart::curve::Series;
use crate::histogram::Histogram;
use crate::text::{pad_left, width};
use crate::values::{float, index, unsigned};

/// Bars in eighths of a line.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// From dark to light, where there are no colours.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// The dots of a braille character, from the top, left ones first.
const DOTS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// How a terminal shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colors {
    None,
    /// The 256 that nearly all terminals have.
    Palette,
    /// All.
    True,
}

impl Colors {
    /// What this terminal shows, if it should show any.
    pub(crate) fn found(wanted: bool) -> Self {
        if !wanted {
            return Self::None;
        }
        let all = std::env::var("COLORTERM").unwrap_or_default();
        if all.contains("truecolor") || all.contains("24bit") { Self::True } else { Self::Palette }
    }

    fn code(self, ground: u8, [red, green, blue]: [u8; 3]) -> String {
        match self {
            Self::None => String::new(),
            Self::True => format!("{ground};2;{red};{green};{blue}"),
            Self::Palette => format!("{ground};5;{}", palette([red, green, blue])),
        }
    }
}

/// The nearest of the palette's 6 × 6 × 6 colours or of its greys.
fn palette([red, green, blue]: [u8; 3]) -> u16 {
    if red.abs_diff(green) < 8 && green.abs_diff(blue) < 8 {
        return match red {
            0..8 => 16,
            248.. => 231,
            grey => 232 + (u16::from(grey) - 8) * 24 / 240,
        };
    }
    let step = |part: u8| match part {
        0..48 => 0,
        48..115 => 1,
        part => (u16::from(part) - 35) / 40,
    };
    16 + 36 * step(red) + 6 * step(green) + step(blue)
}

/// Two pixels in each character, one above the other.
pub(crate) fn raster(image: &Raster, colors: Colors) -> Vec<String> {
    let rows = (0..image.height).step_by(2);
    rows.map(|row| {
        let mut line = String::new();
        let mut before = None;
        for column in 0..image.width {
            let above = image.pixel(row, column);
            let below = (row + 1 < image.height).then(|| image.pixel(row + 1, column));
            if colors == Colors::None {
                line.push(shade(above, below.unwrap_or(above)));
                continue;
            }
            if before != Some((above, below)) {
                let ground = below.map(|below| colors.code(48, below)).unwrap_or("49".to_owned());
                // What is written to a string always succeeds.
                let _ = write!(line, "\x1b[{};{ground}m", colors.code(38, above));
                before = Some((above, below));
            }
            line.push('▀');
        }
        if before.is_some() {
            line += "\x1b[0m";
        }
        line.truncate(line.trim_end().len());
        line
    })
    .collect()
}

fn shade(above: [u8; 3], below: [u8; 3]) -> char {
    let light =
        |[red, green, blue]: [u8; 3]| 2 * u32::from(red) + 5 * u32::from(green) + u32::from(blue);
    // At most 2 * 8 * 255.
    let level = (light(above) + light(below)) * 5 / (2 * 8 * 256);
    usize::try_from(level).ok().and_then(|level| SHADES.get(level)).copied().unwrap_or('█')
}

/// Bars that grow upwards, with the largest count beside them, and below them the smallest and the
/// largest value.
pub(crate) fn histogram(
    histogram: &Histogram,
    [low, high]: [&str; 2],
    logarithmic: bool,
    columns: usize,
    rows: usize,
) -> Vec<String> {
    let counts = histogram.counts();
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let height = |count: u64| {
        if logarithmic { (unsigned(count) + 1.0).log10() } else { unsigned(count) }
    };
    let label = crate::text::count(most);
    let left = width(&label) + 1;
    let each = (columns.saturating_sub(left + 1) / counts.len().max(1)).max(1);
    let mut lines = Vec::new();
    for row in (0..rows).rev() {
        let beside = if row + 1 == rows { label.as_str() } else { "" };
        let mut line = format!("{} ", pad_left(beside, left - 1));
        for &count in counts {
            let eighths = index((height(count) / height(most) * float(rows * 8)).round());
            let eighths = if count > 0 { eighths.max(1) } else { 0 };
            let mark = EIGHTHS[eighths.saturating_sub(row * 8).min(8)];
            line.extend(std::iter::repeat_n(mark, each));
        }
        line.truncate(line.trim_end().len());
        lines.push(line);
    }
    let across = each * counts.len();
    lines.push(format!("{}{}", " ".repeat(left), "─".repeat(across)));
    let gap = across.saturating_sub(width(low) + width(high)).max(1);
    lines.push(format!("{}{low}{}{high}", " ".repeat(left), " ".repeat(gap)));
    lines
}

/// How many bins there is room for.
pub(crate) fn most_bins(columns: usize) -> usize {
    columns.saturating_sub(14).clamp(8, 64)
}

/// A line of dots through values in twice as many columns as there are characters, with the
/// smallest and the largest value beside it, as `text` has them.
pub(crate) fn curve(
    series: &Series,
    text: impl Fn(f64) -> String,
    columns: usize,
    rows: usize,
) -> Vec<String> {
    let Some((low, high)) = series.range() else {
        return vec!["no finite numbers".to_owned()];
    };
    let labels = [high, low].map(text);
    let left = labels.iter().map(|label| width(label)).max().unwrap_or(0) + 1;
    let room = curve_columns(columns, left);
    let tall = rows * 4;
    let dot = |value: f64| {
        let part =
            if high > low { (value * 0.5 - low * 0.5) / (high * 0.5 - low * 0.5) } else { 0.5 };
        index(((1.0 - part) * float(tall - 1)).round()).min(tall - 1)
    };
    let mut cells = vec![vec![0_u32; room.div_ceil(2)]; rows];
    let mut set = |x: usize, y: usize| {
        if let Some(cell) = cells.get_mut(y / 4).and_then(|line| line.get_mut(x / 2)) {
            *cell |= DOTS[x % 2][y % 4];
        }
    };
    let last = float(series.len().saturating_sub(1)).max(1.0);
    let mut before: Option<usize> = None;
    for (place, values) in series.points() {
        let Some([least, mean, most]) = values else {
            before = None;
            continue;
        };
        let x = index((place.max(0.0) / last * float(room - 1)).round()).min(room - 1);
        let (mut top, mut bottom) = (dot(most), dot(least));
        // What lies between two columns joins them.
        if let Some(before) = before {
            top = top.min(before.max(dot(mean)).min(bottom));
            bottom = bottom.max(before.min(dot(mean)).max(top));
        }
        (top..=bottom).for_each(|y| set(x, y));
        before = Some(dot(mean));
    }
    let mut lines = Vec::new();
    for (row, cells) in cells.iter().enumerate() {
        let beside = match row {
            0 => labels[0].as_str(),
            row if row + 1 == rows => labels[1].as_str(),
            _ => "",
        };
        let mut line = format!("{} ", pad_left(beside, left - 1));
        let blank = |dots: &u32| {
            if *dots == 0 { ' ' } else { char::from_u32(0x2800 + dots).unwrap_or(' ') }
        };
        line.extend(cells.iter().map(blank));
        line.truncate(line.trim_end().len());
        lines.push(line);
    }
    let end = series.len().saturating_sub(1).to_string();
    let gap = room.div_ceil(2).saturating_sub(1 + width(&end)).max(1);
    lines.push(format!("{}0{}{end}", " ".repeat(left), " ".repeat(gap)));
    lines
}

/// Columns of dots beside labels of so many characters.
fn curve_columns(columns: usize, left: usize) -> usize {
    columns.saturating_sub(left).max(8) * 2
}

/// Columns of values that a curve shows.
pub(crate) fn most_points(columns: usize) -> usize {
    curve_columns(columns, 8)
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use super::*;
    use crate::figures::short;
    use crate::histogram::Bins;
    use crate::values::Values;

    #[test]
    fn colours_of_the_palette() {
        assert_eq!([[0, 0, 0], [255; 3], [128; 3]].map(palette), [16, 231, 244]);
        assert_eq!(palette([255, 0, 0]), 196);
        assert_eq!(palette([0, 0, 95]), 17);
    }

    #[test]
    fn pixels_are_halves() {
        let image = Raster::new(2, 3, |row, column| [row as u8 * 100, column as u8, 0]);
        let lines = raster(&image, Colors::True);
        assert_eq!(lines[0], "\x1b[38;2;0;0;0;48;2;100;0;0m▀\x1b[38;2;0;1;0;48;2;100;1;0m▀\x1b[0m");
        assert_eq!(lines[1], "\x1b[38;2;200;0;0;49m▀\x1b[38;2;200;1;0;49m▀\x1b[0m");
        let grey = Raster::new(3, 2, |_, column| [column as u8 * 127; 3]);
        assert_eq!(raster(&grey, Colors::None), [" ▒█"]);
    }

    #[test]
    fn bars_grow() {
        let mut all = Histogram::new(Bins::whole(0, 3, 9).unwrap());
        all.add(&Values::Signed(vec![0, 0, 0, 0, 1, 1, 3]), false);
        let lines = histogram(&all, ["0", "3"], false, 10, 2);
        assert_eq!(lines, ["4 █", "  ██ ▄", "  ────", "  0  3"]);
    }

    #[test]
    fn curves_are_dots() {
        let mut series = Series::new(16, 16);
        series.add(0, &(0..16).map(f64::from).collect::<Vec<_>>());
        let lines = curve(&series, short, 11, 4);
        assert_eq!(lines.len(), 5);
        assert!(lines[0].starts_with("15 ") && lines[3].trim_start().starts_with("0 "));
        assert_eq!(lines[4].trim(), "0     15");
        let dots: u32 = lines[..4]
            .join("")
            .chars()
            .filter_map(|c| u32::from(c).checked_sub(0x2800))
            .filter(|&d| d < 256)
            .map(u32::count_ones)
            .sum();
        assert!((16..64).contains(&dots), "{lines:#?}");
        let mut flat = Series::new(3, 9);
        flat.add(0, &[2.0; 3]);
        assert_eq!(curve(&flat, short, 20, 3).len(), 4);
    }
}
