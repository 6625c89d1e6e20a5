//! One array on the page.

use std::fmt::Write;

use crate::chart::bars;
use crate::chart::svg::{self, Place, escape};
use crate::figures::{percent, short};
use crate::source::Entry;
use crate::statistics::{Facts, Numbers, Summary};
use crate::survey::Findings;
use crate::text::{count, size};

/// The size of a histogram.
const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 56.0;

/// More fields of a record than this are only counted.
const MOST_FIELDS: usize = 64;

/// A picture of an array.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// `<img>` or `<svg>`.
    pub(crate) html: String,
    pub(crate) caption: String,
}

/// How many values are neither a number nor a time.
pub(crate) fn bad_values(findings: &Findings) -> u64 {
    let Findings::Summaries(all) = findings else { return 0 };
    let bad = |summary: &Summary| match &summary.facts {
        Facts::Numbers(numbers) => numbers.not_finite(),
        _ => 0,
    };
    all.iter().map(bad).fold(0, u64::saturating_add)
}

/// Writes the card of the entry at `index`.
pub(crate) fn write(
    out: &mut String,
    index: usize,
    entry: &Entry,
    findings: &Findings,
    picture: Option<&Picture>,
) {
    let name = label(entry);
    let bad = match findings {
        // What can't be read is worse than any number.
        Findings::Error(_) => u64::MAX >> 12,
        findings => bad_values(findings),
    };
    // What is written to a string always succeeds.
    let _ = write!(
        out,
        "<article id=\"e{index}\" data-name=\"{0}\" data-size=\"{1}\" data-bad=\"{bad}\" \
         aria-labelledby=\"h{index}\"><h3 id=\"h{index}\">{0}</h3>",
        escape(name),
        entry.nbytes().unwrap_or(0)
    );
    let _ = write!(out, "<p class=\"what muted\">{}</p>", escape(&what(entry)));
    match findings {
        Findings::Error(error) => {
            let message = crate::error::message(error);
            let _ = write!(out, "<p class=\"loud\">Can't be read: {}</p>", escape(&message));
        }
        Findings::None(why) => {
            let _ = write!(out, "<p class=\"muted\">{}</p>", escape(why));
        }
        Findings::Summaries(all) => {
            for (at, summary) in all.iter().take(MOST_FIELDS).enumerate() {
                if !summary.name.is_empty() {
                    let name = escape(&summary.name);
                    let dtype = escape(&summary.scalar.name());
                    let _ = write!(
                        out,
                        "<p class=\"field\">{name} <span class=\"muted\">{dtype}</span></p>"
                    );
                }
                out.push_str("<div class=\"body\">");
                facts(out, summary, if summary.name.is_empty() { name } else { &summary.name });
                if at == 0
                    && let Some(picture) = picture
                {
                    let _ = write!(
                        out,
                        "<figure>{}<figcaption><span>{}</span></figcaption></figure>",
                        picture.html,
                        escape(&picture.caption)
                    );
                }
                out.push_str("</div>");
            }
            if let Some(more) = all.len().checked_sub(MOST_FIELDS).filter(|&more| more > 0) {
                let _ = write!(out, "<p class=\"muted\">and {more} more fields</p>");
            }
        }
    }
    out.push_str("</article>\n");
}

/// A lone array is called so.
pub(crate) fn label(entry: &Entry) -> &str {
    match entry.label() {
        "" => "array",
        name => name,
    }
}

fn what(entry: &Entry) -> String {
    let mut parts = Vec::new();
    if let Some(header) = &entry.header {
        let dtype = header.dtype();
        parts.push(match (&entry.logical_dtype, dtype.as_scalar()) {
            (Some(name), _) => name.to_string(),
            (None, Some(_)) if crate::statistics::is_bfloat16(dtype) => "bfloat16".to_owned(),
            (None, Some(scalar)) => scalar.name().into_owned(),
            (None, None) => "record".to_owned(),
        });
        let shape: Vec<_> = header.shape().iter().map(ToString::to_string).collect();
        parts.push(if shape.is_empty() { "single value".to_owned() } else { shape.join(" × ") });
    }
    if let Some(nbytes) = entry.nbytes() {
        parts.push(size(nbytes));
    }
    if let (Some(stored), Some(nbytes)) = (entry.stored_nbytes, entry.nbytes())
        && entry.method_name() != "stored"
        && nbytes > 0
    {
        parts.push(format!("{} to {}", entry.method_name(), percent(stored, nbytes)));
    }
    parts.join(" · ")
}

fn facts(out: &mut String, summary: &Summary, name: &str) {
    let mut list = Vec::new();
    match &summary.facts {
        Facts::Opaque(values) => list.push(("bytes", format!("{} values", count(*values)))),
        Facts::Texts(texts) => {
            if let Some((least, most)) = texts.lengths() {
                list.push(("shortest", least.to_string()));
                list.push(("longest", most.to_string()));
            }
            let distinct = texts.distinct().map(|distinct| count(distinct as u64));
            list.push(("different", distinct.unwrap_or_else(|| "very many".to_owned())));
            list.push(("empty", count(texts.empty)));
        }
        Facts::Numbers(numbers) => list = figures(summary, numbers),
    }
    out.push_str("<dl>");
    for (what, value) in list {
        let loud = if matches!(what, "NaN" | "+inf" | "-inf") { " class=\"loud\"" } else { "" };
        let _ = write!(out, "<div><dt>{what}<dd{loud}>{}</div>", escape(&value));
    }
    out.push_str("</dl>");
    if let Facts::Numbers(numbers) = &summary.facts
        && let Some(histogram) = &numbers.histogram
        && let (Some(min), Some(max)) = (numbers.min, numbers.max)
        && min != max
    {
        let [low, high] = [min, max].map(|end| summary.text(end));
        let label = format!("histogram of {name}, from {low} to {high}: {}", shape(histogram));
        let drawing = bars::small(histogram, label, WIDTH, HEIGHT);
        let _ = write!(
            out,
            "<figure>{}<figcaption><span>{low}</span><span>{high}</span></figcaption></figure>",
            svg::svg(&drawing, Place::Page)
        );
    }
}

/// A histogram in words: where half of the values are.
fn shape(histogram: &crate::histogram::Histogram) -> String {
    match (histogram.quantile(0.25), histogram.quantile(0.75)) {
        (Some(from), Some(to)) => {
            format!("half of the values are between about {} and {}", short(from), short(to))
        }
        _ => "no values".to_owned(),
    }
}

fn figures(summary: &Summary, numbers: &Numbers) -> Vec<(&'static str, String)> {
    let mut list = Vec::new();
    // All alike: one figure says it.
    if let (Some(min), true) = (numbers.min, numbers.min == numbers.max) {
        list.push((if numbers.finite > 1 { "all" } else { "value" }, summary.text(min)));
    } else {
        if let (Some(min), Some(max)) = (numbers.min, numbers.max) {
            list.push(("min", summary.text(min)));
            list.push(("max", summary.text(max)));
        }
        let time = numbers.whole_mean.and_then(|ticks| summary.time(ticks));
        if let Some(mean) = time.or(numbers.mean.map(short)) {
            list.push(("mean", mean));
        }
        if let Some(std) = numbers.std {
            list.push(("std", short(std)));
        }
        list.push(("zeros", percent(numbers.zeros, numbers.count)));
    }
    list.extend(numbers.odd().map(|(what, number)| (what, count(number))));
    if numbers.magnitude {
        list.push(("of", "magnitudes".to_owned()));
    }
    list
}
