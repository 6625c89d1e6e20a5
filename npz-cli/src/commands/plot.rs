//! Pictures of arrays.

mod notes;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use npz_core::{AnyArray, DType, Error, ErrorKind, Header, ScalarKind};

use crate::chart::bars::{self, Counts};
use crate::chart::{Captions, Drawing, Raster, curve, heat, raster, svg};
use crate::cli::ReadArgs;
use crate::commands::show;
use crate::error::{Failure, Result, Status};
use crate::figures::short;
use crate::output::Output;
use crate::picture::{self, Layout};
use crate::progress::Progress;
use crate::source::{Entry, Source};
use crate::statistics::{self, Blocks, Facts, Number, Numbers, Summary};
use crate::survey::InFile;
use crate::terminal::{self, Colors};
use crate::text::{shorten, width};
use crate::values::{Decoder, whole};
use crate::{plane, slice, write};

/// Longer lines are shown as histograms, unless asked for.
const LONGEST_LINE: usize = 1_000_000;

/// Values of a picture that is shown as itself; it is in memory.
const MOST_PICTURE: usize = 1 << 28;

/// A picture's longest side is made at least this long.
const LEAST_SIDE: usize = 720;

/// Lines of a picture in the terminal.
const LINES: usize = 20;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An npz, npy or safetensors file
    file: PathBuf,
    /// The name of the entry, and, if wanted, a slice of it as NumPy has it
    #[arg(value_name = "KEY[SLICE]")]
    key: Option<String>,
    /// Write a PNG or SVG file, by its name's end, instead of showing the picture in the terminal;
    /// `-` is a PNG to the standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to draw
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<Kind>,
    /// At most so many bins of a histogram
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=4096))]
    bins: Option<u16>,
    /// Count in powers of ten, so that what is rare can be seen
    #[arg(long)]
    log: bool,
    /// Spread the colours of a heat map over all but the smallest and largest 2 % of its cells
    #[arg(long)]
    robust: bool,
    /// The largest width and height of the picture; a PNG has two pixels for each of these units
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "860x560", value_parser = size)]
    size: (f64, f64),
    #[command(flatten)]
    read: ReadArgs,
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// How many values are where
    Histogram,
    /// Colours in rows and columns: the first axis down, all others along
    Heatmap,
    /// Values along the array
    Line,
    /// The picture that the values are
    Image,
}

fn size(text: &str) -> std::result::Result<(f64, f64), String> {
    let sides = text.split_once('x').map(|(width, height)| [width, height].map(str::parse::<u16>));
    match sides {
        Some([Ok(width @ 160..=8192), Ok(height @ 120..=8192)]) => {
            Ok((f64::from(width), f64::from(height)))
        }
        _ => Err("expected a width and a height such as 800x600, at least 160x120".to_owned()),
    }
}

/// What a picture is made into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Png,
    Svg,
}

fn format(path: &Path) -> Result<Format> {
    if path.as_os_str() == "-" {
        return Ok(Format::Png);
    }
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    match end.as_deref() {
        Some("png") => Ok(Format::Png),
        Some("svg") => Ok(Format::Svg),
        _ => {
            let message = format!("{}: expected a name that ends in .png or .svg", path.display());
            Err(Failure::usage(message))
        }
    }
}

/// The array to be drawn, of numbers.
struct Subject<'s> {
    source: &'s Source,
    index: usize,
    /// As asked for.
    title: String,
    /// Its type and shape.
    detail: String,
    header: Header,
    logical: Option<String>,
    decoder: Decoder,
    /// The slice, if it isn't all of the array.
    part: Option<AnyArray>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let format = args.output.as_deref().map(format).transpose()?;
    let source = Source::open(&args.file, &args.read.options())?;
    let subject = subject(&source, args.key.as_deref())?;
    let kind = match args.kind {
        Some(kind) => kind,
        None => subject.suggestion(),
    };
    match (format, &args.output) {
        (Some(format), Some(path)) => {
            let bytes = match kind {
                Kind::Image => image_file(&subject.image()?, &subject.title, format),
                kind => {
                    let drawing = subject.draw(kind, args)?;
                    drawing_file(&drawing, format).ok_or_else(|| subject.fault("is too large"))?
                }
            };
            write::write(path, &bytes, out)?;
        }
        _ => subject.show(kind, args, out)?,
    }
    Ok(Status::Done)
}

