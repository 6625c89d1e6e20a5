//! A small program for kits that test savers from outside: they kill it, fail its system calls, cut
//! the power under it, and ask it what is left.
//!
//! ```text
//! saver save PATH VERSION [--compress] [--from-map] [--edit] [--append]
//! saver load PATH               checks every value; prints VERSION=n
//! saver dump PATH               prints name, dtype, shape and digest of every entry
//! saver watch PATH SECONDS      reads and maps the file again and again while others replace it
//! saver loop PATH SECONDS       saves, loads, replaces and maps it again and again
//! saver sweep FOLDER            removes what killed saves have left there
//! ```
//!
//! The file has several arrays of a megabyte or more, and each of their values depends on VERSION. A
//! path that ends in `.npy` is one array.
//!
//! `--from-map` saves onto the file that the arrays are mapped from; `--edit` replaces all entries but one of
//! the archive that is there, which keeps its own; `--append` makes the array of a `.npy` file longer, whose
//! version is then its length. The latter two begin with a file if none is there. What goes wrong is one line on stderr, and exit status 1.

// Only the caller of `NpzMap::open` can know that nobody writes into the file. These savers don't.
#![allow(unsafe_code)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "values are cut to what their types hold exactly"
)]

mod items;

use std::collections::{BTreeSet, VecDeque};
use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::iter;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ndarray::{Array1, Array2, ArrayView0, ArrayView1, ArrayView2, Ix0, ShapeBuilder, arr0};
use npz_core::{
    AnyArray, AtomicFile, Compression, Element, ErrorKind, LoadNpz, NpyAppender, NpzEditor, NpzMap,
    NpzReader, NpzWriter, SaveNpz, SaveOptions, ViewNpz, read_npy, sweep_stale, write_npy,
};

use self::items::{IDS, WEIGHT, mix};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Large enough for each of the writer's ways: arrays beyond its buffer and below it, as they lie in
/// memory and not, and together worth a second thread.
const TURNED: (usize, usize) = (450, 400);
const SMALL: usize = 1000;

/// Items that a version of an array that grows has more than the last.
const STEP: usize = 50_000;

/// Items written at a time from a map.
const ROW: usize = 500;

/// Maps that `watch` holds while their files are replaced.
const HELD: usize = 4;

#[derive(SaveNpz, LoadNpz, PartialEq)]
struct State {
    /// The first is the version.
    ids: Array1<u64>,
    weight: Array2<f32>,
    /// In Fortran order, so that it is gathered when it is written.
    turned: Array2<f64>,
    small: Array1<u16>,
    note: String,
    step: u64,
    /// The same in all versions: editors leave it where it is.
    #[npz(optional)]
    kept: Option<Array1<u64>>,
}

#[derive(ViewNpz)]
struct Mapped<'a> {
    ids: ArrayView1<'a, u64>,
    weight: ArrayView2<'a, f32>,
    turned: ArrayView2<'a, f64>,
    small: ArrayView1<'a, u16>,
    note: String,
    step: ArrayView0<'a, u64>,
}

/// A number that every version can hold, and that changes in all its bits with either.
trait Item: Element + Copy + PartialEq {
    fn from_word(word: u64) -> Self;
    fn to_word(self) -> u64;
}

macro_rules! item {
    ($type:ty, $bits:literal) => {
        impl Item for $type {
            fn from_word(word: u64) -> Self {
                (word & (u64::MAX >> (64 - $bits))) as $type
            }

            fn to_word(self) -> u64 {
                self as u64
            }
        }
    };
}

item!(u64, 64);
item!(u16, 16);
item!(f32, 24);
item!(f64, 53);

/// Items differ between versions by an exclusive or with this, so that a version's can be made of
/// another's.
fn key(version: u64) -> u64 {
    mix(version ^ 0x6e70_7a00)
}

fn item<A: Item>(index: usize, version: u64) -> A {
    A::from_word(mix(index as u64) ^ key(version))
}

fn ids(version: u64) -> Array1<u64> {
    Array1::from_shape_fn(IDS, |i| if i == 0 { version } else { item(i, version) })
}

impl State {
    fn new(version: u64) -> Self {
        let turned = |(i, j)| item(j * TURNED.0 + i, version);
        Self {
            ids: ids(version),
            weight: Array2::from_shape_fn(WEIGHT, |(i, j)| item(i * WEIGHT.1 + j, version)),
            turned: Array2::from_shape_fn(TURNED.f(), turned),
            small: Array1::from_shape_fn(SMALL, |i| item(i, version)),
            note: format!("version {version}"),
            step: version,
            kept: None,
        }
    }
}

/// An array that is longer in every version, with the same items.
fn grown(version: usize) -> Array1<u64> {
    Array1::from_shape_fn(version * STEP, kept)
}

fn kept(index: usize) -> u64 {
    item(index, u64::MAX)
}

impl Mapped<'_> {
    fn is(&self, state: &State) -> bool {
        self.ids == state.ids
            && self.weight == state.weight
            && self.turned == state.turned
            && self.small == state.small
            && self.note == state.note
            && *self.step.into_scalar() == state.step
    }
}

