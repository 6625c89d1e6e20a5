//! `npz stats`: NumPy's own figures, and the manners of the output.

use std::path::Path;

use npz_core::ndarray::{Array1, Array2, arr1};
use npz_core::{AnyArray, F8E4M3Fn, NpzWriter, savez};
use serde_json::Value;
use tempfile::tempdir;

use crate::numpy::python;
use crate::run::npz;

/// The statistics that `--json` prints of each entry, by name.
fn stats(file: &Path, more: &[&str]) -> Vec<(String, Value)> {
    let mut args = vec!["stats".as_ref(), file.as_os_str(), "--json".as_ref()];
    args.extend(more.iter().map(AsRef::<std::ffi::OsStr>::as_ref));
    let (status, out, err) = npz(args);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out.lines().count(), 1);
    let file: Value = serde_json::from_str(&out).unwrap();
    let entries = file["entries"].as_array().unwrap();
    entries.iter().map(|e| (e["name"].as_str().unwrap_or("").to_owned(), e.clone())).collect()
}

fn close(found: &Value, expected: &Value) -> bool {
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => {
            (found - expected).abs() <= 1e-9 * expected.abs().max(found.abs()).max(1e-9)
        }
        _ => found == expected,
    }
}

/// Writes arrays of all kinds, and prints NumPy's figures of them.
const FIGURES: &str = r#"
import json, sys
import numpy as np
rng = np.random.default_rng(7)
floats = rng.standard_normal((300, 401)) * 3 + 1e3
floats[3, 5], floats[10, 0], floats[11, 1], floats[12, 2], floats[13] = np.nan, np.inf, -np.inf, 0, 0
arrays = {}
for kind in ["<f2", "<f4", ">f4", "<f8", ">f8"]:
    arrays["C" + kind] = floats.astype(kind)
arrays["F"] = np.asfortranarray(floats)
for kind in ["<i1", "<u1", "<i2", ">i2", "<u4", ">i8"]:
    arrays["int" + kind] = rng.integers(0, 100, 70001).astype(kind)
arrays["wide"] = rng.integers(-2**63, 2**63 - 1, 1000, dtype=np.int64)
arrays["top"] = rng.integers(0, 2**64 - 1, 1000, dtype=np.uint64)
arrays["bool"] = rng.random(999) > 0.8
arrays["one"] = np.float32(2.5)
arrays["same"] = np.full(10, 4.25)
arrays["none"] = np.zeros((0, 3))
arrays["complex"] = (rng.standard_normal(500) + 1j * rng.standard_normal(500)).astype("<c8")
arrays["close"] = 1e9 + rng.random(100000)
arrays["times"] = np.datetime64("2024-02-27", "D") + np.arange(5)
arrays["times"][2] = "NaT"
np.savez(sys.argv[1], **arrays)
np.savez_compressed(sys.argv[2], **arrays)

def number(x):
    return int(x) if isinstance(x, (np.integer, np.bool_, bool)) else float(x)
found = {}
for name, a in arrays.items():
    a = np.asarray(a)
    time = a.dtype.kind == "M"
    bad = np.isnat(a) if time else np.zeros(a.shape, bool) if a.dtype.kind in "iub" else ~np.isfinite(a)
    x = a[~bad]
    if a.dtype.kind == "c":
        x = np.abs(x.astype(complex))
    if a.dtype.kind == "b":
        x = x.astype(int)
    f = {"count": a.size, "finite": x.size, "zeros": int(np.sum(a.astype("i8") == 0 if time else a == 0))}
    f["nan"] = 0 if time or a.dtype.kind in "iub" else int(np.sum(np.isnan(a)))
    f["nat"] = int(np.sum(bad)) if time else 0
    f["positive_infinity"] = 0 if time else int(np.sum(a == np.inf)) if a.dtype.kind == "f" else 0
    f["negative_infinity"] = 0 if time else int(np.sum(a == -np.inf)) if a.dtype.kind == "f" else 0
    f["min"] = f["max"] = f["mean"] = f["std"] = None
    if x.size and time:
        i = x.astype("i8")
        f["min"], f["max"] = str(x.min()), str(x.max())
        f["mean"], f["std"] = str(np.datetime64(int(np.floor(i.mean() + 0.5)), "D")), float(i.std())
    elif x.size:
        f["min"], f["max"] = number(x.min()), number(x.max())
        # exact sums, for which float64 is too narrow
        w = x.astype(object) if a.dtype.kind in "iu" and a.itemsize == 8 else x.astype(float)
        mean = sum(w.tolist()) / x.size if w.dtype == object else float(w.mean())
        f["mean"] = float(mean)
        f["std"] = float(np.sqrt(np.mean((w.astype(float) - mean) ** 2)))
    found[name] = f
    # np.histogram wants no range where there is none
    if x.size and not time and a.dtype.kind == "f":
        counts, edges = np.histogram(x.astype(float), bins=32)
        f["histogram"] = {"counts": counts.tolist(), "edges": edges.tolist()}
