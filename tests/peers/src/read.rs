//! Reading a file that may be bad: all arrays, as the type that their header says.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ndarray::ArrayD;
use ndarray_npy::{NpzReader, ReadNpyExt, ReadableElement};

use crate::Result;

pub(crate) fn by_ndarray_npy(path: &Path) -> Result<usize> {
    if !is_archive(path) {
        fn read<A: ReadableElement>(path: &Path) -> Result<usize> {
            Ok(ArrayD::<A>::read_npy(BufReader::new(File::open(path)?))?.len())
        }
        return typed(&[read::<f64>, read::<f32>, read::<i64>, read::<u8>, read::<bool>, read::<u16>], path);
    }
    fn read<A: ReadableElement>(path: &Path) -> Result<usize> {
        let mut npz = NpzReader::new(File::open(path)?)?;
        let names = npz.names()?;
        let mut items = 0;
        for name in names {
            let array: ArrayD<A> = npz.by_name(&name)?;
            items += array.len();
        }
        Ok(items)
    }
    typed(&[read::<f64>, read::<f32>, read::<i64>, read::<u8>, read::<bool>, read::<u16>], path)
}

pub(crate) fn by_npyz(path: &Path) -> Result<usize> {
    fn items<A: npyz::Deserialize>(reader: impl std::io::Read) -> Result<usize> {
        Ok(npyz::NpyFile::new(reader)?.into_vec::<A>()?.len())
    }
    if !is_archive(path) {
        fn read<A: npyz::Deserialize>(path: &Path) -> Result<usize> {
            items::<A>(BufReader::new(File::open(path)?))
        }
        return typed(&[read::<f64>, read::<f32>, read::<i64>, read::<u8>, read::<bool>, read::<u16>], path);
    }
    fn read<A: npyz::Deserialize>(path: &Path) -> Result<usize> {
        let mut npz = npyz::npz::NpzArchive::open(path)?;
        let names: Vec<String> = npz.array_names().map(str::to_owned).collect();
        let mut count = 0;
        for name in names {
            let file = npz.by_name(&name)?.ok_or("a name without an entry")?;
            count += file.into_vec::<A>()?.len();
        }
        Ok(count)
    }
    typed(&[read::<f64>, read::<f32>, read::<i64>, read::<u8>, read::<bool>, read::<u16>], path)
}

/// By the first type that the crate takes the items for; else what it says to the last.
fn typed(reads: &[fn(&Path) -> Result<usize>], path: &Path) -> Result<usize> {
    let mut outcome = Err("no types".into());
    for read in reads {
        outcome = read(path);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "npz")
}