fn main() -> ExitCode {
    match run(env::args_os().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Vec<OsString>) -> Result<()> {
    const USAGE: &str = "saver save PATH VERSION [--compress] [--from-map] [--edit] [--append] \
                         | load PATH | dump PATH | watch PATH SECONDS | loop PATH SECONDS | sweep FOLDER";
    let (options, args): (Vec<_>, Vec<_>) =
        args.into_iter().partition(|arg| arg.as_encoded_bytes().starts_with(b"--"));
    let known = ["--compress", "--from-map", "--edit", "--append"];
    if let Some(unknown) = options.iter().find(|option| !known.iter().any(|known| *option == known))
    {
        return Err(format!("unknown option {}", unknown.display()).into());
    }
    let asked = |name: &str| options.iter().any(|option| option == name);
    let compress = asked("--compress");
    let way = match (asked("--from-map"), asked("--edit"), asked("--append")) {
        (true, ..) => Way::FromMap,
        (_, true, _) => Way::Edit,
        (.., true) => Way::Append,
        _ => Way::New,
    };
    let parts: Vec<&OsStr> = args.iter().map(OsString::as_os_str).collect();
    match parts.as_slice() {
        [command, path, number] if *command == "save" => {
            save(path.as_ref(), parse(number)?, compress, way)
        }
        [command, path] if *command == "load" => {
            println!("VERSION={}", load(path.as_ref())?);
            Ok(())
        }
        [command, path] if *command == "dump" => dump(path.as_ref()),
        [command, path, number] if *command == "watch" => watch(path.as_ref(), parse(number)?),
        [command, path, number] if *command == "loop" => soak(path.as_ref(), parse(number)?),
        [command, path] if *command == "sweep" => {
            for removed in sweep_stale(path)? {
                println!("{}", removed.display());
            }
            Ok(())
        }
        _ => Err(format!("usage: {USAGE}").into()),
    }
}

fn parse(number: &OsStr) -> Result<u64> {
    let parsed = number.to_str().and_then(|number| number.parse().ok());
    parsed.ok_or_else(|| format!("{} is no number", number.display()).into())
}

fn is_npy(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "npy")
}

/// How a version is made.
#[derive(Clone, Copy)]
enum Way {
    New,
    FromMap,
    Edit,
    Append,
}

fn save(path: &Path, version: u64, compress: bool, way: Way) -> Result<()> {
    if is_npy(path) {
        return match way {
            Way::Append => append(path, usize::try_from(version)?),
            _ => Ok(write_npy(path, &ids(version))?),
        };
    }
    let method = if compress { Compression::Deflate(1) } else { Compression::Stored };
    let options = SaveOptions::new().compression(method);
    match way {
        Way::FromMap => save_mapped(path, version, &options),
        Way::Edit => edit(path, version, &options),
        Way::New => save_new(path, version, &options),
        Way::Append => Err("only a .npy file can be appended to".into()),
    }
}

/// Puts new arrays in the place of those that are there, beside one that stays.
fn edit(path: &Path, version: u64, options: &SaveOptions) -> Result<()> {
    let mut state = State::new(version);
    if !path.exists() {
        state.kept = Some(Array1::from_shape_fn(IDS, kept));
        return Ok(state.save_npz_with(path, options)?);
    }
    let (note, step) = (arr0(state.note.clone()), arr0(state.step));
    let mut editor = NpzEditor::open_with(path, options)?;
    editor.put("ids", &state.ids)?;
    editor.put("weight", &state.weight)?;
    editor.put("turned", &state.turned)?;
    editor.put("small", &state.small)?;
    editor.put("note", &note)?;
    editor.put("step", &step)?;
    Ok(editor.commit()?)
}

/// Appends what the version has more than the file, in some pieces.
fn append(path: &Path, version: usize) -> Result<()> {
    if !path.exists() {
        return Ok(write_npy(path, &grown(version))?);
    }
    let mut appender = NpyAppender::<u64>::open(path)?;
    let rows = appender.rows()..version * STEP;
    let items: Vec<u64> = rows.map(kept).collect();
    for piece in items.chunks(ROW * 20) {
        appender.push_slice(piece)?;
    }
    Ok(appender.finish()?)
}

fn save_new(path: &Path, version: u64, options: &SaveOptions) -> Result<()> {
    Ok(State::new(version).save_npz_with(path, options)?)
}

