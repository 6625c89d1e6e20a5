//! `npz plot`: what PNG and SVG files hold, and pictures made of characters.

#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

use std::fs;
use std::path::Path;

use npz_core::ndarray::{Array, Array1, Array2, Array3, arr1};
use npz_core::{DateTime64, NpzReader, savez, unit, write_npy};
use tempfile::tempdir;

use crate::run::npz;

struct Png {
    width: u32,
    height: u32,
    rgb: Vec<[u8; 3]>,
}

impl Png {
    fn read(path: &Path) -> Self {
        let file = std::io::BufReader::new(fs::File::open(path).unwrap());
        let mut decoder = png::Decoder::new(file);
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        let rgb = data.as_chunks::<3>().0.to_vec();
        Self { width: info.width, height: info.height, rgb }
    }

    fn pixel(&self, row: u32, column: u32) -> [u8; 3] {
        self.rgb[(row * self.width + column) as usize]
    }

    fn count(&self, color: [u8; 3]) -> usize {
        self.rgb.iter().filter(|pixel| **pixel == color).count()
    }
}

const DATA: [u8; 3] = [0x2b, 0x6c, 0xb0];

fn plot(args: &[&str], folder: &Path) -> String {
    let args = args.iter().map(|arg| arg.replace("{}", &folder.display().to_string()));
    let (status, out, err) = npz(std::iter::once("plot".to_owned()).chain(args));
    assert_eq!((status, err.as_str()), (0, ""));
    out
}

fn refused(args: &[&str]) -> String {
    let (status, out, err) = npz(std::iter::once(&"plot").chain(args));
    assert_eq!((status, out.as_str()), (2, ""));
    assert_eq!(err.lines().count(), 1, "{err}");
    err
}

fn example(folder: &Path) -> String {
    let file = folder.join("a.npz");
    savez!(
        &file,
        wave = Array1::from_shape_fn(5000, |i| (i as f64 / 400.0).sin()),
        map = Array2::from_shape_fn((20, 30), |(i, j)| i as f32 - j as f32),
        kernel = Array::from_shape_fn((8, 4, 3, 3), |(i, j, k, l)| (i + j + k * l) as f32),
        photo = Array3::from_shape_fn((16, 24, 3), |(i, j, c)| (i * 10 + j + c * 50) as u8),
        digits = Array3::from_shape_fn((10, 8, 8), |(n, i, j)| (n * 20 + i + j) as u8),
        broken = arr1(&[1.0, f64::NAN, 3.0]),
        text = arr1(&["a".to_owned()]),
        one = 5_i32,
    )
    .unwrap();
    file.display().to_string()
}

#[test]
fn shapes_suggest_pictures() {
    let folder = tempdir().unwrap();
    let file = example(folder.path());
    for (key, what) in [
        ("wave", "line"),
        ("map", "heat map"),
        ("kernel", "histogram"),
        ("photo", "image"),
        ("digits", "image"),
    ] {
        let out = plot(&[&file, key, "-o", "{}/x.svg"], folder.path());
        assert_eq!(out, "");
        let svg = fs::read_to_string(folder.path().join("x.svg")).unwrap();
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{svg}");
        assert!(svg.contains(&format!("<title>{what}: {key}")), "{key}: {svg}");
        assert!(svg.ends_with("</svg>\n") && svg.matches("<svg").count() == 1);
        // Whatever opens is closed.
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
    }
    let svg = |kind: &str| {
        plot(&[&file, "map", "--as", kind, "-o", "{}/x.svg"], folder.path());
        fs::read_to_string(folder.path().join("x.svg")).unwrap()
    };
    assert!(svg("histogram").matches("<rect").count() > 12);
    assert!(svg("line").contains("stroke-width=\"1.5\""));
    assert!(svg("image").contains("href=\"data:image/png;base64,iVBORw0KGgo"));
}

#[test]
fn png_files_show_the_data() {
    let folder = tempdir().unwrap();
    let file = example(folder.path());
    let png = |args: &[&str]| {
        let mut all = vec![file.as_str()];
        all.extend(args);
        all.extend(["-o", "{}/x.png"]);
        plot(&all, folder.path());
        Png::read(&folder.path().join("x.png"))
    };
    let line = png(&["wave", "--size", "400x300"]);
    assert_eq!((line.width, line.height), (800, 600));
    assert!(line.count(DATA) > 500 && line.count([255; 3]) > 100_000);

    let bars = png(&["wave", "--as", "histogram", "--bins", "10", "--size", "400x300"]);
    assert!(bars.count(DATA) > 50_000, "{}", bars.count(DATA));

    // Zero is pale, and lies on the diagonal.
    let map = png(&["map"]);
    let pale = map.rgb.iter().filter(|pixel| **pixel == [0xf2, 0xef, 0xee]).count();
    let blue = map.rgb.iter().filter(|[red, _, blue]| *blue > red.saturating_add(40)).count();
    let red = map.rgb.iter().filter(|[red, _, blue]| *red > blue.saturating_add(40)).count();
    assert!(blue > red && red > 1000 && pale < blue, "{pale} {blue} {red}");
}

