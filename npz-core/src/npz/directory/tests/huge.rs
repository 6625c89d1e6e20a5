use super::*;
use crate::npz::layout::{CentralDirectory, Member, Slot};

/// A file of which only the headers exist.
#[derive(Default)]
struct Sparse {
    len: u64,
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Sparse {
    fn put(&mut self, at: u64, bytes: Vec<u8>) {
        self.len = self.len.max(at + bytes.len() as u64);
        self.pieces.push((at, bytes));
    }

    fn read(&self, range: &Range<u64>) -> Vec<u8> {
        let mut out = vec![0; usize::try_from(range.end - range.start).unwrap()];
        for (at, bytes) in &self.pieces {
            for (at, byte) in (*at..).zip(bytes) {
                if range.contains(&at) {
                    out[usize::try_from(at - range.start).unwrap()] = *byte;
                }
            }
        }
        out
    }

    fn write(members: &[Member<'_>]) -> Self {
        let (mut file, mut directory, mut offset) =
            (Self::default(), CentralDirectory::default(), 0);
        for &member in members {
            let slot = Slot::new(member, offset, Alignment::default()).unwrap();
            file.put(offset, slot.local_header(7, member.size).unwrap());
            directory.push(&slot, 7, member.size).unwrap();
            offset = slot.end(member.size).unwrap();
        }
        file.put(offset, directory.finish(offset).unwrap());
        file
    }

    fn open(&self) -> Result<Directory> {
        let read = |range| self.read(&range);
        drive(self.len, &Limits::default(), read).map(|(directory, _)| directory)
    }
}

fn member(name: &str, size: u64) -> Member<'_> {
    Member { name, method: Method::Stored, size, prefix_len: 128 }
}

#[test]
fn entries_beyond_4_gib() {
    const ONES: u64 = u32::MAX as u64;
    for sizes in [
        [ONES - 1, 5, 5],
        [ONES, 5, 5],
        [5, ONES + 1, 5],
        [5, 5, 1 << 40],
        [1 << 61, 1 << 62, 5],
        // The directory's offset is exactly what stands for "see zip64".
        [ONES - 256, 5, 5],
    ] {
        let members = [member("a", sizes[0]), member("b", sizes[1]), member("c", sizes[2])];
        let file = Sparse::write(&members);
        let directory = file.open().unwrap();
        for (entry, member) in directory.entries().zip(members) {
            assert_eq!((entry.name(), entry.size()), (member.name, member.size));
            let located = entry.check_local(&file.read(&entry.local_range())).unwrap();
            assert_eq!((located.data.start + 128) % 64, 0);
            assert_eq!(located.data.end - located.data.start, member.size);
        }
    }
}

#[test]
fn numbers_that_wrap_are_refused() {
    let ones = field(extra::ZIP64, &words(&[u64::MAX, u64::MAX, 0]));
    let part = Part {
        central_extra: ones,
        central: |header| {
            (header.compressed, header.uncompressed, header.offset) =
                (u32::MAX, u32::MAX, u32::MAX);
        },
        ..part("a", b"data")
    };
    let error = open(&build(&[part], &tail())).unwrap_err();
    assert!(error.to_string().contains("overlaps"), "{error}");
    for (size, offset) in [(u64::MAX, 1), (1, u64::MAX), (1 << 60, 1 << 60)] {
        let file = Sparse::write(&[member("a", 5)]);
        let mut bytes = file.read(&(0..file.len));
        let record = Zip64EndRecord {
            following: Zip64EndRecord::FOLLOWING,
            made_by: 0,
            needed: 0,
            disk: 0,
            directory_disk: 0,
            entries_here: 1,
            entries: 1,
            directory_size: size,
            directory_offset: offset,
        };
        let end = bytes.split_off(bytes.len() - 22);
        let locator = Zip64Locator { disk: 0, record_offset: bytes.len() as u64, disks: 1 };
        record.encode(&mut bytes);
        locator.encode(&mut bytes);
        let mut end = EndRecord::parse(&end).unwrap();
        (end.directory_size, end.directory_offset) = (u32::MAX, u32::MAX);
        end.encode(&mut bytes);
        assert_eq!(open(&bytes).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn more_entries_than_16_bits_count() {
    let names: Vec<String> = (0..66_000).map(|n| n.to_string()).collect();
    for count in [65_534, 65_535, 65_536, 66_000] {
        let written: Vec<layout::tests::Written<'_>> =
            names[..count].iter().map(|name| (&name[..], Method::Stored, 0, 0, &b""[..])).collect();
        let mut file = layout::tests::write(&written, Alignment::NONE);
        assert_eq!(open(&file).unwrap().len(), count);
        if count == 65_535 {
            // Python counts as many without zip64.
            let at = file.len() - EndRecord::LEN;
            file.drain(at - Zip64Locator::LEN - Zip64EndRecord::LEN..at);
            assert_eq!(open(&file).unwrap().len(), count);
        }
    }
}

#[test]
fn counts_are_checked_before_the_directory_is_read() {
    let limits = Limits::default().entries(2);
    let file = |count| build(&vec![part("a", b""); count], &tail());
    let drive = |file: &[u8]| drive(file.len() as u64, &limits, |range| slice(file, &range));
    let error = drive(&file(3)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("3 entries, more than the 2 allowed"), "{error}");
    assert_eq!(drive(&file(2)).unwrap_err().kind(), ErrorKind::Duplicate);
    let many = Tail {
        zip64: true,
        record: |record| (record.entries, record.entries_here) = (1 << 20, 1 << 20),
        ..tail()
    };
    let error = open(&build(&[part("a", b"")], &many)).unwrap_err();
    assert!(error.to_string().contains("too few"), "{error}");
}
