//! The limit: the bytes, by as few system calls as there can be.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use memmap2::{Advice, MmapMut};
use npz_core::NpzReader;

use super::{Operation, one_name_each, operation, touch};
use crate::Result;
use crate::job::{Act, Job};
use crate::map;

pub(super) fn prepare(job: Job) -> Result<Operation> {
    let path = job.file.clone();
    Ok(match job.act {
        Act::Save => {
            let bytes = job.data.bytes();
            operation(move || {
                let mut file = File::create(&path)?;
                file.write_all(&bytes)?;
                if job.durable {
                    file.sync_all()?;
                }
                Ok(())
            })
        }
        Act::Load => operation(move || Ok(fs::read(&path)?)),
        Act::LoadHuge => operation(move || {
            let mut file = File::open(&path)?;
            let mut memory = MmapMut::map_anon(usize::try_from(file.metadata()?.len())?)?;
            memory.advise(Advice::HugePage)?;
            file.read_exact(&mut memory)?;
            Ok(memory)
        }),
        Act::View => operation(move || map::file(&path)),
        Act::Touch => {
            let map = map::file(&path)?;
            operation(move || Ok(touch(&map)))
        }
        Act::One => {
            let reader = NpzReader::open(&path)?;
            let offsets = offsets(&reader, &job)?;
            let length = job.data.size() / offsets.len();
            let mut next = one_name_each(&job.data);
            operation(move || {
                let name = next();
                let offset = offsets.iter().find(|(known, _)| *known == name).map(|found| found.1);
                let mut bytes = vec![0; length];
                File::open(&path)?.read_exact_at(&mut bytes, offset.ok_or("no such array")?)?;
                Ok(bytes)
            })
        }
        Act::List => {
            let (offset, length) = directory(&path)?;
            operation(move || {
                let mut bytes = vec![0; length];
                File::open(&path)?.read_exact_at(&mut bytes, offset)?;
                Ok(bytes)
            })
        }
        Act::Rows | Act::ScatteredRows => {
            let offset = offsets(&NpzReader::open(&path)?, &job)?[0].1;
            let row = job.data.size() / job.data.tensors()[0].1[0];
            let file = File::open(&path)?;
            let read = move |first: usize, count: usize| -> Result<Vec<u8>> {
                let mut bytes = vec![0; count * row];
                file.read_exact_at(&mut bytes, offset + u64::try_from(first * row)?)?;
                Ok(bytes)
            };
            let rows = job.rows.clone();
            match job.act {
                Act::Rows => operation(move || read(rows[0], rows.len())),
                _ => operation(move || {
                    rows.iter().map(|&row| read(row, 1)).collect::<Result<Vec<_>>>()
                }),
            }
        }
    })
}

/// Where the data of each array lie in the archive.
fn offsets(reader: &NpzReader<'_>, job: &Job) -> Result<Vec<(String, u64)>> {
    let names = job.data.names().into_iter();
    names
        .map(|name| {
            let offset = reader.entry(&name)?.data_offset()?.ok_or("the entry is compressed")?;
            Ok((name, offset))
        })
        .collect()
}

/// The place and the length of an archive's directory, from the end record.
fn directory(path: &Path) -> Result<(u64, usize)> {
    let bytes = fs::read(path)?;
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or("no end record")?;
    let number = |at: usize| {
        let four = bytes.get(end + at..end + at + 4).ok_or("the end record is cut short")?;
        Ok::<_, crate::Error>(u32::from_le_bytes(four.try_into()?))
    };
    Ok((number(16)?.into(), number(12)?.try_into()?))
}
