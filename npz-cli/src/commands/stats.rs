//! Statistics of values.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::ReadArgs;
use crate::commands::in_json;
use crate::error::{Failure, Result, Status, tell};
use crate::figures::{percent, short};
use crate::json::{JsonEntry, JsonError, JsonFile};
use crate::output::Output;
use crate::pattern;
use crate::source::{Entry, Source};
use crate::statistics::{Facts, Number, Numbers, Summary};
use crate::survey::{Findings, survey};
use crate::table::{Align, Table};
use crate::text::{count, printable};

/// Bins of the histograms, at most.
const BINS: usize = 32;

/// Marks of a sparkline, at most.
const MARKS: usize = 16;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An npz, npy or safetensors file
    file: PathBuf,
    /// Names of arrays, or globs such as `layers.*.weight`; all if there are none
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// Read the file once and show no histograms
    #[arg(long)]
    no_histogram: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let told = stats(args, out);
    in_json(told, &args.file, args.json, out)
}

fn stats(args: &Args, out: &mut Output) -> Result<Status> {
    let source = Source::open(&args.file, &args.read.options())?;
    let indices = chosen(&source, &args.keys)?;
    let bins = |_: &Numbers| BINS;
    let bins: Option<&(dyn Fn(&Numbers) -> usize + Sync)> = Some(&bins);
    let found = survey(&source, &indices, bins.filter(|_| !args.no_histogram));
    let failed = found.iter().any(|findings| matches!(findings, Findings::Error(_)));
    let status = if failed { Status::Failed } else { Status::Done };
    out.note(status);
    let entries = indices.iter().filter_map(|&index| source.entries().get(index));
    if args.json {
        let entries = entries.zip(&found).map(|(entry, found)| JsonStats::new(entry, found));
        out.json(&JsonFile::new(&source, entries.collect::<Vec<_>>()))?;
    } else {
        print(entries.zip(found).collect(), !args.no_histogram, out)?;
    }
    Ok(status)
}

/// The entries of these names, or those that match these globs, in the file's order.
pub(crate) fn chosen(source: &Source, keys: &[String]) -> Result<Vec<usize>> {
    if keys.is_empty() {
        return Ok((0..source.entries().len()).collect());
    }
    let mut indices = Vec::new();
    for key in keys {
        match source.find(Some(key)) {
            Ok(index) => indices.push(index),
            Err(error) => {
                let before = indices.len();
                let entries = source.entries().iter().enumerate();
                indices.extend(
                    entries.filter(|(_, e)| pattern::matches(key, e.label())).map(|(at, _)| at),
                );
                if indices.len() == before {
                    return Err(Failure::from(error));
                }
            }
        }
    }
    indices.sort_unstable();
    indices.dedup();
    Ok(indices)
}

fn print(found: Vec<(&Entry, Findings)>, histograms: bool, out: &mut Output) -> Result<()> {
    use Align::{Left, Right};
    let mut table =
        Table::new(&[Left, Left, Right, Right, Right, Right, Right, Right, Right, Right, Left])
            // What npz ls shows too.
            .with_spare(&[2, 1]);
    let heads = ["name", "dtype", "shape", "nan", "inf", "zeros", "min", "max", "mean", "std", ""];
    table.push(heads);
    for (entry, findings) in found {
        let name = match entry.label() {
            "" => "(array)".to_owned(),
            name => printable(name).into_owned(),
        };
        let dtype = super::ls::dtype(entry);
        let shape = entry
            .header
            .as_ref()
            .map(|header| super::ls::shape(header.shape()))
            .unwrap_or_default();
        let mut row = vec![name.clone(), printable(&dtype).into_owned(), shape];
        match findings {
            Findings::Error(error) => {
                tell(out, &error.into());
                row.resize(heads.len() - 1, String::new());
                row.push("can't be read".to_owned());
                table.push(row);
            }
            Findings::None(why) => {
                row.resize(heads.len() - 1, String::new());
                row.push(why.to_owned());
                table.push(row);
            }
            Findings::Summaries(summaries) => {
                for summary in &summaries {
                    let mut row = row.clone();
                    if !summary.name.is_empty() {
                        row[0] = format!("{name}[{}]", printable(&summary.name));
                        row[1] = summary.scalar.name().into_owned();
                    }
                    row.extend(cells(summary, histograms));
                    table.push(row);
                }
            }
        }
    }
    let style = out.style();
    table.print(out, out.width(), |row, column, cell| match (row, column) {
        (0, _) => style.dim(cell),
        (_, 0) => style.name(cell),
        (_, 3 | 4) if cell != "0" => style.bad(cell),
        _ => cell.to_owned(),
    })?;
    Ok(())
}