/// Saves onto the very file that the arrays are mapped from, and looks at them again afterwards.
fn save_mapped(path: &Path, version: u64, options: &SaveOptions) -> Result<()> {
    // SAFETY: the program that replaces this file is this one, which never writes into it.
    let map = unsafe { NpzMap::open(path)? };
    let mapped = Mapped::view_npz(&map)?;
    let old = *mapped.step.into_scalar();
    let mut writer = NpzWriter::create_with(path, options)?;
    if old == version {
        writer.add("ids", &mapped.ids)?;
        writer.add("weight", &mapped.weight)?;
        writer.add("turned", &mapped.turned)?;
        writer.add("small", &mapped.small)?;
    } else {
        // A few items at a time, so that what is not written yet is still to be read from the file
        // that is being replaced.
        let change = key(version) ^ key(old);
        let ids = iter::once(version ^ change).chain(mapped.ids.iter().copied().skip(1));
        put(&mut writer, "ids", &[IDS], ids, change)?;
        put(&mut writer, "weight", mapped.weight.shape(), mapped.weight.iter().copied(), change)?;
        put(&mut writer, "turned", mapped.turned.shape(), mapped.turned.iter().copied(), change)?;
        put(&mut writer, "small", &[SMALL], mapped.small.iter().copied(), change)?;
    }
    writer.add("note", &arr0(format!("version {version}")))?;
    writer.add("step", &arr0(version))?;
    writer.finish()?;
    match mapped.is(&State::new(old)) {
        true => Ok(()),
        false => Err("the map has changed under us".into()),
    }
}

fn put<A: Item>(
    writer: &mut NpzWriter<AtomicFile>,
    name: &str,
    shape: &[usize],
    items: impl Iterator<Item = A>,
    change: u64,
) -> Result<()> {
    let mut array = writer.array_writer::<A>(name, shape)?;
    let mut row = Vec::with_capacity(ROW);
    for item in items {
        row.push(A::from_word(item.to_word() ^ change));
        if row.len() == ROW {
            array.push_slice(&row)?;
            row.clear();
        }
    }
    array.push_slice(&row)?;
    Ok(array.finish()?)
}

fn load(path: &Path) -> Result<u64> {
    if is_npy(path) {
        let found: Array1<u64> = read_npy(path)?;
        let version = *found.first().ok_or("no items")?;
        let steps = found.len() / STEP;
        return match version {
            _ if found == grown(steps) => Ok(steps as u64),
            _ if found == ids(version) => Ok(version),
            _ => Err(torn(version)),
        };
    }
    let mut state = State::load_npz(path)?;
    let edited = state.kept.take();
    if edited.is_some_and(|found| found != Array1::from_shape_fn(IDS, kept)) {
        return Err("the entry that editors leave alone has changed".into());
    }
    if state == State::new(state.step) { Ok(state.step) } else { Err(torn(state.step)) }
}

fn torn(version: u64) -> Box<dyn Error> {
    format!("the file holds values that are not those of version {version}").into()
}

fn dump(path: &Path) -> Result<()> {
    let mut magic = [0; 6];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    if read.is_ok() && magic == *b"\x93NUMPY" {
        println!("{}", line("", &AnyArray::read_npy(path)?));
        return Ok(());
    }
    let reader = NpzReader::open(path)?;
    // Nothing is printed of a file that isn't whole.
    let names: Vec<_> = reader.names().collect();
    let lines: npz_core::Result<Vec<_>> =
        names.iter().map(|name| Ok(line(name, &reader.any(name)?))).collect();
    lines?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn line(name: &str, array: &AnyArray) -> String {
    let digest: String = array.digest().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name:?} {} {:?} {digest}", array.dtype(), array.shape())
}

/// A map, and the version that it held when it was opened.
struct Held {
    map: NpzMap,
    version: u64,
}

impl Held {
    /// `None` for what is packed, and can't be used where it lies.
    fn open(path: &Path) -> Result<Option<Self>> {
        // SAFETY: the programs that replace this file rename another over it.
        let map = unsafe { NpzMap::open(path)? };
        let found = map.view::<u64, Ix0>("step").map(|step| *step.into_scalar());
        match found {
            Ok(version) => {
                let held = Self { map, version };
                held.check()?;
                Ok(Some(held))
            }
            Err(error) if error.kind() == ErrorKind::Misaligned => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn check(&self) -> Result<()> {
        let whole = Mapped::view_npz(&self.map)?.is(&State::new(self.version));
        if whole { Ok(()) } else { Err(torn(self.version)) }
    }
}

fn watch(path: &Path, seconds: u64) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut reads, mut maps) = (0_u64, 0_u64);
    let mut versions = BTreeSet::new();
    let mut held = VecDeque::new();
    while Instant::now() < end {
        versions.insert(load(path)?);
        reads += 1;
        held.extend(Held::open(path)?);
        if held.len() > HELD {
            // It was opened some replacements ago.
            held.pop_front().map_or(Ok(()), |old: Held| old.check())?;
            maps += 1;
        }
    }
    println!("READS={reads} MAPS={maps} VERSIONS={}", versions.len());
    Ok(())
}

fn soak(path: &Path, seconds: u64) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut version = 0;
    while Instant::now() < end {
        version += 1;
        let mapped = version % 3 == 0 && version > 1 && !is_npy(path);
        save(path, version, version % 4 == 0, if mapped { Way::FromMap } else { Way::New })?;
        if load(path)? != version {
            return Err(format!("version {version} was saved, and another was found").into());
        }
        if !is_npy(path) {
            let held = Held::open(path)?;
            save(path, version, false, Way::New)?;
            held.map_or(Ok(()), |held| held.check())?;
        }
    }
    println!("ROUNDS={version}");
    Ok(())
}
