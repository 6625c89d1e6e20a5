//! Rows as they come: into an archive, into an `.npy` file, and onto the end of one.
//!
//! ```sh
//! cargo run --example stream [folder]
//! ```
//!
//! Memory stays small however long the simulation runs, and the log can be read after every flush.

use std::env;
use std::path::PathBuf;

use ndarray::{Array2, arr1};
use npz_core::{NpyAppender, NpyArrayWriter, NpzReader, NpzWriter, Result, read_npy};

/// A particle on a spring: its place and its speed, step by step.
struct Spring {
    place: f64,
    speed: f64,
}

impl Iterator for Spring {
    type Item = [f64; 2];

    fn next(&mut self) -> Option<[f64; 2]> {
        self.speed -= 0.01 * self.place;
        self.place += 0.01 * self.speed;
        Some([self.place, self.speed])
    }
}

fn main() -> Result<()> {
    let folder = env::args_os().nth(1).map_or_else(env::temp_dir, PathBuf::from);
    let (run, log) = (folder.join("run.npz"), folder.join("log.npy"));
    let mut spring = Spring { place: 1.0, speed: 0.0 };

    // In an archive, with other arrays: one whose length is known, one that is as long as it gets.
    let mut archive = NpzWriter::create(&run)?;
    let mut start = archive.array_writer::<f64>("start", [100, 2])?;
    for state in spring.by_ref().take(100) {
        start.push(&arr1(&state))?;
    }
    start.finish()?;
    let mut rest = archive.array_writer_open::<f64>("until_it_turns", &[2])?;
    for state in spring.by_ref().take_while(|[_, speed]| *speed < 0.0) {
        rest.push(&arr1(&state))?;
    }
    rest.finish()?;
    archive.add("stiffness", &arr1(&[0.01]))?;
    archive.finish()?;
    for entry in NpzReader::open(&run)?.entries() {
        println!("{}: {:?}", entry.name(), entry.header()?.map(|header| header.shape().to_vec()));
    }

    // A log of its own, which grows whenever there is something to say.
    let mut new = NpyArrayWriter::create_open(&log, &[2])?;
    new.push_slice(&[1.0, 0.0])?;
    new.finish()?;
    for _ in 0..3 {
        let mut log = NpyAppender::open(&log)?;
        for state in spring.by_ref().step_by(50).take(4) {
            log.push_slice(&state)?;
        }
        log.finish()?;
    }
    let states: Array2<f64> = read_npy(&log)?;
    println!("{} rows in {}", states.nrows(), log.display());
    Ok(())
}
