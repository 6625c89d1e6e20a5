//! `repack`: the same arrays in another frame.

use std::fs;

use npz_core::ndarray::arr1;
use npz_core::{Method, NpzReader, Order};

use crate::files::{Folder, array, deflated, mixed, network, odd, text, zipped};
use crate::numpy::python;
use crate::run::npz;

#[test]
fn stored_deflated_aligned_and_in_c_order() {
    let folder = Folder::new();
    let (from, to) = (deflated(&folder, "from.npz"), folder.path("to.npz"));
    let repack = |from: &std::path::Path, more: &[&str]| {
        let (status, out, err) = npz([&["repack", text(from), text(&to)][..], more].concat());
        assert_eq!((status, out.as_str(), err.as_str()), (0, "", ""), "{more:?}");
        NpzReader::open(&to).unwrap()
    };
    let reader = repack(&from, &["--store", "--align", "4096"]);
    for entry in reader.entries() {
        assert_eq!(entry.method(), Method::Stored);
        assert_eq!(entry.data_offset().unwrap().unwrap() % 4096, 0);
        assert_eq!(array(&from, entry.name()), reader.any(entry.name()).unwrap());
    }
    let reader = repack(&from, &["--deflate", "1"]);
    assert!(reader.entries().all(|entry| entry.method() == Method::Deflated));
    let odd = odd(&folder, "odd.npz");
    let reader = repack(&odd, &["--c-order"]);
    assert!(reader.entries().all(|e| e.header().unwrap().unwrap().order() == Order::C));
    assert_eq!(reader.any("fortran").unwrap(), array(&odd, "fortran"));
    // Nothing asked for, nothing changed but the frame.
    let reader = repack(&from, &[]);
    assert!(reader.entries().all(|entry| entry.method() == Method::Deflated));
    let network = network(&folder, "network.npz");
    let reader = repack(&network, &["--numpy"]);
    assert_eq!(reader.logical_dtype("head/small").unwrap(), Some("float8_e4m3fn"));
    assert_eq!(reader.metadata().unwrap()["licence"], "CC0");
}

#[test]
fn damaged_arrays_are_not_put_in_another_order() {
    let folder = Folder::new();
    let (from, to) = (odd(&folder, "odd.npz"), folder.path("to.npz"));
    let start = NpzReader::open(&from).unwrap().entry("fortran").unwrap().data_offset().unwrap();
    let mut bytes = fs::read(&from).unwrap();
    bytes[usize::try_from(start.unwrap()).unwrap()] ^= 1;
    fs::write(&from, bytes).unwrap();
    let (status, _, err) = npz(["repack", "--c-order", text(&from), text(&to)]);
    assert_eq!(status, 2);
    assert!(err.contains("entry \"fortran\"") && err.contains("CRC-32"), "{err}");
    assert!(!to.exists());
}

#[test]
fn the_bytes_are_those_of_np_savez() {
    let folder = Folder::new();
    let (ours, theirs) = (folder.path("ours.npz"), folder.path("theirs.npz"));
    let code = "import numpy as np, sys
np.savez(sys.argv[1], np.arange(3), a=np.eye(5, order='F'), b=np.zeros((0, 3)), é='text', t=np.array(['2020'], 'M8[D]'),
         f=np.asfortranarray(np.arange(6).reshape(2, 3)), big=np.arange(70000, dtype='>f4'), **{'x/y': np.float16(1)})";
    let Some(_) = python(code, [text(&theirs)]) else { return };
    let frames = [&["--align", "64"][..], &["--deflate", "6"], &["--store"]];
    for frame in frames {
        let other = folder.path("other.npz");
        assert_eq!(npz([&["repack", text(&theirs), text(&other)][..], frame].concat()).0, 0);
        assert_eq!(npz(["repack", "--numpy", text(&other), text(&ours)]).0, 0);
        assert!(fs::read(&ours).unwrap() == fs::read(&theirs).unwrap(), "{frame:?}");
    }
    // The headers of np.savez_compressed too; the packed bytes are zlib's own.
    let (packed, same) = (folder.path("packed.npz"), folder.path("same.npz"));
    assert_eq!(npz(["repack", "--numpy", "--deflate", "6", text(&theirs), text(&packed)]).0, 0);
    let code = "import numpy as np, sys, zipfile
f = np.load(sys.argv[1]); g = np.load(sys.argv[2])
np.savez_compressed(sys.argv[3], **{k: f[k] for k in f.files})
assert f.files == g.files and all((f[k] == g[k]).all() and f[k].dtype == g[k].dtype for k in f.files)
facts = lambda name: [(i.filename, i.CRC, i.file_size, i.flag_bits, i.extract_version, i.create_version, i.external_attr, i.extra)
                      for i in zipfile.ZipFile(name).infolist()]
assert facts(sys.argv[2]) == facts(sys.argv[3])
print('same')";
    let said = python(code, [text(&theirs), text(&packed), text(&same)]);
    assert_eq!(said.as_deref().map(str::trim), Some("same"));
}