#[test]
fn images_keep_their_pixels() {
    let folder = tempdir().unwrap();
    let file = example(folder.path());
    plot(&[&file, "photo", "-o", "{}/x.png"], folder.path());
    let image = Png::read(&folder.path().join("x.png"));
    let times = 720 / 24;
    assert_eq!((image.width, image.height), (24 * times, 16 * times));
    let photo: Array3<u8> = NpzReader::open(&file).unwrap().get("photo").unwrap();
    for row in 0..16_usize {
        for column in 0..24_usize {
            let pixel = image.pixel(row as u32 * times + 3, column as u32 * times + 5);
            assert_eq!(
                pixel.as_slice(),
                photo.slice(npz_core::ndarray::s![row, column, ..]).to_vec()
            );
        }
    }
    // A part, and one of a sheet.
    plot(&[&file, "photo[:8, ::2, 0]", "-o", "{}/x.png"], folder.path());
    let part = Png::read(&folder.path().join("x.png"));
    assert_eq!(part.pixel(0, part.width - 1), [22; 3]);
    plot(&[&file, "digits", "-o", "{}/x.png"], folder.path());
    let sheet = Png::read(&folder.path().join("x.png"));
    assert!(sheet.count([0x80; 3]) > 0);
    assert_eq!(sheet.rgb.iter().map(|pixel| pixel[0]).max(), Some(9 * 20 + 14));
}

#[test]
fn the_terminal_shows_characters() {
    let folder = tempdir().unwrap();
    let file = example(folder.path());
    let braille = |c: char| ('\u{2801}'..='\u{28ff}').contains(&c);
    let line = plot(&[&file, "wave"], folder.path());
    assert!(line.starts_with("wave  float64 · 5000\n"), "{line}");
    assert!(line.chars().filter(|&c| braille(c)).count() > 60, "{line}");
    let bars = plot(&[&file, "wave", "--as", "histogram"], folder.path());
    assert!(bars.contains('█') && bars.contains("5,000 values · "), "{bars}");
    let map = plot(&[&file, "map"], folder.path());
    // Without colours, what is below zero is dark.
    assert!(map.contains('░') && map.contains("dark is -29, light is 29"), "{map}");
    let first: Vec<char> = map.lines().nth(1).unwrap().chars().collect();
    assert_ne!(first.first(), first.last(), "{map}");
    assert!(!(line + &bars + &map).contains('\x1b'));
    let color = plot(&["--color", "always", &file, "photo"], folder.path());
    assert!(color.contains("\x1b[38;") && color.contains('▀'));
    let gaps = plot(&[&file, "broken"], folder.path());
    assert!(gaps.contains("1 not finite"), "{gaps}");
}

#[test]
fn the_terminal_tells_ends_as_they_are() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a.npz");
    let day = DateTime64::<unit::Day>::new;
    let days: Array1<_> = (0..91).map(|n| day(18_262 + n)).collect();
    let bytes: Array1<u8> = (0..=254).collect();
    savez!(&file, days = days, bytes = bytes).unwrap();
    let file = file.display().to_string();
    for kind in ["line", "histogram"] {
        let out = plot(&[&file, "days", "--as", kind], folder.path());
        assert!(out.contains("2020-01-01") && out.contains("2020-03-31"), "{out}");
        assert!(!out.contains("18262"), "{out}");
    }
    // Bins of several numbers may end behind the last one.
    let out = plot(&[&file, "bytes", "--as", "histogram", "--bins", "20"], folder.path());
    let ends: Vec<&str> = out.lines().nth_back(1).unwrap().split_whitespace().collect();
    assert_eq!(ends, ["0", "254"]);
    let holes = Array2::from_shape_fn((3, 4), |(i, j)| if i == j { f64::NAN } else { 1.0 });
    savez!(&file, holes = holes).unwrap();
    let out = plot(&[&file], folder.path());
    assert!(out.contains("\ndark is 1, light is 1 · some are not finite\n"), "{out}");
}

#[test]
fn what_can_not_be_drawn_is_told() {
    let folder = tempdir().unwrap();
    let file = example(folder.path());
    for (args, said) in [
        (vec!["text"], "text"),
        (vec!["one"], "npz show"),
        (vec!["mapp"], "nearest name in the file is \"map\""),
        (vec![], "say which one"),
        (vec!["map[30]"], "out of bounds"),
        (vec!["wave", "--as", "image"], "expected rows and columns"),
        (vec!["map", "-o", "x.gif"], "ends in .png or .svg"),
        (vec!["map[:0]"], "nothing to draw"),
    ] {
        let all: Vec<&str> = std::iter::once(file.as_str()).chain(args).collect();
        let err = refused(&all);
        assert!(err.contains(said), "{err}");
    }
    let (status, _, err) = npz(["plot", &file, "map", "--size", "12"]);
    assert_eq!(status, 2);
    assert!(err.contains("800x600"), "{err}");
    // Nothing is left where nothing could be written.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_lone_array_needs_no_name() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("lone.npy");
    write_npy(&file, &Array2::<f64>::eye(12)).unwrap();
    let file = file.display().to_string();
    assert!(plot(&[&file], folder.path()).starts_with("lone.npy  float64 · 12 × 12\n"));
    plot(&[&file, "[:4]", "-o", "{}/x.svg"], folder.path());
    assert!(fs::read_to_string(folder.path().join("x.svg")).unwrap().contains("4 × 12"));
}
