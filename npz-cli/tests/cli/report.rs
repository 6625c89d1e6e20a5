//! `npz report`: the page's structure, and its script in a browser, where there is one.

#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use npz_core::ndarray::{Array1, Array2, Array3, arr1};
use npz_core::{NpzWriter, SaveOptions, savez};
use tempfile::tempdir;

use crate::numpy::skipped;
use crate::run::npz;

/// Writes the page about `file` and returns it.
fn report(file: &Path) -> String {
    let page = file.with_extension("html");
    let (status, out, err) =
        npz(["report".as_ref(), file.as_os_str(), "-o".as_ref(), page.as_os_str()]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "", ""));
    fs::read_to_string(page).unwrap()
}

fn example(folder: &Path) -> PathBuf {
    let file = folder.join("a.npz");
    let options = SaveOptions::new().metadata("licence", "<CC0>");
    let mut writer = NpzWriter::create_with(&file, &options).unwrap();
    for layer in 0..2 {
        let weight = Array2::from_shape_fn((20, 30), |(i, j)| (i * j) as f32 - 99.0);
        writer.add(&format!("layers.{layer}.weight"), &weight).unwrap();
        let bias = Array1::from_shape_fn(30, |i| (i as f32).sin());
        writer.add(&format!("layers.{layer}.bias"), &bias).unwrap();
    }
    writer.add("bad", &arr1(&[1.0, f64::NAN])).unwrap();
    writer.add("zero", &Array1::<f32>::zeros(9)).unwrap();
    writer.add("text", &arr1(&["a".to_owned()])).unwrap();
    writer.add("photo", &Array3::from_shape_fn((8, 9, 3), |(i, j, c)| (i * j + c) as u8)).unwrap();
    let hostile = "</article><script>document.title='x'</script>\"'&\u{202e}";
    writer.add(hostile, &arr1(&[1_u8, 2])).unwrap();
    writer.finish().unwrap();
    file
}

/// The tags of a page, in their order: names, with `/` in front of those that close.
fn tags(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '!').unwrap();
        found.push(rest[..end].to_owned());
        // What is in these is no markup.
        for raw in ["style", "script"] {
            if &rest[..end] == raw {
                rest = &rest[rest.find(&format!("</{raw}>")).unwrap()..];
            }
        }
    }
    found
}

#[test]
fn the_page_is_whole() {
    let folder = tempdir().unwrap();
    let page = report(&example(folder.path()));
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    let mut open = Vec::new();
    for tag in tags(&page) {
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "{open:?}"),
            // Nothing closes these.
            None if ["!DOCTYPE", "meta", "input", "img", "dt", "dd", "rect/", "path"]
                .contains(&tag.as_str()) => {}
            None => open.push(tag),
        }
    }
    assert_eq!(open, Vec::<String>::new());
    assert_eq!(page.matches("<article").count(), 9);
    assert_eq!(page.matches("<h1>").count(), 1);
    for index in 0..9 {
        assert_eq!(page.matches(&format!(" id=\"e{index}\"")).count(), 1);
        assert!(page.contains(&format!("<a href=\"#e{index}\">")));
    }
    for part in [
        "<nav aria-label=\"Arrays\">",
        "<summary>layers <span>4</span></summary>",
        "<label for=\"search\">",
        "aria-live=\"polite\"",
        "<a class=\"skip\" href=\"#arrays\">",
        "1 value is not finite",
        "all values are zero",
        "&lt;CC0&gt;",
        "alt=\"heat map of layers.0.weight, colours from",
        "aria-label=\"histogram of layers.0.weight, from -99 to 452",
        "alt=\"image of photo\"",
        "prefers-color-scheme: dark",
        "@media print",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn nothing_is_fetched_and_names_are_text() {
    let folder = tempdir().unwrap();
    let page = report(&example(folder.path()));
    for address in ["http:", "https:", "=\"//", "@import", "url(", "fetch(", "XMLHttp"] {
        assert!(!page.contains(address), "{address}");
    }
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("&lt;/article&gt;&lt;script&gt;") && page.contains("\\u{202e}"));
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_same_file_makes_the_same_page() {
    let folder = tempdir().unwrap();
    let file = example(folder.path());
    assert_eq!(report(&file), report(&file));
    let (status, out, _) = npz(["report".as_ref(), file.as_os_str(), "-o".as_ref(), "-".as_ref()]);
    assert_eq!((status, out), (0, report(&file)));
}

#[test]
fn many_arrays_make_a_page_of_bounded_size() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("many.npz");
    let mut writer = NpzWriter::create(&file).unwrap();
    let array = Array2::from_shape_fn((9, 11), |(i, j)| ((i * 11 + j) as f32).sin());
    for index in 0..10_000 {
        writer.add(&format!("block.{}.sub.{}.weight", index / 100, index % 100), &array).unwrap();
    }
    writer.finish().unwrap();
    let page = report(&file);
    assert_eq!(page.matches("<article").count(), 10_000);
    assert_eq!(page.matches("<img").count(), 1000);
    assert!(page.len() < 20 << 20, "{}", page.len());
}