fn subject<'s>(source: &'s Source, key: Option<&str>) -> Result<Subject<'s>> {
    let (index, slice) = show::find(source, key)?;
    let entry = source.entries().get(index).ok_or_else(|| Failure::usage("there is no entry"))?;
    let fault = |kind, message: String| {
        let error = Error::new(kind, message).with_path(source.path());
        Failure::from(if entry.name().is_some() { error.with_entry(entry.label()) } else { error })
    };
    let Some(header) = entry.header.as_deref() else {
        // Its own error, since it has no header.
        let error = source.read(index).err().map(Failure::from);
        return Err(error.unwrap_or_else(|| fault(ErrorKind::Dtype, "is no array".to_owned())));
    };
    let logical = entry.logical_dtype.as_deref().map(str::to_owned);
    let Some(decoder) = statistics::decoder(header.dtype(), logical.as_deref()) else {
        return Err(fault(ErrorKind::Dtype, no_numbers(header.dtype())));
    };
    let part = slice.map(|text| part(source, index, entry, header, text)).transpose()?;
    let header = part.as_ref().map_or(header, |part| part.header()).clone();
    if header.len() < 2 {
        let message = match header.len() {
            0 => "has no items: there is nothing to draw",
            _ => "is a single value: there is nothing to draw; npz show prints it",
        };
        return Err(fault(ErrorKind::Shape, message.to_owned()));
    }
    let name = match key {
        Some(key) => key.to_owned(),
        None => args_name(source),
    };
    let kind =
        logical.clone().or_else(|| header.dtype().as_scalar().map(|s| s.name().into_owned()));
    let shape: Vec<_> = header.shape().iter().map(ToString::to_string).collect();
    let detail = format!("{} · {}", kind.unwrap_or_default(), shape.join(" × "));
    Ok(Subject { source, index, title: name, detail, header, logical, decoder, part })
}

/// Reads a slice, which is in memory then.
fn part(
    source: &Source,
    index: usize,
    entry: &Entry,
    header: &Header,
    text: &str,
) -> Result<AnyArray> {
    let slice = slice::parse(text, header.shape());
    let slice = slice.map_err(|error| error.with_entry(entry.label()).with_path(source.path()))?;
    Ok(source.slice(index, &slice)?)
}

