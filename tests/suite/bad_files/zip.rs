//! Archives of any form, true and false: every field of every record can be set.

use std::io::Write;

pub(crate) const UTF8: u16 = 1 << 11;
pub(crate) const DESCRIPTOR: u16 = 1 << 3;

/// The fields that local and central headers share.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) needed: u16,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) compressed: u32,
    pub(crate) size: u32,
    pub(crate) name: Vec<u8>,
    pub(crate) extra: Vec<u8>,
}

impl Header {
    fn encode(&self, out: &mut Vec<u8>) {
        for field in [self.needed, self.flags, self.method, 0, 0x21] {
            out.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.compressed, self.size] {
            out.extend(field.to_le_bytes());
        }
        for len in [self.name.len(), self.extra.len()] {
            out.extend(u16::try_from(len).unwrap().to_le_bytes());
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) local: Header,
    pub(crate) central: Header,
    /// As it stands in the file.
    pub(crate) packed: Vec<u8>,
    pub(crate) descriptor: Vec<u8>,
    /// Bytes behind it that belong to nothing.
    pub(crate) gap: Vec<u8>,
    /// In the directory.
    pub(crate) comment: Vec<u8>,
    /// In the directory, instead of the true place.
    pub(crate) offset: Option<u32>,
    pub(crate) disk: u16,
    /// The system that it comes from, in the upper byte.
    pub(crate) made_by: u16,
    /// What it is there, with DOS's bits in the lowest byte and Unix's mode in the upper half.
    pub(crate) external: u32,
    /// In the directory only, or not there at all.
    pub(crate) listed: bool,
    pub(crate) written: bool,
}

impl Member {
    fn new(name: &str, method: u16, data: &[u8], packed: Vec<u8>) -> Self {
        let header = Header {
            needed: 20,
            flags: if name.is_ascii() { 0 } else { UTF8 },
            method,
            crc: crc32fast::hash(data),
            compressed: u32::try_from(packed.len()).unwrap(),
            size: u32::try_from(data.len()).unwrap(),
            name: name.into(),
            extra: vec![],
        };
        Self {
            local: header.clone(),
            central: header,
            packed,
            descriptor: vec![],
            gap: vec![],
            comment: vec![],
            offset: None,
            disk: 0,
            made_by: 20,
            external: 0,
            listed: true,
            written: true,
        }
    }

    pub(crate) fn stored(name: &str, data: &[u8]) -> Self {
        Self::new(name, 0, data, data.to_vec())
    }

    pub(crate) fn deflated(name: &str, data: &[u8]) -> Self {
        Self::new(name, 8, data, deflate(data))
    }

    /// The same with its CRC and sizes behind the data, as from a writer that can't seek.
    pub(crate) fn streamed(mut self, len: usize) -> Self {
        let Header { crc, compressed, size, .. } = self.central;
        for header in [&mut self.local, &mut self.central] {
            header.flags |= DESCRIPTOR;
        }
        (self.local.crc, self.local.compressed, self.local.size) = (0, 0, 0);
        self.descriptor = descriptor(len, crc, compressed.into(), size.into());
        self
    }