#[test]
fn what_np_save_writes_otherwise_is_written_anew() {
    use std::io::Write;

    // A header without NumPy's padding, flagged Fortran though it has one dimension.
    let text_of = "{'shape': (2,), 'fortran_order': True, 'descr': '|u1'}\n";
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    npy.extend(u16::try_from(text_of.len()).unwrap().to_le_bytes());
    npy.extend(text_of.bytes());
    npy.extend([5, 6]);
    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    let mut archive = zip::ZipWriter::new(fs::File::create(&from).unwrap());
    archive.start_file("a.npy", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(&npy).unwrap();
    archive.finish().unwrap();
    assert_eq!(npz(["repack", "--numpy", text(&from), text(&to)]).0, 0);
    let expected =
        npz_core::NpyWriter::new(Vec::new()).write(&npz_core::ndarray::arr1(&[5_u8, 6])).unwrap();
    assert_eq!(NpzReader::open(&to).unwrap().bytes("a").unwrap(), expected);
    let mixed = mixed(&folder, "mixed.npz");
    let (status, _, err) = npz(["repack", "--numpy", text(&mixed), text(&to)]);
    assert!(status == 2 && err.contains("np.savez writes arrays only"), "{err}");
}

#[test]
fn no_garbage_is_made_of_damaged_arrays() {
    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    let values: Vec<f64> = (0..16).map(f64::from).collect();
    let npy = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&values)).unwrap();
    let cut = npy[..npy.len() - 16].to_vec();
    let extra = [&npy[..], b"xxxxxxxx"].concat();
    let header = [&npy[..6], &[9], &npy[7..]].concat();
    for bytes in [cut, extra.clone(), header] {
        zipped(&from, &[("w.npy", &bytes)], zip::CompressionMethod::Stored);
        assert_eq!(npz(["show", text(&from), "w"]).0, 2);
        let (status, out, err) = npz(["repack", "--numpy", text(&from), text(&to)]);
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{err}");
        assert!(err.contains("entry \"w\"") && !to.exists(), "{err}");
    }
    zipped(&from, &[("w.npy", &extra)], zip::CompressionMethod::Stored);
    assert_eq!(npz(["repack", "--numpy", "--lenient", text(&from), text(&to)]).0, 0);
    assert_eq!(NpzReader::open(&to).unwrap().bytes("w").unwrap(), npy);
}

#[test]
fn damaged_metadata_are_not_passed_on_as_np_savez_would_write_them() {
    let folder = Folder::new();
    let (from, to) = (network(&folder, "from.npz"), folder.path("to.npz"));
    let mut bytes = fs::read(&from).unwrap();
    let at = bytes.windows(3).position(|part| part == b"CC0").unwrap();
    bytes[at] ^= 1;
    fs::write(&from, bytes).unwrap();
    let (status, _, err) = npz(["repack", "--numpy", text(&from), text(&to)]);
    assert!(status == 2 && err.contains("entry \"__metadata__\"") && !to.exists(), "{err}");
}

#[test]
fn empty_folders_of_an_archive_are_passed_over() {
    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    let npy = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[5_u8, 6])).unwrap();
    let members = [("d/", &b""[..]), ("d/e/", b""), ("d/a.npy", &npy)];
    zipped(&from, &members, zip::CompressionMethod::Stored);
    let (out, arrays) = (folder.path("out"), folder.path("arrays/"));
    let safetensors = folder.path("to.safetensors");
    for args in [
        &["extract", text(&from), "-C", text(&out)][..],
        &["extract", text(&from), "d/*", "-C", text(&out)],
        &["convert", text(&from), text(&arrays)],
        &["convert", text(&from), text(&safetensors)],
        &["convert", text(&from), text(&to)],
        &["pack", text(&folder.path("new.npz")), text(&from)],
        &["repack", "--numpy", text(&from), text(&to)],
    ] {
        assert_eq!(npz(args), (0, String::new(), String::new()), "{args:?}");
    }
    assert!(fs::read(out.join("d/a.npy")).unwrap() == npy);
    assert!(fs::read(arrays.join("d/a.npy")).unwrap() == npy);
    for archive in [&to, &folder.path("new.npz")] {
        assert_eq!(NpzReader::open(archive).unwrap().names().collect::<Vec<_>>(), ["d/a"]);
    }
    // Asked for by name, it is told why it can't be.
    let (status, _, err) = npz(["extract", text(&from), "d/", "-C", text(&out)]);
    assert!(status == 2 && err.contains("no path below the folder"), "{err}");
}

#[test]
fn what_only_np_load_reads_becomes_readable_for_all() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    let mut bytes = fs::read(&network).unwrap();
    bytes.extend(b"trailing");
    fs::write(&from, &bytes).unwrap();
    let (status, _, err) = npz(["repack", text(&from), text(&to)]);
    assert!(status == 2 && err.contains("try --lenient"), "{err}");
    assert_eq!(npz(["repack", "--lenient", text(&from), text(&to)]).0, 0);
    assert_eq!(npz(["diff", text(&network), text(&to)]).0, 0);
    assert_eq!(npz(["verify", text(&to)]).0, 0);
    let (status, out, _) = npz(["verify", "--lenient", text(&from)]);
    assert!(status == 1 && out.contains("fault:"), "{out}");
}
