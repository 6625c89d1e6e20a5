//! The report about a file: a page for the browser.

mod card;
mod page;
mod tree;

use npz_core::{Error, Result};

use self::card::Picture;
use crate::chart::svg::{self, Place, escape};
use crate::chart::{Drawing, Mark, Paint, Raster, curve, raster};
use crate::picture;
use crate::plane;
use crate::scan;
use crate::source::{Entry, Source};
use crate::statistics::{self, Facts, Numbers};
use crate::survey::{self, Findings, InFile};
use crate::text::plural;

/// Bins of histograms; of files with more than [`MANY`] arrays fewer.
const BINS: (usize, usize) = (40, 16);

/// A file with more arrays than this makes a long page.
const MANY: usize = 2000;

/// So many of the largest arrays have pictures; the page's size is bounded.
const MOST_PICTURES: usize = 1000;

/// Pictures of this many cells, for at most so many arrays.
const CELLS: [(usize, usize); 3] = [(64, 96), (250, 64), (usize::MAX, 40)];

/// Points of a line.
const POINTS: usize = 110;

/// Height of the pictures, in the page's pixels.
const HEIGHT: f64 = 112.0;

/// Values of an image that is read for the report; larger ones are heat maps.
const MOST_IMAGE: usize = 1 << 24;

/// The page about a file, and why entries of it couldn't be read.
pub(crate) fn report(source: &Source) -> (String, Vec<Error>) {
    let indices: Vec<usize> = (0..source.entries().len()).collect();
    let many = indices.len() > MANY;
    let bins = move |_: &Numbers| if many { BINS.1 } else { BINS.0 };
    let findings = survey::survey(source, &indices, Some(&bins));

    let mut largest = indices;
    largest.retain(|&index| match (source.entries().get(index), findings.get(index)) {
        (Some(entry), Some(found)) => has_picture(entry, found),
        _ => false,
    });
    largest.sort_by_key(|&index| {
        std::cmp::Reverse(source.entries().get(index).and_then(Entry::nbytes))
    });
    largest.truncate(MOST_PICTURES);
    let cells =
        CELLS.iter().find(|(most, _)| largest.len() <= *most).map_or(40, |(_, cells)| *cells);
    let drawn = scan::for_each(largest.len(), |at| {
        let index = largest.get(at).copied().unwrap_or(usize::MAX);
        draw(source, index, cells).unwrap_or_default()
    });
    let mut pictures: Vec<Option<Picture>> = vec![None; source.entries().len()];
    for (index, picture) in largest.into_iter().zip(drawn) {
        if let Some(place) = pictures.get_mut(index) {
            *place = picture;
        }
    }
    let page = page::page(source, &findings, &pictures);
    let error = |found| if let Findings::Error(error) = found { Some(error) } else { None };
    (page, findings.into_iter().filter_map(error).collect())
}

/// Whether there is more to see of an array than its figures tell.
fn has_picture(entry: &Entry, findings: &Findings) -> bool {
    let Findings::Summaries(all) = findings else { return false };
    let ([one], Some(header)) = (all.as_slice(), &entry.header) else { return false };
    let varied = match &one.facts {
        Facts::Numbers(numbers) => numbers.min != numbers.max || numbers.not_finite() > 0,
        _ => false,
    };
    let numbers = statistics::decoder(header.dtype(), entry.logical_dtype.as_deref()).is_some();
    varied && numbers && header.len() >= 8
}

