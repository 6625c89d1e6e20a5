//! The ten workloads: docs/performance.md says what each stands for.

use crate::data::{Data, Fill, Kind, Shapes};
use crate::job::{Act, Job, Library, Packing};
use crate::workload::{Comparison, Files, INPUT, SAVED, Workload};

/// All of them; `quick` divides the sizes by 16.
pub(crate) fn all(quick: bool) -> Vec<Workload> {
    let part = if quick { 16 } else { 1 };
    let gib =
        |kind, width: usize| Data::new(kind, Shapes::One(vec![1024 / part, (1 << 20) / width]));
    let half = |kind| Data::new(kind, Shapes::One(vec![512 / part, 1 << 19]));
    vec![
        stored("W1", "one array of 1 GiB", &gib(Kind::F32, 4), 0.2),
        stored(
            "W2",
            "GPT-2, 148 tensors, 475 MiB",
            &Data::new(Kind::F32, Shapes::Gpt2 { width: if quick { 192 } else { 768 } }),
            1.0,
        ),
        small(part),
        packed("W4-floats", "normal f32", Kind::F32, Fill::Normal, part),
        packed("W4-ints", "small ints as i32", Kind::I32, Fill::Normal, part),
        packed("W4-zeros", "f32, nine of ten zero", Kind::F32, Fill::MostlyZero, part),
        one_of_many(part),
        strided(part),
        other_order(part),
        halves("W8-f16", "f16", &half(Kind::F16)),
        halves("W8-bf16", "bf16", &half(Kind::Bf16)),
        list(part),
        slices(part),
    ]
}

const NPZ: &str = "npz";
const ONE_THREAD: &str = "npz, 1 thread";
const FILE: &str = "file.npz";
const SAFETENSORS: &str = "file.safetensors";

fn raw(act: Act, data: &Data, file: &str) -> Job {
    Job::new(Library::Raw, act, data, file)
}

fn npz(act: Act, data: &Data, file: &str) -> Job {
    Job::new(Library::Npz, act, data, file)
}

fn files(data: &Data) -> Vec<Job> {
    vec![
        raw(Act::Save, data, INPUT).keep(),
        npz(Act::Save, data, FILE).keep(),
        Job::new(Library::Safetensors, Act::Save, data, SAFETENSORS).keep(),
    ]
}

fn save(id: &str, title: &str, data: &Data, threads: bool) -> Comparison {
    let mut save = Comparison::new(&format!("{id}-save"), &format!("{title}: save"))
        .row("write", raw(Act::Save, data, SAVED))
        .row(NPZ, npz(Act::Save, data, SAVED));
    if threads {
        save = save.row(ONE_THREAD, npz(Act::Save, data, SAVED).threads(1));
    }
    save.peers(Act::Save, data, &Files::saved(), |job| job).time(NPZ, 1.05, "write").time(
        NPZ,
        1.05,
        "safetensors",
    )
}

fn load(id: &str, title: &str, data: &Data, peers: &Files) -> Comparison {
    Comparison::new(&format!("{id}-load"), &format!("{title}: load"))
        .row("read", raw(Act::Load, data, FILE))
        .row(NPZ, npz(Act::Load, data, FILE).threads(2))
        .row(ONE_THREAD, npz(Act::Load, data, FILE).threads(1))
        .peers(Act::Load, data, peers, |job| job)
        .time(NPZ, 0.35, "read")
        .time(ONE_THREAD, 0.65, "read")
        .time(NPZ, 0.4, "safetensors")
}

