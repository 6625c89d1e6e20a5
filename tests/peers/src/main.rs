//! The savers of other crates, with the command line of `tests/programs/saver.rs`:
//! `npz-peers ndarray-npy|safetensors save PATH VERSION`, `… load PATH`. And what they make of a file that
//! may be bad: `npz-peers ndarray-npy|npyz read PATH`.

#[path = "../../programs/items.rs"]
mod items;
mod read;

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;

use ndarray::{Array1, Array2};
use ndarray_npy::{NpzReader, NpzWriter};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use items::{IDS, WEIGHT, mix};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn ids(version: u64) -> Array1<u64> {
    let item = |i| if i == 0 { version } else { mix(i as u64 ^ mix(version)) };
    Array1::from_shape_fn(IDS, item)
}

fn weight(version: u64) -> Array2<f32> {
    let item = |(i, j)| (mix((i * WEIGHT.1 + j) as u64 ^ mix(version)) & 0xff_ffff) as f32;
    Array2::from_shape_fn(WEIGHT, item)
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
    let parts: Vec<&OsStr> = args.iter().map(OsString::as_os_str).collect();
    match parts.as_slice() {
        [peer, command, path, version] if *command == "save" => {
            let version: u64 = version.to_str().ok_or("no number")?.parse()?;
            match peer.to_str() {
                Some("ndarray-npy") => save_npz(path.as_ref(), version),
                Some("safetensors") => save_safetensors(path.as_ref(), version),
                _ => Err("no such peer".into()),
            }
        }
        [peer, command, path] if *command == "load" => {
            let (found, weights) = match peer.to_str() {
                Some("ndarray-npy") => load_npz(path.as_ref())?,
                Some("safetensors") => load_safetensors(path.as_ref())?,
                _ => return Err("no such peer".into()),
            };
            let version = *found.first().ok_or("no items")?;
            if found != ids(version) || weights != weight(version) {
                return Err("the file holds other values".into());
            }
            println!("VERSION={version}");
            Ok(())
        }
        [peer, command, path] if *command == "read" => {
            let taken = match peer.to_str() {
                Some("ndarray-npy") => read::by_ndarray_npy(path.as_ref())?,
                Some("npyz") => read::by_npyz(path.as_ref())?,
                _ => return Err("no such peer".into()),
            };
            println!("{taken} items");
            Ok(())
        }
        _ => Err("usage: npz-peers PEER save PATH VERSION | PEER load PATH | PEER read PATH".into()),
    }
}

fn save_npz(path: &Path, version: u64) -> Result<()> {
    // As its manual has it.
    let mut npz = NpzWriter::new(File::create(path)?);
    npz.add_array("ids", &ids(version))?;
    npz.add_array("weight", &weight(version))?;
    npz.finish()?;
    Ok(())
}

fn load_npz(path: &Path) -> Result<(Array1<u64>, Array2<f32>)> {
    let mut npz = NpzReader::new(File::open(path)?)?;
    Ok((npz.by_name("ids")?, npz.by_name("weight")?))
}

fn save_safetensors(path: &Path, version: u64) -> Result<()> {
    let ids: Vec<u8> = ids(version).iter().flat_map(|item| item.to_le_bytes()).collect();
    let weight: Vec<u8> = weight(version).iter().flat_map(|item| item.to_le_bytes()).collect();
    let tensors = [
        ("ids", TensorView::new(Dtype::U64, vec![IDS], &ids)?),
        ("weight", TensorView::new(Dtype::F32, vec![WEIGHT.0, WEIGHT.1], &weight)?),
    ];
    Ok(safetensors::serialize_to_file(tensors, None, path)?)
}

fn load_safetensors(path: &Path) -> Result<(Array1<u64>, Array2<f32>)> {
    let bytes = fs::read(path)?;
    let tensors = SafeTensors::deserialize(&bytes)?;
    let items = |name: &str| tensors.tensor(name).map(|tensor| tensor.data().to_vec());
    let ids = items("ids")?.as_chunks().0.iter().map(|item| u64::from_le_bytes(*item)).collect();
    let weight = items("weight")?.as_chunks().0.iter().map(|item| f32::from_le_bytes(*item)).collect();
    Ok((Array1::from_vec(ids), Array2::from_shape_vec(WEIGHT, weight)?))
}