#[test]
fn what_can_not_be_read_is_on_the_page() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    savez!(&file, a = Array1::from_elem(4000, 1.0_f64), b = arr1(&[2.0])).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[20_000] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let page = folder.path().join("a.html");
    let (status, _, err) =
        npz(["report".as_ref(), file.as_os_str(), "-o".as_ref(), page.as_os_str()]);
    assert_eq!((status, err.lines().count()), (2, 1), "{err}");
    assert!(err.contains("a.npz: entry \"a\": ") && err.contains("CRC-32"), "{err}");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("Can&#39;t be read") || page.contains("Can't be read:"));
    assert!(page.contains("</a>: can't be read</li>"));
    assert_eq!(page.matches("<article").count(), 2);
}

#[cfg(unix)]
#[test]
fn a_link_to_what_is_not_there_yet_stays_a_link() {
    let folder = tempdir().unwrap();
    let file = example(folder.path());
    let (link, below) = (folder.path().join("link.html"), folder.path().join("below"));
    fs::create_dir(&below).unwrap();
    std::os::unix::fs::symlink("below/page.html", &link).unwrap();
    let page =
        |to: &Path| npz(["report".as_ref(), file.as_os_str(), "-o".as_ref(), to.as_os_str()]);
    assert_eq!(page(&link), (0, String::new(), String::new()));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(below.join("page.html")).unwrap().starts_with("<!DOCTYPE html>"));
    let circle = folder.path().join("circle.html");
    std::os::unix::fs::symlink("circle.html", &circle).unwrap();
    let (status, _, err) = page(&circle);
    assert!(status == 2 && err.contains("is a loop of symbolic links"), "{err}");
}

/// Types into the search, chooses an order, and writes what came of it where it can be read.
const USE: &str = "<script>
const seen = () => [...document.querySelectorAll('article')].filter((a) => !a.hidden)
  .map((a) => a.dataset.name).join(' ');
const search = document.getElementById('search');
search.value = 'WEIGHT 1';
search.dispatchEvent(new Event('input'));
const found = [seen(), document.getElementById('shown').textContent,
  [...document.querySelectorAll('nav li')].filter((li) => !li.hidden && li.querySelector(':scope > a')).length];
search.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}));
found.push(document.getElementById('shown').textContent);
const order = document.getElementById('order');
order.value = 'bad';
order.dispatchEvent(new Event('change'));
found.push(document.querySelector('article').dataset.name);
document.activeElement.blur();
document.dispatchEvent(new KeyboardEvent('keydown', {key: '/', cancelable: true}));
found.push(document.activeElement.id, document.title);
document.body.textContent = 'RESULT ' + JSON.stringify(found) + ' END';
</script>";

#[test]
fn the_script_runs() {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let here = |name: &&&str| {
        Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success())
    };
    let Some(browser) = browsers.iter().find(here) else {
        return skipped("there is no Chromium on this machine");
    };
    let folder = tempdir().unwrap();
    let page = report(&example(folder.path()));
    // The page's own policy lets no other script run, which this one is.
    let (start, policy) = page.split_once("<meta http-equiv").unwrap();
    let (_, rest) = policy.split_once(">\n").unwrap();
    let used = format!("{start}{}", rest.replace("</body>", &format!("{USE}</body>")));
    let file = folder.path().join("used.html");
    fs::write(&file, used).unwrap();
    let dump = |file: &Path| {
        let profile = tempdir().unwrap();
        let output = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("file://{}", file.display()))
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let dom = dump(&file);
    let Some((_, result)) = dom.split_once("<body>RESULT ") else { panic!("{dom}") };
    let result = result.split_once(" END").unwrap().0;
    assert_eq!(
        result,
        r#"["layers.1.weight","1 of 9 arrays",1,"9 arrays","bad","search","a.npz"]"#
    );
    // With the policy, the page's own script runs too: it shows what needs it.
    let dom = dump(&folder.path().join("a.html"));
    assert!(
        dom.contains("<div class=\"script\" role=\"search\">"),
        "the policy forbids the script"
    );
}
