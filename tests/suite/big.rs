//! Beyond the numbers of plain zip: more than 4 GiB, more than 65,535 entries. The large file is
//! written with holes for its zeros, so it takes no space.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};

use ndarray::{Array1, Array2, ArrayView2, Ix1, arr1};
use npz_core::{LoadOptions, NpyWriter, NpzReader, NpzWriter, SaveOptions};

use crate::oracle;

/// A file that leaves holes where it is given many zeros.
struct Sparse {
    file: File,
    zeros: Vec<u8>,
    /// Bytes that were really written.
    dense: u64,
}

impl Write for Sparse {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let part = &buf[..buf.len().min(self.zeros.len())];
        if part.len() >= 4096 && *part == self.zeros[..part.len()] {
            self.file.seek(SeekFrom::Current(i64::try_from(part.len()).unwrap()))?;
        } else {
            self.file.write_all(part)?;
            self.dense += part.len() as u64;
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

const ROW: usize = 1 << 24;

#[test]
fn entries_and_offsets_beyond_4_gib() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.npz");
    let file = File::create(&path).unwrap();
    let sparse = Sparse { file, zeros: vec![0; 1 << 20], dense: 0 };

    // 4.25 GiB that take 16 MiB of memory.
    let row = Array1::<u8>::zeros(ROW);
    let big: ArrayView2<'_, u8> = row.broadcast((272, ROW)).unwrap();
    let mut writer = NpzWriter::new(sparse);
    writer.add("before", &arr1(&[1.0_f32])).unwrap();
    writer.add("big", &big).unwrap();
    writer.add("after", &arr1(&[2_i64, 3])).unwrap();
    let sparse = writer.finish().unwrap();
    assert!(sparse.dense < 1 << 21, "{} bytes written", sparse.dense);
    drop(sparse);
    assert!(fs::metadata(&path).unwrap().len() > 1 << 32);

    for lenient in [false, true] {
        let options = LoadOptions::new().lenient(lenient);
        let reader = NpzReader::open_with(&path, &options).unwrap();
        assert_eq!(reader.get::<f32, Ix1>("before").unwrap(), arr1(&[1.0]));
        assert_eq!(reader.get::<i64, Ix1>("after").unwrap(), arr1(&[2, 3]));
        let entry = reader.entry("big").unwrap();
        assert_eq!(entry.header().unwrap().unwrap().shape(), [272, ROW]);
        assert_eq!(entry.size(), 272 * ROW as u64 + 128);
        assert_eq!(entry.packed_size(), entry.size());
        let offset = reader.entry("after").unwrap().data_offset().unwrap().unwrap();
        assert!(offset > 1 << 32 && offset.is_multiple_of(64));
    }
    let code = "import numpy, sys, zipfile\n\
        z = numpy.load(sys.argv[1])\n\
        assert z.files == ['before', 'big', 'after'], z.files\n\
        assert z['before'].tolist() == [1] and z['after'].tolist() == [2, 3]\n\
        info = zipfile.ZipFile(sys.argv[1]).getinfo('big.npy')\n\
        assert info.file_size == info.compress_size == 272 * 2**24 + 128\n\
        with z.zip.open('big.npy') as f:\n    \
            assert numpy.lib.format.read_magic(f) == (1, 0)\n    \
            assert numpy.lib.format.read_array_header_1_0(f)[0] == (272, 2**24)";
    oracle::python(code, [&path]);
}

#[test]
fn more_entries_than_16_bits_count() {
    for count in [65_535, 70_000_u32] {
        // The smallest number that needs zip64, with and without padding.
        let alignment = if count == 65_535 { 64 } else { 1 };
        let options = SaveOptions::new().alignment(alignment);
        let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
        for n in 0..count {
            writer.add(&n.to_string(), &ndarray::arr0(n)).unwrap();
        }
        let bytes = writer.finish().unwrap();
        for lenient in [false, count == 70_000] {
            let options = LoadOptions::new().lenient(lenient);
            let reader = NpzReader::new_with(bytes.as_slice(), &options).unwrap();
            assert_eq!(reader.len(), count as usize);
            for n in [0, 1, count / 2, count - 1] {
                let found = reader.get::<u32, ndarray::Ix0>(&n.to_string()).unwrap();
                assert_eq!(found.into_scalar(), n);
            }
        }
        if count == 70_000 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("many.npz");
            fs::write(&path, &bytes).unwrap();
            let code = "import numpy, sys\nz = numpy.load(sys.argv[1])\n\
                assert len(z.files) == 70000 and z['69999'] == 69999";
            oracle::python(code, [&path]);
            oracle::unzip(&path);
        }
    }
}

#[test]
fn headers_of_huge_shapes_cost_nothing() {
    let one = arr1(&[0_u8]);
    let huge = one.broadcast((1 << 40, 1)).unwrap();
    let empty: Array2<u8> = Array2::zeros((0, 1 << 40));
    let mut writer = NpzWriter::new(Vec::new());
    writer.add("empty", &empty).unwrap();
    let bytes = writer.finish().unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.get::<u8, ndarray::Ix2>("empty").unwrap().shape(), [0, 1 << 40]);

    // A terabyte is refused by a writer that is full, not collected in memory before.
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = NpyWriter::new(Full).write(&huge).err().unwrap();
    assert_eq!(error.to_string(), "can't write: full");
}