/// W1 and W2.
fn stored(id: &str, title: &str, data: &Data, view_ms: f64) -> Workload {
    let durable = Comparison::new(&format!("{id}-durable"), &format!("{title}: durable save"))
        .row("write + fsync", raw(Act::Save, data, SAVED).durable())
        .row(NPZ, npz(Act::Save, data, SAVED).durable())
        .time(NPZ, 0.8, "write + fsync");
    let views = Files { ndarray_npy: None, npyz: None, numpy: None, ..shared() };
    let view = Comparison::new(&format!("{id}-view"), &format!("{title}: map and view all"))
        .row("map", raw(Act::View, data, FILE).repeat(5))
        .row(NPZ, npz(Act::View, data, FILE).repeat(5))
        .peers(Act::View, data, &views, |job| job.repeat(5))
        .milliseconds(NPZ, view_ms);
    let touch = Comparison::new(&format!("{id}-touch"), &format!("{title}: touch all of a map"))
        .row("touch", raw(Act::Touch, data, FILE))
        .row(NPZ, npz(Act::Touch, data, FILE))
        .peers(Act::Touch, data, &views, |job| job)
        .time(NPZ, 1.05, "touch");
    let load = load(id, title, data, &shared()).time(NPZ, 0.4, "ndarray-npy");
    let comparisons = vec![save(id, title, data, true), durable, load, view, touch];
    Workload { files: files(data), comparisons }
}

fn shared() -> Files {
    Files::shared(FILE, SAFETENSORS)
}

/// W3: what each entry costs.
fn small(part: usize) -> Workload {
    let data = &Data::new(Kind::F32, Shapes::Many { count: 10_000 / part, items: 256 });
    let title = "10,000 arrays of 256 f32";
    let save = Comparison::new("W3-save", &format!("{title}: save"))
        .row("write", raw(Act::Save, data, SAVED).repeat(3))
        .row(NPZ, npz(Act::Save, data, SAVED).repeat(3))
        .peers(Act::Save, data, &Files::saved(), |job| job.repeat(3))
        .time(NPZ, 2.5, "write");
    let load = Comparison::new("W3-load", &format!("{title}: load"))
        .row("read", raw(Act::Load, data, FILE).repeat(3))
        .row(NPZ, npz(Act::Load, data, FILE).threads(2).repeat(3))
        .row(ONE_THREAD, npz(Act::Load, data, FILE).threads(1).repeat(3))
        .peers(Act::Load, data, &shared(), |job| job.repeat(3))
        .time(NPZ, 2.0, "read");
    let views = Files { ndarray_npy: None, npyz: None, numpy: None, ..shared() };
    let view = Comparison::new("W3-view", &format!("{title}: map and view all"))
        .row("map", raw(Act::View, data, FILE).repeat(5))
        .row(NPZ, npz(Act::View, data, FILE).repeat(5))
        .peers(Act::View, data, &views, |job| job.repeat(5))
        .time(NPZ, 0.5, "safetensors");
    Workload { files: files(data), comparisons: vec![save, load, view] }
}

/// W4: compression, against what NumPy makes of the same bytes.
fn packed(id: &str, title: &str, kind: Kind, fill: Fill, part: usize) -> Workload {
    const OWN: &str = "own.npz";
    const LEVEL_6: &str = "npz, Deflate(6)";
    let data = &Data { fill, ..Data::new(kind, Shapes::One(vec![256 / part, 1 << 18])) };
    let title = format!("256 MiB, {title}");
    let saved = Files { safetensors: None, ..Files::saved() };
    let save = Comparison::new(&format!("{id}-save"), &format!("{title}: save"))
        .row("write, not compressed", raw(Act::Save, data, SAVED))
        .row(NPZ, npz(Act::Save, data, SAVED).packing(Packing::Default))
        .row(ONE_THREAD, npz(Act::Save, data, SAVED).packing(Packing::Default).threads(1))
        .row(LEVEL_6, npz(Act::Save, data, SAVED).packing(Packing::Deflate(6)))
        .peers(Act::Save, data, &saved, |job| job.packing(Packing::Default));
    let save = match (kind, fill) {
        (Kind::F32, Fill::Normal) => save.faster(NPZ, 25.0, "NumPy").size(NPZ, 1.005, "NumPy"),
        _ => save
            .faster(NPZ, 15.0, "NumPy")
            .size(NPZ, 1.25, "NumPy")
            .faster(LEVEL_6, 2.5, "NumPy")
            .size(LEVEL_6, 1.01, "NumPy"),
    };
    const OWN_FILE: &str = "npz, its own file";
    let npz_files = Files { safetensors: None, ..shared() };
    let load = Comparison::new(&format!("{id}-load"), &format!("{title}: load"))
        .row("read, not unpacked", raw(Act::Load, data, FILE))
        .row(NPZ, npz(Act::Load, data, FILE).threads(2))
        .row(ONE_THREAD, npz(Act::Load, data, FILE).threads(1))
        .row(OWN_FILE, npz(Act::Load, data, OWN).threads(2))
        .peers(Act::Load, data, &npz_files, |job| job)
        .faster(OWN_FILE, 4.0, "NumPy");
    let numpys = Job::new(Library::Numpy, Act::Save, data, FILE).input(INPUT);
    let files = vec![
        raw(Act::Save, data, INPUT).keep(),
        npz(Act::Save, data, OWN).packing(Packing::Default).keep(),
        numpys.packing(Packing::Default).keep(),
    ];
    Workload { files, comparisons: vec![save, load] }
}