/// A lone array is called as its file.
fn args_name(source: &Source) -> String {
    source.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn no_numbers(dtype: &DType) -> String {
    let what = dtype.describe();
    match (dtype, dtype.kind()) {
        (DType::Record(_), _) => {
            format!("is {what}; expected numbers: npz stats tells of each field")
        }
        (_, Some(ScalarKind::Str(_) | ScalarKind::Bytes(_))) => {
            format!("is text, dtype {what}; expected numbers: npz stats tells of lengths")
        }
        _ => format!("expected numbers, found dtype {what}"),
    }
}

impl Subject<'_> {
    fn fault(&self, message: &'static str) -> Failure {
        let error = Error::new(ErrorKind::Shape, message).with_path(self.source.path());
        let entry = self.source.entries().get(self.index).and_then(|entry| entry.name());
        Failure::from(match entry {
            Some(name) => error.with_entry(name),
            None => error,
        })
    }

    /// A value in a few digits, or as the time it is.
    fn written(&self, value: f64) -> String {
        let times = self.header.dtype().as_scalar().filter(|_| self.decoder.is_time());
        let time = times.and_then(|scalar| statistics::time_text(scalar, whole(value)));
        time.unwrap_or_else(|| short(value))
    }

    fn suggestion(&self) -> Kind {
        let shape = self.header.shape();
        if picture::suggested(shape, self.header.dtype().kind()).is_some() {
            return Kind::Image;
        }
        match shape.iter().filter(|&&len| len > 1).count() {
            0 | 1 if self.header.len() <= LONGEST_LINE => Kind::Line,
            2 if shape.len() == 2 => Kind::Heatmap,
            _ => Kind::Histogram,
        }
    }

    fn blocks(&self) -> Box<dyn Blocks + '_> {
        match &self.part {
            Some(part) => Box::new(part.clone()),
            None => Box::new(InFile { source: self.source, index: self.index }),
        }
    }

    fn progress(&self, passes: u64) -> Progress {
        Progress::new(u64::try_from(self.header.nbytes()).unwrap_or(0).saturating_mul(passes))
    }

    fn summary(&self, bins: &dyn Fn(&Numbers) -> usize) -> Result<(Summary, Numbers)> {
        let progress = self.progress(2);
        let (dtype, logical) = (self.header.dtype(), self.logical.as_deref());
        let read = |bytes| progress.add(bytes);
        let found = statistics::summarize(dtype, logical, &*self.blocks(), Some(bins), &read)?;
        let summary = found.and_then(|all| all.into_iter().next());
        match summary.map(|summary| (summary.facts.clone(), summary)) {
            Some((Facts::Numbers(numbers), summary)) => Ok((summary, numbers)),
            _ => Err(self.fault("expected numbers, found something else")),
        }
    }

    fn draw(&self, kind: Kind, args: &Args) -> Result<Drawing> {
        let (width, height) = args.size;
        let progress = self.progress(1);
        let read = |bytes| progress.add(bytes);
        let (title, detail) = (self.title.clone(), self.detail.clone());
        let times = self.header.dtype().as_scalar().filter(|_| self.decoder.is_time());
        let mut captions = Captions { title, detail, note: String::new(), times };
        Ok(match kind {
            Kind::Histogram => {
                let (summary, numbers) = self.summary(&|all| notes::bins(all, args.bins))?;
                captions.note = notes::note(&summary, &numbers);
                let Some(histogram) = &numbers.histogram else {
                    return Err(self.fault("no item is a finite number"));
                };
                let counts = if args.log { Counts::Logarithmic } else { Counts::Linear };
                bars::draw(histogram, counts, &captions, width, height)
            }
            Kind::Heatmap | Kind::Image => {
                let most = heat::most_cells(width, height);
                let grid = plane::grid(&self.header, &self.decoder, &*self.blocks(), most, &read)?;
                captions.note = notes::heat(&grid, self.decoder.is_magnitude(), args.robust);
                heat::draw(&grid, grid.scale(args.robust), &captions, width, height)
            }
            Kind::Line => {
                let most = crate::values::index(width);
                let blocks = self.blocks();
                let series = plane::series(&self.header, &self.decoder, &*blocks, most, &read)?;
                captions.note = notes::line(&series, self.decoder.is_magnitude());
                curve::draw(&series, &captions, width, height)
            }
        })
    }

    /// The picture that the array is, or a sheet of the first ones.
    fn image(&self) -> Result<Raster> {
        let shape = self.header.shape();
        let Some(layout) = picture::layout(shape) else {
            let message = "can't be an image: expected rows and columns, and perhaps 1, 3 or 4 \
                           channels; take a slice, or draw it --as heatmap";
            return Err(self.fault(message));
        };
        let (shown, _) = layout.sheet();
        let values = shown.saturating_mul(layout.values());
        if values == 0 || values > MOST_PICTURE {
            return Err(self.fault("is too large for an image; draw it --as heatmap, or a slice"));
        }
        let array = self.pixels(layout, shown)?;
        picture::picture(&array, layout).ok_or_else(|| self.fault("has items that are no numbers"))
    }

    /// The values in C order of as many pictures as are shown.
    fn pixels(&self, layout: Layout, shown: usize) -> Result<AnyArray> {
        if let Some(part) = &self.part {
            return Ok(part.clone());
        }
        let ndim = self.header.shape().len();
        let elems = match layout.count {
            Some(_) => slice::along(0, 0, shown, ndim),
            None => slice::everything(ndim)?.as_ref().to_vec(),
        };
        Ok(self.source.slice(self.index, &slice::slice(elems)?)?)
    }

    /// Shows the picture in the terminal.
    fn show(&self, kind: Kind, args: &Args, out: &mut Output) -> Result<()> {
        let columns = out.width().unwrap_or(80).clamp(20, 200);
        let colors = Colors::found(out.style().is_on());
        let progress = self.progress(1);
        let read = |bytes| progress.add(bytes);
        let (lines, note) = match kind {
            Kind::Histogram => {
                let most = args.bins.map_or(terminal::most_bins(columns), usize::from);
                let (summary, numbers) = self.summary(&|all| notes::bins(all, None).min(most))?;
                let Some(histogram) = &numbers.histogram else {
                    return Err(self.fault("no item is a finite number"));
                };
                let text = |end: Option<Number>| end.map(|end| summary.text(end));
                let ends = [numbers.min, numbers.max].map(|end| text(end).unwrap_or_default());
                let ends = [ends[0].as_str(), ends[1].as_str()];
                let lines = terminal::histogram(histogram, ends, args.log, columns, LINES / 2);
                (lines, notes::note(&summary, &numbers))
            }
            Kind::Heatmap => {
                let most = (LINES * 2, columns.min(LINES * 4));
                let grid = plane::grid(&self.header, &self.decoder, &*self.blocks(), most, &read)?;
                let scale = grid.scale(args.robust);
                let image = match colors {
                    Colors::None => grid.greys(scale),
                    _ => grid.raster(scale),
                };
                let image = image
                    .enlarged((columns / 2).min(LINES * 2) / image.width.max(image.height).max(1));
                let value = |number| self.written(number);
                let [low, high] = [scale.low, scale.high].map(value);
                let mut parts = vec![match colors {
                    Colors::None => format!("dark is {low}, light is {high}"),
                    _ => format!("colours from {low} to {high}"),
                }];
                if grid.has_missing() {
                    parts.push("some are not finite".to_owned());
                }
                let note = notes::heat(&grid, self.decoder.is_magnitude(), args.robust);
                parts.extend(Some(note).filter(|note| !note.is_empty()));
                (terminal::raster(&image, colors), parts.join(" · "))
            }
            Kind::Image => {
                let image = self.image()?;
                let image = image.reduced(columns, LINES * 4);
                (terminal::raster(&image, colors), String::new())
            }
            Kind::Line => {
                let most = terminal::most_points(columns);
                let blocks = self.blocks();
                let series = plane::series(&self.header, &self.decoder, &*blocks, most, &read)?;
                let note = notes::line(&series, self.decoder.is_magnitude());
                let value = |number| self.written(number);
                (terminal::curve(&series, value, columns, LINES / 2), note)
            }
        };
        drop(progress);
        let style = out.style();
        let title = crate::text::printable(&self.title);
        let detail = shorten(&self.detail, columns / 2);
        let title = shorten(&title, columns.saturating_sub(width(&detail) + 2));
        out.line(format!("{}  {}", style.bold(&title), style.dim(&detail)))?;
        for line in lines {
            out.line(line)?;
        }
        if !note.is_empty() {
            out.line(style.dim(&shorten(&note, columns)))?;
        }
        Ok(())
    }
}

fn drawing_file(drawing: &Drawing, format: Format) -> Option<Vec<u8>> {
    match format {
        Format::Svg => Some(svg::svg(drawing, svg::Place::File).into_bytes()),
        Format::Png => raster::paint(drawing, 2.0).map(|image| image.png()),
    }
}

/// An image keeps its pixels; small ones are made larger, so that they can be seen.
fn image_file(image: &Raster, title: &str, format: Format) -> Vec<u8> {
    let times = (LEAST_SIDE / image.width.max(image.height).max(1)).max(1);
    match format {
        Format::Png => image.enlarged(times).png(),
        Format::Svg => {
            let [width, height] =
                [image.width, image.height].map(|side| crate::values::float(side * times));
            let mut drawing = Drawing::new(width, height, format!("image: {title}"));
            let image = image.clone();
            drawing.marks.push(crate::chart::Mark::Image { x: 0.0, y: 0.0, width, height, image });
            svg::svg(&drawing, svg::Place::File).into_bytes()
        }
    }
}
