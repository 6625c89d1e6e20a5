//! The results as text.

use std::fmt::Write;

use crate::job::Library;
use crate::results::{Compared, Measurements, Results, Spread};

const LIBRARIES: [(Library, &str); 5] = [
    (Library::Npz, "npz"),
    (Library::NdarrayNpy, "ndarray-npy"),
    (Library::Npyz, "npyz"),
    (Library::Safetensors, "safetensors"),
    (Library::Numpy, "NumPy"),
];

/// All of it, with the picture that stands beside it.
pub(crate) fn document(results: &Results, picture: &str) -> String {
    let mut text = String::from("# npz beside others\n\n");
    let versions: Vec<String> =
        results.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let _ = writeln!(
        text,
        "Written by `cargo workloads`; [docs/performance.md](../../docs/performance.md) says how \
         it measures.\n\n{}.\n{}.\n",
        results.machine.sentence(),
        versions.join(", "),
    );
    let _ = writeln!(text, "![times divided by the machine's limit]({picture})\n");
    text += "Time divided by that of the machine's limit, the system calls that nobody can do \
             without; medians.\n\n";
    text += &summary(results);
    for compared in &results.comparisons {
        let _ = write!(text, "\n## {}: {}\n\n{}", compared.id, compared.title, table(compared));
        for target in &compared.targets {
            let met = if target.met { "met" } else { "**missed**" };
            let _ = write!(text, "\n- {met}: {}; found {}", target.text, target.found);
        }
        text.push('\n');
        for profile in &compared.profiles {
            let _ = writeln!(text, "\nWhere the time of {} goes (`perf`):\n", profile.row);
            for (share, symbol) in &profile.symbols {
                let _ = writeln!(text, "- {share:.0} % `{symbol}`");
            }
        }
    }
    text
}

/// A line for each comparison.
pub(crate) fn summary(results: &Results) -> String {
    let mut text = String::from("| | limit |");
    LIBRARIES.iter().for_each(|(_, name)| text += &format!(" {name} |"));
    text += " targets |\n|---|---:|";
    text += &"---:|".repeat(LIBRARIES.len() + 1);
    text.push('\n');
    for compared in &results.comparisons {
        let raw = &compared.rows[0];
        let limit = raw.milliseconds().map_or_else(String::new, |limit| time(limit.median));
        let _ = write!(text, "| {} | {limit} |", compared.name());
        for (library, _) in LIBRARIES {
            let ratio = compared.row(library).and_then(|row| row.ratio(raw));
            let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| digits(ratio.median));
            let _ = match library {
                Library::Npz => write!(text, " **{ratio}** |"),
                _ => write!(text, " {ratio} |"),
            };
        }
        let met = compared.targets.iter().filter(|target| target.met).count();
        let _ = writeln!(text, " {met} of {} |", compared.targets.len());
    }
    text
}

/// A line for each row of a comparison.
pub(crate) fn table(compared: &Compared) -> String {
    let raw = &compared.rows[0];
    let sizes = compared.rows.iter().any(|row| row.size != raw.size);
    let mut text = String::from("| | time | × limit | least to most | memory |");
    text += if sizes { " file |\n" } else { "\n" };
    text += "|---|---:|---:|---:|---:|";
    text += if sizes { "---:|\n" } else { "\n" };
    for row in &compared.rows {
        let (Some(spread), Some(ratio)) = (row.milliseconds(), row.ratio(raw)) else { continue };
        let few = match row.nanoseconds.len() {
            rounds if rounds == raw.nanoseconds.len() => String::new(),
            rounds => format!(" ({rounds} rounds)"),
        };
        let Spread { median, least, most } = ratio;
        let _ = write!(
            text,
            "| {}{few} | {} | {} | {} to {} | {} |",
            row.name,
            time(spread.median),
            digits(median),
            digits(least),
            digits(most),
            mib(row.memory_mib()),
        );
        match row.size_mib() {
            Some(size) if sizes => _ = writeln!(text, " {} |", mib(size)),
            _ => text.push('\n'),
        }
    }
    text
}

/// For the terminal.
pub(crate) fn lines(compared: &Compared) -> String {
    let raw = &compared.rows[0];
    let width = compared.rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    let line = |row: &Measurements| {
        let (spread, ratio) = (row.milliseconds()?, row.ratio(raw)?);
        let size = row.size_mib().map_or_else(String::new, |size| format!("  file {}", mib(size)));
        Some(format!(
            "  {:width$}  {:>9}  {:>6} ×  ({} to {})  memory {}{size}\n",
            row.name,
            time(spread.median),
            digits(ratio.median),
            digits(ratio.least),
            digits(ratio.most),
            mib(row.memory_mib()),
        ))
    };
    let mut text: String = compared.rows.iter().filter_map(line).collect();
    for target in &compared.targets {
        let met = if target.met { "met   " } else { "MISSED" };
        let _ = writeln!(text, "  {met}  {}; found {}", target.text, target.found);
    }
    for profile in &compared.profiles {
        let _ = writeln!(text, "  where the time of {} goes:", profile.row);
        for (share, symbol) in &profile.symbols {
            let _ = writeln!(text, "    {share:5.1} %  {symbol}");
        }
    }
    text
}

fn time(milliseconds: f64) -> String {
    match milliseconds {
        ms if ms < 1.0 => format!("{:.0} µs", ms * 1e3),
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 1e4 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1e3),
    }
}

fn digits(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 10.0 => format!("{ratio:.2}"),
        ratio if ratio < 100.0 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.0}"),
    }
}

fn mib(mib: f64) -> String {
    if mib < 100.0 { format!("{mib:.1} MiB") } else { format!("{mib:.0} MiB") }
}