/// W5: one array out of a large archive.
fn one_of_many(part: usize) -> Workload {
    let data = &Data::new(Kind::F32, Shapes::Many { count: 1024 / part, items: 1 << 18 });
    let one = Comparison::new("W5", "open, load one of 1,024 arrays")
        .row("open + pread", raw(Act::One, data, FILE).repeat(15))
        .row(NPZ, npz(Act::One, data, FILE).repeat(15))
        .peers(Act::One, data, &shared(), |job| job.repeat(15))
        .time(NPZ, 1.3, "open + pread");
    Workload { files: files(data), comparisons: vec![one] }
}

/// W6: arrays that don't lie in memory as the file wants them.
fn strided(part: usize) -> Workload {
    let side = if part == 1 { 8192 } else { 2048 };
    let plain = Data::new(Kind::F64, Shapes::One(vec![side, side]));
    let transposed = Data { axes: Some(vec![1, 0]), ..plain };
    let plain = Data::new(Kind::F64, Shapes::One(vec![256 / part, 512, 512]));
    let permuted = Data { axes: Some(vec![2, 0, 1]), ..plain };
    let compare = |id: &str, title: &str, data: &Data| {
        Comparison::new(id, &format!("512 MiB of f64, {title}: save"))
            .row("write", raw(Act::Save, data, SAVED))
            .row(NPZ, npz(Act::Save, data, SAVED))
            .row(ONE_THREAD, npz(Act::Save, data, SAVED).threads(1))
            .peers(Act::Save, data, &Files::saved(), |job| job)
            .time(NPZ, 1.15, "write")
            .memory(NPZ, 32.0)
    };
    let comparisons = vec![
        compare("W6-transposed", "transposed", &transposed),
        compare("W6-permuted", "axes permuted", &permuted),
    ];
    // The bytes in memory are the same for both.
    Workload { files: vec![raw(Act::Save, &permuted, INPUT).keep()], comparisons }
}

/// W7: the other byte order.
fn other_order(part: usize) -> Workload {
    let data = &Data::new(Kind::F32, Shapes::One(vec![512 / part, 1 << 18]));
    let files = vec![npz(Act::Save, data, FILE).big_endian().keep()];
    let readers = Files { safetensors: None, ..shared() };
    let load = Comparison::new("W7", "512 MiB of big-endian f32: load")
        .row("read into huge pages", raw(Act::LoadHuge, data, FILE))
        .row(NPZ, npz(Act::Load, data, FILE).threads(2))
        .row(ONE_THREAD, npz(Act::Load, data, FILE).threads(1))
        .peers(Act::Load, data, &readers, Job::big_endian)
        .time(NPZ, 0.75, "read into huge pages")
        .time(ONE_THREAD, 1.2, "read into huge pages");
    Workload { files, comparisons: vec![load] }
}