print(json.dumps(found))
"#;

#[test]
fn figures_are_those_of_numpy() {
    let folder = tempdir().unwrap();
    let files = ["stored.npz", "deflated.npz"].map(|name| folder.path().join(name));
    let Some(printed) = python(FIGURES, &files) else { return };
    let expected: Value = serde_json::from_str(&printed).unwrap();
    for file in &files {
        let found = stats(file, &[]);
        assert_eq!(found.len(), expected.as_object().unwrap().len());
        for (name, entry) in found {
            let statistics = &entry["statistics"];
            let kind = if name == "complex" { "magnitudes" } else { "values" };
            assert_eq!(statistics["of"], kind, "{name}");
            for (figure, value) in expected[&name].as_object().unwrap() {
                if figure != "histogram" {
                    let found = &statistics[figure];
                    assert!(close(found, value), "{name}: {figure} {found}, NumPy {value}");
                    continue;
                }
                let histogram = &statistics["histogram"];
                assert_eq!(histogram["counts"], value["counts"], "{name}");
                let edges = histogram["edges"].as_array().unwrap();
                let numpys = value["edges"].as_array().unwrap();
                assert_eq!(edges.len(), numpys.len());
                assert!(edges.iter().zip(numpys).all(|(a, b)| close(a, b)), "{name}");
            }
        }
    }
}

#[test]
fn whole_numbers_have_bins_of_whole_numbers() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    savez!(&file, few = arr1(&[1_u8, 1, 3]), many = Array1::from_iter(0..1000_i32)).unwrap();
    let found = stats(&file, &[]);
    let histogram = |at: usize| &found[at].1["statistics"]["histogram"];
    assert_eq!(histogram(0)["edges"], serde_json::json!([1.0, 2.0, 3.0, 4.0]));
    assert_eq!(histogram(0)["counts"], serde_json::json!([2, 0, 1]));
    assert_eq!(histogram(1)["edges"][1], 32.0);
    assert_eq!(histogram(1)["counts"].as_array().unwrap().len(), 32);
    let without = stats(&file, &["--no-histogram"]);
    assert!(without[0].1["statistics"].get("histogram").is_none());
    assert_eq!(without[0].1["statistics"]["max"], 3);
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    let array = Array2::from_shape_fn((700, 500), |(i, j)| ((i * 31 + j) as f32).sin() * 1e3);
    savez!(&file, x = array).unwrap();
    let of = |threads: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_npz"));
        command.env("RAYON_NUM_THREADS", threads).args(["stats", "--json"]).arg(&file);
        command.output().unwrap().stdout
    };
    let one = of("1");
    assert!(!one.is_empty());
    for threads in ["2", "3", "8"] {
        assert_eq!(of(threads), one);
    }
}

