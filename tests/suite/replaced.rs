//! Files that are replaced while others read and map them, save to them too, and while savers are
//! killed.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::random::Random;
use crate::saver::{NEW, Place, names, run, said, save, saver, version};

/// Long enough for some dozen saves on a slow machine.
const TIME: Duration = Duration::from_secs(4);

/// Kills, however slow the machine is.
const LEAST: u64 = 10;

/// Kills savers at random moments, while two other programs reopen and map the file, and hold maps of
/// what was there before.
#[test]
fn savers_are_killed_under_readers() {
    let place = Place::new("a.npz");
    let path = &place.path;
    let started = Instant::now();
    assert!(run(save(path, NEW, &[])).status.success());
    let usual = started.elapsed();
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let mut watch = saver();
            watch.arg("watch").arg(path).arg(TIME.as_secs().to_string());
            watch.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let end = Instant::now() + TIME;
    let mut killed = 0_u64;
    let mut random = Random(0x9e37_79b9);
    while Instant::now() < end || killed < LEAST {
        let options: &[&str] = [&[][..], &["--compress"], &["--from-map"]][random.below(3)];
        let mut child = save(path, 3 + killed, options).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(usual.mul_f64(random.below(130) as f64 / 100.0));
        child.kill().unwrap();
        killed += u64::from(!child.wait().unwrap().success());
        // Whole, whichever it is.
        version(path);
    }
    for reader in readers {
        let output = reader.wait_with_output().unwrap();
        assert!(output.status.success(), "a reader found: {}", said(&output));
        let counts = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(counts.starts_with("READS=") && !counts.starts_with("READS=0 "), "{counts}");
    }

    // What the killed ones have left is found once it is old, and not before.
    let left = names(place.folder.path()).len() - 1;
    let sweep = || npz_core::sweep_stale(place.folder.path()).unwrap().len();
    assert_eq!(sweep(), 0);
    for name in names(place.folder.path()) {
        let file = fs::File::options().write(true).open(place.folder.path().join(name)).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(2 * 60 * 60)).unwrap();
    }
    assert_eq!(sweep(), left);
    assert!(place.is_clean());
    version(path);
}

/// Several programs save to one path: all succeed, and the last one's file is whole.
#[test]
fn several_save_to_one_path() {
    let place = Place::new("a.npz");
    for round in 0..5 {
        let versions = || (0..4).map(|saver| 10 * (round + 1) + saver);
        let children: Vec<_> = versions()
            .map(|version| {
                let compress: &[&str] = if version % 2 == 0 { &["--compress"] } else { &[] };
                save(&place.path, version, compress).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
        }
        assert!(versions().any(|last| last == version(&place.path)));
        assert!(place.is_clean());
    }
}

/// The folder is moved away, and another takes its place, while a file in it is being written: the new
/// file comes to where the old one is.
#[cfg(unix)]
#[test]
fn a_folder_that_is_moved_takes_the_save_along() {
    use ndarray::arr1;
    use npz_core::{LoadNpz, NpzWriter};

    let base = tempfile::tempdir().unwrap();
    let (here, there) = (base.path().join("here"), base.path().join("there"));
    fs::create_dir(&here).unwrap();
    let mut writer = NpzWriter::create(here.join("a.npz")).unwrap();
    writer.add("arr_0", &arr1(&[1.0])).unwrap();
    fs::rename(&here, &there).unwrap();
    fs::create_dir(&here).unwrap();
    writer.finish().unwrap();
    assert!(names(&here).is_empty());
    assert_eq!(names(&there), [Path::new("a.npz")]);
    assert_eq!(Vec::<f64>::load_npz(there.join("a.npz")).unwrap(), [1.0]);
}