fn cells(summary: &Summary, histograms: bool) -> Vec<String> {
    let blank = |note: String| {
        let mut cells = vec![String::new(); 7];
        cells.push(note);
        cells
    };
    match &summary.facts {
        Facts::Opaque(_) => blank("bytes, no numbers".to_owned()),
        Facts::Texts(texts) => {
            let Some((least, most)) = texts.lengths() else { return blank(String::new()) };
            let distinct = match texts.distinct() {
                Some(distinct) => count(distinct as u64),
                None => "very many".to_owned(),
            };
            let lengths =
                if least == most { most.to_string() } else { format!("{least}–{most}") };
            let empty = if texts.empty > 0 {
                format!(", {} empty", count(texts.empty))
            } else {
                String::new()
            };
            blank(format!("{distinct} different, of length {lengths}{empty}"))
        }
        Facts::Numbers(numbers) => {
            let mut cells = vec![
                (numbers.nan + numbers.not_times).to_string(),
                (numbers.positive_infinite + numbers.negative_infinite).to_string(),
                percent(numbers.zeros, numbers.count),
            ];
            let text = |number: Option<Number>| number.map(|number| summary.text(number));
            cells.extend([numbers.min, numbers.max].map(|end| text(end).unwrap_or_default()));
            let time = numbers.whole_mean.and_then(|ticks| summary.time(ticks));
            cells.push(time.or(numbers.mean.map(short)).unwrap_or_default());
            cells.push(numbers.std.map(short).unwrap_or_default());
            let histogram = numbers.histogram.as_ref().filter(|_| histograms);
            cells.push(histogram.map(|all| all.sparkline(MARKS)).unwrap_or_default());
            cells
        }
    }
}

/// An entry and its statistics.
#[derive(Debug, Serialize)]
struct JsonStats<'a> {
    #[serde(flatten)]
    entry: JsonEntry<'a>,
    /// `null` where there are no values to look at.
    statistics: Option<JsonFacts<'a>>,
    /// Of a record's fields; left out for other arrays.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<JsonField<'a>>>,
}

#[derive(Debug, Serialize)]
struct JsonField<'a> {
    name: &'a str,
    dtype: String,
    statistics: JsonFacts<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "of", rename_all = "lowercase")]
enum JsonFacts<'a> {
    Values(JsonNumbers<'a>),
    Magnitudes(JsonNumbers<'a>),
    Lengths(JsonTexts),
    Nothing { count: u64 },
}

#[derive(Debug, Serialize)]
struct JsonNumbers<'a> {
    count: u64,
    finite: u64,
    nan: u64,
    nat: u64,
    positive_infinity: u64,
    negative_infinity: u64,
    zeros: u64,
    min: Option<JsonNumber>,
    max: Option<JsonNumber>,
    mean: Option<JsonNumber>,
    /// In the unit of times.
    std: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    histogram: Option<JsonHistogram<'a>>,
}

/// Times are text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum JsonNumber {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Time(String),
}

#[derive(Debug, Serialize)]
struct JsonHistogram<'a> {
    edges: Vec<f64>,
    counts: &'a [u64],
}

#[derive(Debug, Serialize)]
struct JsonTexts {
    count: u64,
    empty: u64,
    /// `null` for more than are counted.
    distinct: Option<usize>,
    min: Option<u64>,
    max: Option<u64>,
    mean: Option<f64>,
}

impl<'a> JsonStats<'a> {
    fn new(entry: &'a Entry, findings: &'a Findings) -> Self {
        let error = match findings {
            Findings::Error(error) => Some(JsonError::new(error)),
            _ => None,
        };
        let (mut statistics, mut fields) = (None, None);
        match findings {
            Findings::Summaries(all) => match all.as_slice() {
                [one] if one.name.is_empty() => statistics = Some(JsonFacts::new(one)),
                all => {
                    let field = |summary: &'a Summary| JsonField {
                        name: &summary.name,
                        dtype: summary.scalar.to_string(),
                        statistics: JsonFacts::new(summary),
                    };
                    fields = Some(all.iter().map(field).collect());
                }
            },
            Findings::None(_) | Findings::Error(_) => {}
        }
        Self { entry: JsonEntry::new(entry).with_error(error), statistics, fields }
    }
}

impl<'a> JsonFacts<'a> {
    fn new(summary: &'a Summary) -> Self {
        match &summary.facts {
            Facts::Opaque(count) => Self::Nothing { count: *count },
            Facts::Texts(texts) => Self::Lengths(JsonTexts {
                count: texts.count,
                empty: texts.empty,
                distinct: texts.distinct(),
                min: texts.lengths().map(|(min, _)| min),
                max: texts.lengths().map(|(_, max)| max),
                mean: texts.mean(),
            }),
            Facts::Numbers(numbers) => {
                let all = JsonNumbers::new(summary, numbers);
                if numbers.magnitude { Self::Magnitudes(all) } else { Self::Values(all) }
            }
        }
    }
}

impl<'a> JsonNumbers<'a> {
    fn new(summary: &Summary, numbers: &'a Numbers) -> Self {
        let number = |number: Number| match number {
            Number::Float(number) => JsonNumber::Float(number),
            Number::Whole(whole) => match (summary.time(whole), i64::try_from(whole)) {
                (Some(time), _) => JsonNumber::Time(time),
                (None, Ok(whole)) => JsonNumber::Signed(whole),
                (None, Err(_)) => JsonNumber::Unsigned(u64::try_from(whole).unwrap_or(u64::MAX)),
            },
        };
        let time = numbers.whole_mean.and_then(|ticks| summary.time(ticks));
        Self {
            count: numbers.count,
            finite: numbers.finite,
            nan: numbers.nan,
            nat: numbers.not_times,
            positive_infinity: numbers.positive_infinite,
            negative_infinity: numbers.negative_infinite,
            zeros: numbers.zeros,
            min: numbers.min.map(number),
            max: numbers.max.map(number),
            mean: time.map(JsonNumber::Time).or(numbers.mean.map(JsonNumber::Float)),
            std: numbers.std,
            histogram: numbers.histogram.as_ref().map(|histogram| JsonHistogram {
                edges: histogram.edges(),
                counts: histogram.counts(),
            }),
        }
    }
}
