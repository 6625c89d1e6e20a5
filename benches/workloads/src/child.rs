//! The process that does one job: a fresh one each time, so that none finds memory that another
//! has left, and so that the peak is the operation's own.

use std::fs::{self, File};
use std::time::Instant;

use memmap2::{Advice, MmapMut};

use crate::Result;
use crate::job::{Act, Job, Measured};
use crate::libraries;
use crate::profile::observed;

/// Does the job and prints what it measured.
pub(crate) fn run(job: &str) -> Result<()> {
    let measured = measure(serde_json::from_str(job)?)?;
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

fn measure(job: Job) -> Result<Measured> {
    let (path, memory) = (job.file.clone(), job.memory());
    let (saves, keep, repeat) = (job.act == Act::Save, job.keep, job.repeat);
    let mut operation = libraries::prepare(job)?;
    let mut times = Vec::new();
    let (mut peak, mut size) = (0, None);
    for round in 0..repeat {
        if saves && round > 0 {
            fs::remove_file(&path)?;
        }
        touch(memory)?;
        let before = resident("VmRSS")?;
        // Makes VmHWM, the highest that VmRSS has been, start again from here.
        fs::write("/proc/self/clear_refs", "5")?;
        let result = observed(|| {
            let start = Instant::now();
            let result = operation();
            times.push(start.elapsed());
            result
        })??;
        peak = peak.max(resident("VmHWM")?.saturating_sub(before));
        drop(result);
    }
    if saves {
        size = Some(fs::metadata(&path)?.len());
        if keep {
            File::open(&path)?.sync_all()?;
        } else {
            fs::remove_file(&path)?;
        }
    }
    times.sort_unstable();
    let nanoseconds = u64::try_from(times[times.len() / 2].as_nanos())?;
    Ok(Measured { nanoseconds, memory: peak, size })
}

/// Takes memory, writes to each page, and gives it back. A virtual machine may have given free
/// memory back to its host, and then whoever touches it first waits for the host, not for himself.
fn touch(bytes: usize) -> Result<()> {
    let mut memory = MmapMut::map_anon(bytes)?;
    // Without huge pages this takes longer, nothing else.
    let _ = memory.advise(Advice::HugePage);
    memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    Ok(())
}

/// A line of `/proc/self/status`, in bytes.
fn resident(key: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(key)).ok_or("no such line")?;
    let kib: u64 = line.split_whitespace().nth(1).ok_or("the line is cut short")?.parse()?;
    Ok(kib << 10)
}
