//! The results as a picture: a line for each comparison, a dot for each library.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::Result;
use crate::job::Library;
use crate::results::Results;

const LIBRARIES: [(Library, &str, RGBColor); 5] = [
    (Library::Numpy, "NumPy", RGBColor(76, 120, 168)),
    (Library::Npyz, "npyz", RGBColor(148, 148, 148)),
    (Library::Safetensors, "safetensors", RGBColor(228, 167, 33)),
    (Library::NdarrayNpy, "ndarray-npy", RGBColor(84, 162, 75)),
    (Library::Npz, "npz", RGBColor(214, 39, 40)),
];
const LINE: i32 = 22;
const WIDTH: i32 = 1000;
const LEFT: i32 = 350;
const RIGHT: i32 = 30;
const TOP: i32 = 56;
const BOTTOM: i32 = 34;
const GREY: RGBColor = RGBColor(110, 110, 110);
const FONT: &str = "sans-serif";

pub(crate) fn draw(results: &Results, path: &Path) -> Result<()> {
    let ratios = ratios(results);
    let all = ratios.iter().flat_map(|(_, dots)| dots.iter().map(|(_, ratio)| *ratio));
    let (least, most) = all
        .fold((1.0, 1.0), |(least, most): (f64, f64), ratio| (least.min(ratio), most.max(ratio)));
    let scale = Scale { least: least.log10() - 0.08, most: most.log10() + 0.08 };
    let height = TOP + LINE * i32::try_from(ratios.len())? + BOTTOM;
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let area = SVGBackend::new(path, size).into_drawing_area();
    area.fill(&WHITE)?;
    grid(&area, &scale, height)?;
    legend(&area)?;
    for (line, (title, dots)) in (0..).zip(&ratios) {
        let y = TOP + LINE * line + LINE / 2;
        area.draw(&PathElement::new([(LEFT, y), (WIDTH - RIGHT, y)], RGBColor(238, 238, 238)))?;
        area.draw(&Text::new(title.as_str(), (LEFT - 10, y), label(HPos::Right, &BLACK, 12)))?;
        for (library, ratio) in dots {
            let known = LIBRARIES.iter().find(|(known, ..)| known == library);
            let Some((.., color)) = known else { continue };
            let radius = if *library == Library::Npz { 6 } else { 5 };
            area.draw(&Circle::new((scale.x(*ratio), y), radius, color.filled()))?;
        }
    }
    area.present()?;
    Ok(())
}

type Dots = Vec<(Library, f64)>;

fn ratios(results: &Results) -> Vec<(String, Dots)> {
    let comparisons = results.comparisons.iter().map(|compared| {
        let dots = LIBRARIES.iter().filter_map(|(library, ..)| {
            let ratio = compared.row(*library)?.ratio(&compared.rows[0])?;
            Some((*library, ratio.median))
        });
        (compared.name(), dots.collect())
    });
    comparisons.collect()
}

/// Logarithmic.
struct Scale {
    least: f64,
    most: f64,
}

impl Scale {
    fn x(&self, ratio: f64) -> i32 {
        let part = (ratio.log10() - self.least) / (self.most - self.least);
        LEFT + (part * f64::from(WIDTH - LEFT - RIGHT)).round() as i32
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn grid(area: &Area<'_>, scale: &Scale, height: i32) -> Result<()> {
    let (top, bottom) = (TOP - 6, height - BOTTOM + 6);
    for power in -3..=4 {
        for step in [1.0, 2.0, 5.0] {
            let ratio = step * 10_f64.powi(power);
            if !(scale.least..scale.most).contains(&ratio.log10()) {
                continue;
            }
            let x = scale.x(ratio);
            let limit = power == 0 && step == 1.0;
            let color = if limit { BLACK } else { RGBColor(225, 225, 225) };
            area.draw(&PathElement::new([(x, top), (x, bottom)], color))?;
            let style = label(HPos::Center, if limit { &BLACK } else { &GREY }, 11);
            area.draw(&Text::new(format!("{ratio}"), (x, bottom + 9), style))?;
        }
    }
    let text = "time divided by that of the bare system calls, logarithmic; left is better";
    area.draw(&Text::new(text, (WIDTH - RIGHT, TOP - 18), label(HPos::Right, &GREY, 11)))?;
    Ok(())
}

fn legend(area: &Area<'_>) -> Result<()> {
    let mut x = LEFT;
    for (_, name, color) in LIBRARIES.iter().rev() {
        area.draw(&Circle::new((x + 6, 18), 5, color.filled()))?;
        area.draw(&Text::new(*name, (x + 16, 18), label(HPos::Left, &BLACK, 13)))?;
        x += 40 + 8 * i32::try_from(name.len())?;
    }
    Ok(())
}

fn label(at: HPos, color: &RGBColor, size: u32) -> TextStyle<'_> {
    (FONT, size).into_font().color(color).pos(Pos::new(at, VPos::Center))
}