/// `None` where there is nothing to see. What can't be read is told by the statistics.
fn draw(source: &Source, index: usize, cells: usize) -> Result<Option<Picture>> {
    let Some(entry) = source.entries().get(index) else { return Ok(None) };
    let Some(header) = &entry.header else { return Ok(None) };
    let logical = entry.logical_dtype.as_deref();
    let Some(decoder) = statistics::decoder(header.dtype(), logical) else { return Ok(None) };
    let name = card::label(entry);
    let array = InFile { source, index };
    let long = header.shape().iter().filter(|&&len| len > 1).count();
    if long == 1 {
        let series = plane::series(header, &decoder, &array, POINTS, &|_| {})?;
        let label = format!("line of {name}");
        return Ok(
            line(&series, label).map(|html| Picture { html, caption: "in order".to_owned() })
        );
    }
    if let Some(layout) = picture::suggested(header.shape(), header.dtype().kind()) {
        let (shown, _) = layout.sheet();
        // A sheet of many is made of a few here.
        let shown = if layout.count.is_some() { shown.min(25) } else { shown };
        if shown.saturating_mul(layout.values()) <= MOST_IMAGE {
            let elems = match layout.count {
                Some(_) => crate::slice::along(0, 0, shown, header.shape().len()),
                None => crate::slice::everything(header.shape().len())?.as_ref().to_vec(),
            };
            let array = source.slice(index, &crate::slice::slice(elems)?)?;
            let layout = layout.with_count(layout.count.map(|_| shown));
            let image = picture::picture(&array, layout);
            let caption = match layout.count {
                Some(_) => format!("the first {}", plural(shown, "image", "images")),
                None => "image".to_owned(),
            };
            return Ok(image.map(|image| {
                let image = image.reduced(cells * 2, cells * 2);
                Picture { html: img(&image, &format!("{caption} of {name}")), caption }
            }));
        }
    }
    let grid = plane::grid(header, &decoder, &array, (cells, cells * 2), &|_| {})?;
    let scale = grid.scale(false);
    let [low, high] = [scale.low, scale.high].map(crate::figures::short);
    let label = format!("heat map of {name}, colours from {low} to {high}");
    let html = img(&grid.raster(scale), &label);
    Ok(Some(Picture { html, caption: format!("colours from {low} to {high}") }))
}

fn img(image: &Raster, label: &str) -> String {
    let [wide, tall] = [image.width, image.height].map(|side| crate::values::float(side.max(1)));
    // No smaller than can be seen, no wider than a phone.
    let times = (HEIGHT / tall).min(280.0 / wide);
    let [width, height] = [wide * times, tall * times].map(|side| side.max(10.0).round());
    format!(
        "<img alt=\"{}\" width=\"{width}\" height=\"{height}\" src=\"{}\">",
        escape(label),
        raster::data_uri(image)
    )
}

/// A line without axes; `None` if there are no finite values.
fn line(series: &curve::Series, label: String) -> Option<String> {
    let (low, high) = series.range()?;
    let (width, height) = (220.0, 56.0);
    let mut drawing = Drawing::new(width, height, format!("{label}, from {low} to {high}"));
    let last = crate::values::float(series.len().saturating_sub(1)).max(1.0);
    let y = |value: f64| {
        let part =
            if high > low { (value * 0.5 - low * 0.5) / (high * 0.5 - low * 0.5) } else { 0.5 };
        height - 2.0 - part * (height - 4.0)
    };
    let x = |place: f64| place.max(0.0) / last * width;
    let points: Vec<_> = series.points().collect();
    for part in points.split(|(_, values)| values.is_none()) {
        let at = |pick: fn(&[f64; 3]) -> f64| {
            let point = move |(place, values): &(f64, Option<[f64; 3]>)| {
                values.as_ref().map(|values| (x(*place), y(pick(values))))
            };
            part.iter().filter_map(point).collect::<Vec<_>>()
        };
        if series.is_thinned() {
            let mut around = at(|values| values[2]);
            around.extend(at(|values| values[0]).into_iter().rev());
            drawing.marks.push(Mark::Area { points: around, paint: Paint::Soft });
        }
        let points = at(|values| values[1]);
        drawing.marks.push(Mark::Line { points, width: 1.5, paint: Paint::Data });
    }
    Some(svg::svg(&drawing, Place::Page))
}