/// W8: the 16-bit floats of models.
fn halves(id: &str, title: &str, data: &Data) -> Workload {
    let title = format!("512 MiB of {title}");
    let mut files = files(data);
    let mut readers = shared();
    if data.kind == Kind::F16 {
        const BITS: &str = "bits.npz";
        files.push(npz(Act::Save, &Data { kind: Kind::U16, ..data.clone() }, BITS).keep());
        readers = Files { ndarray_npy: Some(BITS), npyz: Some(BITS), ..readers };
    }
    let comparisons = vec![save(id, &title, data, false), load(id, &title, data, &readers)];
    Workload { files, comparisons }
}

/// W9: what is in the file.
fn list(part: usize) -> Workload {
    let data = &Data::new(Kind::F32, Shapes::Many { count: 10_000 / part, items: 16 });
    let list = Comparison::new("W9", "open, and list 10,000 entries")
        .row("open + pread", raw(Act::List, data, FILE).repeat(15))
        .row(NPZ, npz(Act::List, data, FILE).repeat(15))
        .peers(Act::List, data, &shared(), |job| job.repeat(5))
        .time(NPZ, 3.0, "open + pread");
    Workload { files: files(data), comparisons: vec![list] }
}

/// W10: parts of an array.
fn slices(part: usize) -> Workload {
    let wide = &Data::new(Kind::F32, Shapes::One(vec![256 / part, 1 << 20]));
    let rows: Vec<usize> = (78 / part..178 / part).collect();
    let together = Comparison::new("W10-rows", "100 rows of 4 MiB together, of 1 GiB")
        .row("pread", raw(Act::Rows, wide, FILE).rows(&rows))
        .row(NPZ, npz(Act::Rows, wide, FILE).threads(2).rows(&rows))
        .row(ONE_THREAD, npz(Act::Rows, wide, FILE).threads(1).rows(&rows));
    let together = with_rows(together, Act::Rows, wide, &rows).time(NPZ, 0.7, "pread");

    // The same bytes with short rows; a stride that has no divisor in common with their number.
    let narrow = &Data::new(Kind::F32, Shapes::One(vec![(1 << 20) / part, 256]));
    let rows: Vec<usize> = (1..=100).map(|k| k * 611_953 % ((1 << 20) / part)).collect();
    let scattered = Comparison::new("W10-scattered", "100 scattered rows of 1 KiB, of 1 GiB")
        .row("100 preads", raw(Act::ScatteredRows, narrow, NARROW).rows(&rows).repeat(15))
        .row(NPZ, npz(Act::ScatteredRows, narrow, NARROW).rows(&rows).repeat(15));
    let scattered =
        with_rows(scattered, Act::ScatteredRows, narrow, &rows).time(NPZ, 1.2, "100 preads");

    let mut files = files(wide);
    files.push(npz(Act::Save, narrow, NARROW).keep());
    files.push(Job::new(Library::Safetensors, Act::Save, narrow, NARROW_SAFETENSORS).keep());
    Workload { files, comparisons: vec![together, scattered] }
}

const NARROW: &str = "narrow.npz";
const NARROW_SAFETENSORS: &str = "narrow.safetensors";

fn with_rows(mut comparison: Comparison, act: Act, data: &Data, rows: &[usize]) -> Comparison {
    let (npz, safetensors) =
        if act == Act::Rows { (FILE, SAFETENSORS) } else { (NARROW, NARROW_SAFETENSORS) };
    let peers = [
        (Library::NdarrayNpy, "ndarray-npy, whole array", npz),
        (Library::Safetensors, "safetensors", safetensors),
        (Library::Numpy, "NumPy, whole array", npz),
    ];
    for (library, name, file) in peers {
        let job = Job::new(library, act, data, file).rows(rows);
        comparison = comparison.row(name, job);
    }
    comparison
}