    /// The same with all sizes in zip64 fields.
    pub(crate) fn zip64(mut self) -> Self {
        let Header { compressed, size, .. } = self.central;
        let sizes = [u64::from(size), u64::from(compressed)];
        for header in [&mut self.local, &mut self.central] {
            (header.compressed, header.size) = (u32::MAX, u32::MAX);
            header.extra = field(1, &words(&sizes));
        }
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The same change to both headers.
    pub(crate) fn both(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }
}

pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A data descriptor of 12, 16, 20 or 24 bytes.
pub(crate) fn descriptor(len: usize, crc: u32, compressed: u64, size: u64) -> Vec<u8> {
    let mut bytes = if matches!(len, 16 | 24) { b"PK\x07\x08".to_vec() } else { vec![] };
    bytes.extend(crc.to_le_bytes());
    for number in [compressed, size] {
        let number = number.to_le_bytes();
        bytes.extend(if len < 20 { &number[..4] } else { &number[..] });
    }
    assert_eq!(bytes.len(), len);
    bytes
}

/// An extra field.
pub(crate) fn field(id: u16, data: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

pub(crate) fn words(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// How an archive ends. Numbers are the true ones until they are changed.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) disk: u16,
    pub(crate) directory_disk: u16,
    pub(crate) entries_here: u16,
    pub(crate) entries: u16,
    pub(crate) size: u32,
    pub(crate) offset: u32,
    pub(crate) comment_len: u16,
    pub(crate) comment: Vec<u8>,
    /// Behind everything.
    pub(crate) trailing: Vec<u8>,
    /// Between the directory and what follows it.
    pub(crate) between: Vec<u8>,
    pub(crate) zip64: Option<Zip64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Zip64 {
    pub(crate) following: u64,
    pub(crate) disk: u32,
    pub(crate) directory_disk: u32,
    pub(crate) entries_here: u64,
    pub(crate) entries: u64,
    pub(crate) size: u64,
    pub(crate) offset: u64,
    pub(crate) extensible: Vec<u8>,
    pub(crate) with_record: bool,
    pub(crate) with_locator: bool,
    pub(crate) locator_disk: u32,
    pub(crate) record_offset: u64,
    pub(crate) disks: u32,
}

impl Ending {
    /// Puts all numbers into zip64 records, and ones into the plain record.
    pub(crate) fn widen(&mut self) {
        (self.entries_here, self.entries) = (u16::MAX, u16::MAX);
        (self.size, self.offset) = (u32::MAX, u32::MAX);
    }

    pub(crate) fn zip64(&mut self) -> &mut Zip64 {
        self.zip64.as_mut().unwrap()
    }
}

/// The archive of these members, with an ending that `change` changed; with `wide` it gets zip64
/// records, which say the same until changed.
pub(crate) fn build(members: &[Member], wide: bool, change: impl FnOnce(&mut Ending)) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let offset = u32::try_from(file.len()).unwrap();
        if member.written {
            file.extend(b"PK\x03\x04");
            member.local.encode(&mut file);
            for part in [
                &member.local.name,
                &member.local.extra,
                &member.packed,
                &member.descriptor,
                &member.gap,
            ] {
                file.extend(part);
            }
        }
        if member.listed {
            directory.extend(b"PK\x01\x02");
            directory.extend(member.made_by.to_le_bytes());
            member.central.encode(&mut directory);
            directory.extend(u16::try_from(member.comment.len()).unwrap().to_le_bytes());
            directory.extend(member.disk.to_le_bytes());
            directory.extend([0; 2]); // internal attributes
            directory.extend(member.external.to_le_bytes());
            directory.extend(member.offset.unwrap_or(offset).to_le_bytes());
            directory.extend(&member.central.name);
            directory.extend(&member.central.extra);
            directory.extend(&member.comment);
        }
    }
    let entries = members.iter().filter(|member| member.listed).count();
    let (offset, size) = (file.len(), directory.len());
    let mut ending = Ending {
        disk: 0,
        directory_disk: 0,
        entries_here: u16::try_from(entries).unwrap_or(u16::MAX),
        entries: u16::try_from(entries).unwrap_or(u16::MAX),
        size: u32::try_from(size).unwrap(),
        offset: u32::try_from(offset).unwrap(),
        comment_len: 0,
        comment: vec![],
        trailing: vec![],
        between: vec![],
        zip64: wide.then(|| Zip64 {
            following: 44,
            disk: 0,
            directory_disk: 0,
            entries_here: entries as u64,
            entries: entries as u64,
            size: size as u64,
            offset: offset as u64,
            extensible: vec![],
            with_record: true,
            with_locator: true,
            locator_disk: 0,
            record_offset: (offset + size) as u64,
            disks: 1,
        }),
    };
    change(&mut ending);
    file.extend(directory);
    file.extend(&ending.between);
    if let Some(wide) = &ending.zip64 {
        if wide.with_record {
            file.extend(b"PK\x06\x06");
            file.extend(wide.following.to_le_bytes());
            file.extend([45, 0, 45, 0]);
            file.extend([wide.disk, wide.directory_disk].map(u32::to_le_bytes).concat());
            file.extend(words(&[wide.entries_here, wide.entries, wide.size, wide.offset]));
            file.extend(&wide.extensible);
        }
        if wide.with_locator {
            file.extend(b"PK\x06\x07");
            file.extend(wide.locator_disk.to_le_bytes());
            file.extend(wide.record_offset.to_le_bytes());
            file.extend(wide.disks.to_le_bytes());
        }
    }
    file.extend(b"PK\x05\x06");
    for field in [ending.disk, ending.directory_disk, ending.entries_here, ending.entries] {
        file.extend(field.to_le_bytes());
    }
    file.extend([ending.size, ending.offset].map(u32::to_le_bytes).concat());
    file.extend(ending.comment_len.to_le_bytes());
    file.extend(&ending.comment);
    file.extend(&ending.trailing);
    file
}