#[test]
fn what_are_no_numbers() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    let mut writer = NpzWriter::create(&file).unwrap();
    writer.add("text", &arr1(&["cat".to_owned(), String::new(), "horse".to_owned()])).unwrap();
    let record: AnyArray = {
        let dtype: npz_core::DType = "[('x', '<f4'), ('tag', 'S2')]".parse().unwrap();
        let header = npz_core::Header::new(dtype, npz_core::Order::C, [2]).unwrap();
        let bytes = [&1.5_f32.to_le_bytes()[..], b"a\0", &2.5_f32.to_le_bytes(), b"bc"].concat();
        AnyArray::from_bytes(header, &bytes).unwrap()
    };
    writer.add_any("record", &record).unwrap();
    writer.add("small", &arr1(&[F8E4M3Fn::from_f32(1.5), F8E4M3Fn::from_f32(-2.0)])).unwrap();
    writer.add("half", &arr1(&[half::bf16::from_f32(3.0)])).unwrap();
    writer.finish().unwrap();
    let found = stats(&file, &[]);
    let of = |name: &str| &found.iter().find(|(found, _)| found == name).unwrap().1;
    let text = &of("text")["statistics"];
    assert_eq!(text["of"], "lengths");
    assert_eq!([&text["min"], &text["max"], &text["distinct"], &text["empty"]], [0, 5, 3, 1]);
    let record = of("record");
    assert_eq!(record["statistics"], Value::Null);
    assert_eq!(
        (&record["fields"][0]["name"], &record["fields"][0]["dtype"]),
        (&"x".into(), &"<f4".into())
    );
    assert_eq!(record["fields"][0]["statistics"]["mean"], 2.0);
    assert_eq!(record["fields"][1]["statistics"]["max"], 2);
    assert_eq!(of("small")["statistics"]["min"], -2.0);
    assert_eq!(of("half")["statistics"]["max"], 3.0);
}

#[test]
fn people_see_a_table() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    savez!(
        &file,
        weight = Array2::from_shape_fn((10, 10), |(i, j)| (i * j) as f32),
        bias = arr1(&[0.5_f64, f64::NAN, f64::NEG_INFINITY]),
        name = "run 7".to_owned(),
    )
    .unwrap();
    let (status, out, err) = npz(["stats".as_ref(), file.as_os_str()]);
    assert_eq!((status, err.as_str()), (0, ""));
    let lines: Vec<Vec<&str>> = out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines[0],
        ["name", "dtype", "shape", "nan", "inf", "zeros", "min", "max", "mean", "std"]
    );
    assert_eq!(
        lines[1][..10],
        ["weight", "float32", "(10,", "10)", "0", "0", "19%", "0", "81", "20.25"]
    );
    assert!(out.lines().nth(1).unwrap().contains('█'));
    assert_eq!(lines[2][..8], ["bias", "float64", "(3,)", "1", "1", "0%", "0.5", "0.5"]);
    assert!(out.contains("1 different, of length 5"));
    assert!(!out.contains('\x1b'));
    // A narrow terminal loses columns, not lines.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_npz"));
    let narrow = command.env("COLUMNS", "40").arg("stats").arg(&file).output().unwrap();
    let narrow = String::from_utf8(narrow.stdout).unwrap();
    assert_eq!(narrow.lines().count(), 4);
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
}

#[test]
fn names_and_globs_choose() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    let one = arr1(&[1.0]);
    savez!(&file, "h.0.w" = one, "h.0.b" = one, "h.1.w" = one).unwrap();
    let names =
        |keys: &[&str]| stats(&file, keys).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&["h.1.w", "h.0.b"]), ["h.0.b", "h.1.w"]);
    assert_eq!(names(&["*.w", "h.0.w"]), ["h.0.w", "h.1.w"]);
    let (status, out, err) = npz(["stats".as_ref(), file.as_os_str(), "h.0.v".as_ref()]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("nearest name in the file is \"h.0."), "{err}");
}

#[test]
fn damage_is_told_and_the_others_follow() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    savez!(&file, a = Array1::from_elem(4000, 1.0_f64), b = arr1(&[2.0])).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[20_000] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let (status, out, err) = npz(["stats".as_ref(), file.as_os_str()]);
    assert_eq!(status, 2);
    assert!(err.contains("entry \"a\"") && err.contains("CRC"), "{err}");
    assert!(out.contains("can't be read") && out.lines().last().unwrap().starts_with("b "));
    let (status, out, err) = npz(["stats".as_ref(), "--json".as_ref(), file.as_os_str()]);
    assert_eq!((status, err.as_str()), (2, ""));
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["entries"][0]["error"]["kind"], "corrupt");
    assert_eq!(json["entries"][0]["statistics"], Value::Null);
    assert_eq!(json["entries"][1]["statistics"]["mean"], 2.0);

    let (status, out, _) = npz(["stats", "--json", "/nowhere/at/all.npz"]);
    assert_eq!(status, 2);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["error"]["kind"], "not_found");
}
