//! The page: one file, that asks nobody for anything.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::card::{self, Picture};
use super::tree::{self, Group, Item};
use crate::chart::svg::escape;
use crate::source::Source;
use crate::statistics::Facts;
use crate::survey::Findings;
use crate::text::{count, plural, size};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Groups with more entries in all are closed at first.
const MOST_OPEN: usize = 60;

/// Of more arrays than this, those that can't be seen are not laid out.
const MOST_LAID_OUT: usize = 200;

/// So many names stand in a notice; the rest is counted.
const MOST_NOTICED: usize = 20;

/// The page about a file. `findings` and `pictures` are in its order of entries.
pub(crate) fn page(source: &Source, findings: &[Findings], pictures: &[Option<Picture>]) -> String {
    let mut out = String::new();
    head(&mut out, source);
    header(&mut out, source, findings);
    out.push_str("<div class=\"columns\">\n<nav aria-label=\"Arrays\"><div class=\"stay\">");
    controls(&mut out, source.entries().len());
    let tree = tree::tree(source.entries().iter().map(card::label));
    group(&mut out, &tree, source.entries().len() <= MOST_OPEN);
    // What is written to a string always succeeds. What can't be seen need not be laid out, which counts where there is much of it.
    let many = if source.entries().len() > MOST_LAID_OUT { " class=\"many\"" } else { "" };
    let _ =
        write!(out, "</div></nav>\n<main id=\"arrays\" tabindex=\"-1\"{many}><h2>Arrays</h2>\n");
    for (index, (entry, findings)) in source.entries().iter().zip(findings).enumerate() {
        let picture = pictures.get(index).and_then(Option::as_ref);
        card::write(&mut out, index, entry, findings, picture);
    }
    let _ = write!(
        out,
        "</main>\n</div>\n<footer>Made by npz {}. All figures but the counts are of finite numbers; \
         heat maps show means of cells.</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    );
    out
}

fn head(out: &mut String, source: &Source) {
    // Whatever a name may smuggle in, nothing else runs and nothing is fetched.
    let hash = STANDARD.encode(Sha256::digest(SCRIPT));
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#arrays\">To the arrays</a>\n",
        escape(&title(source))
    );
}

fn title(source: &Source) -> String {
    let name = source.path().file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| source.name().to_owned())
}

fn header(out: &mut String, source: &Source, findings: &[Findings]) {
    let entries = source.entries();
    let bytes = entries.iter().filter_map(|entry| entry.nbytes()).fold(0, u64::saturating_add);
    let values = entries.iter().filter_map(|entry| entry.header.as_deref());
    let values = values.map(npz_core::Header::len).fold(0_usize, usize::saturating_add);
    let _ = write!(out, "<header><h1>{}</h1>", escape(&title(source)));
    let _ = write!(
        out,
        "<p>{} · {} on disk · {} · {} values · {} of data</p>",
        source.format().name(),
        size(source.size()),
        plural(entries.len(), "array", "arrays"),
        count(u64::try_from(values).unwrap_or(u64::MAX)),
        size(bytes)
    );
    notices(out, source, findings);
    if !source.metadata().is_empty() {
        out.push_str("<details><summary>Metadata</summary><table>");
        for (key, value) in source.metadata() {
            let (key, value) = (escape(key), escape(value));
            let _ = write!(out, "<tr><th scope=\"row\">{key}</th><td>{value}</td></tr>");
        }
        out.push_str("</table></details>");
    }
    out.push_str("</header>\n");
}

/// What should be looked at first.
fn notices(out: &mut String, source: &Source, findings: &[Findings]) {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, findings) in findings.iter().enumerate() {
        match findings {
            Findings::Error(_) => lines.push((index, "can't be read".to_owned())),
            Findings::Summaries(all) => {
                let bad = card::bad_values(findings);
                if bad > 0 {
                    let values = if bad == 1 { "value is" } else { "values are" };
                    lines.push((index, format!("{} {values} not finite", count(bad))));
                } else if let [one] = all.as_slice()
                    && let Facts::Numbers(numbers) = &one.facts
                    && numbers.finite > 1
                    && numbers.zeros == numbers.finite
                {
                    lines.push((index, "all values are zero".to_owned()));
                }
            }
            Findings::None(_) => {}
        }
    }
    if lines.is_empty() {
        return;
    }
    out.push_str("<div class=\"notice\"><strong>Worth a look</strong><ul>");
    for (index, text) in lines.iter().take(MOST_NOTICED) {
        let name = source.entries().get(*index).map(card::label).unwrap_or_default();
        let _ = write!(out, "<li><a href=\"#e{index}\">{}</a>: {text}</li>", escape(name));
    }
    if let Some(more) = lines.len().checked_sub(MOST_NOTICED).filter(|&more| more > 0) {
        let _ = write!(out, "<li>and {} more</li>", count(u64::try_from(more).unwrap_or(u64::MAX)));
    }
    out.push_str("</ul></div>");
}

fn controls(out: &mut String, entries: usize) {
    let _ = write!(
        out,
        "<div class=\"script\" hidden role=\"search\"><label for=\"search\">Search names</label>\
         <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" \
         aria-describedby=\"shown\" placeholder=\"press / to search\">\
         <label for=\"order\">Order</label><select id=\"order\">\
         <option value=\"file\">as in the file</option><option value=\"name\">by name</option>\
         <option value=\"size\">largest first</option>\
         <option value=\"bad\">most NaN and infinities first</option></select>\
         <output id=\"shown\" aria-live=\"polite\">{}</output></div>",
        plural(entries, "array", "arrays")
    );
}

fn group(out: &mut String, group_: &Group, open: bool) {
    out.push_str("<ul>");
    for item in &group_.items {
        match item {
            Item::Entry(name, index) => {
                let name = if name.is_empty() { "array" } else { name };
                let _ = write!(out, "<li><a href=\"#e{index}\">{}</a></li>", escape(name));
            }
            Item::Group(level, inner) => {
                let open_now = if open { " open" } else { "" };
                let _ = write!(
                    out,
                    "<li><details{open_now}><summary>{} <span>{}</span></summary>",
                    escape(level),
                    count(u64::try_from(inner.len()).unwrap_or(u64::MAX))
                );
                group(out, inner, open);
                out.push_str("</details></li>");
            }
        }
    }
    out.push_str("</ul>");
}
