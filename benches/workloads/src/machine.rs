//! The machine in the words that matter for the figures, without names of hosts and folders.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::Result;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) virtual_machine: bool,
    pub(crate) memory: String,
    pub(crate) kernel: String,
    pub(crate) file_system: String,
    /// Transparent huge pages: `always`, `madvise` or `never`.
    pub(crate) huge_pages: String,
    pub(crate) rustc: String,
}

impl Machine {
    pub(crate) fn here(folder: &Path) -> Result<Self> {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo")?;
        let of = |text: &str, key: &str| {
            let line = text.lines().find(|line| line.starts_with(key))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let cpu = of(&cpuinfo, "model name").unwrap_or_else(|| "unknown".to_owned());
        let (family, model) = (of(&cpuinfo, "cpu family"), of(&cpuinfo, "model\t"));
        let cpu = match (family, model) {
            (Some(family), Some(model)) => format!("{cpu}, family {family}, model {model}"),
            _ => cpu,
        };
        let flags = of(&cpuinfo, "flags").unwrap_or_default();
        let meminfo = fs::read_to_string("/proc/meminfo")?;
        let total = of(&meminfo, "MemTotal").unwrap_or_default();
        let kib: f64 = total.split_whitespace().next().unwrap_or_default().parse()?;
        let release = fs::read_to_string("/proc/sys/kernel/osrelease")?;
        let enabled = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
        let huge_pages = enabled
            .ok()
            .and_then(|text| Some(text.split_once('[')?.1.split_once(']')?.0.to_owned()));
        let rustc = Command::new("rustc").arg("--version").output()?;
        Ok(Self {
            cpu,
            cores: thread::available_parallelism()?.get(),
            virtual_machine: flags.split(' ').any(|flag| flag == "hypervisor"),
            memory: format!("{:.1} GiB", kib / f64::from(1 << 20)),
            // What follows the numbers names who has built it.
            kernel: format!("Linux {}", release.trim().split('-').next().unwrap_or_default()),
            file_system: file_system(folder)?,
            huge_pages: huge_pages.unwrap_or_else(|| "none".to_owned()),
            rustc: String::from_utf8(rustc.stdout)?
                .split(' ')
                .take(2)
                .collect::<Vec<_>>()
                .join(" "),
        })
    }

    /// For the names of files.
    pub(crate) fn slug(&self) -> String {
        let cpu = self.cpu.split(',').next().unwrap_or_default();
        let words = format!("{cpu} {} cores {}", self.cores, self.file_system).to_lowercase();
        let parts =
            words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("-")
    }

    pub(crate) fn sentence(&self) -> String {
        format!(
            "{} ({} cores{}), {} of memory, {}, {}, transparent huge pages: {}, {}",
            self.cpu,
            self.cores,
            if self.virtual_machine { " of a virtual machine" } else { "" },
            self.memory,
            self.kernel,
            self.file_system,
            self.huge_pages,
            self.rustc,
        )
    }
}

/// The type of the mount that the folder is in.
fn file_system(folder: &Path) -> Result<String> {
    let folder = folder.canonicalize()?;
    let mounts = fs::read_to_string("/proc/mounts")?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((Path::new(words.next()?), words.next()?))
    });
    // Of two mounts on one folder the later hides the earlier.
    let found = mounts
        .filter(|(at, _)| folder.starts_with(at))
        .max_by_key(|(at, _)| at.components().count());
    Ok(found.ok_or("the folder is on no mount")?.1.to_owned())
}
