use super::*;

/// Cut or altered anywhere, an archive is refused or reads as before.
#[test]
fn every_cut_is_refused() {
    for file in samples() {
        for len in 0..file.len() {
            let error = index(&file[..len]).unwrap_err();
            let expected = if len < 4 { ErrorKind::Corrupt } else { ErrorKind::Truncated };
            assert_eq!(error.kind(), expected, "{error}");
        }
    }
}

#[test]
fn every_byte_more_is_refused() {
    for mut file in samples() {
        file.push(0);
        assert!(index(&file).is_err());
        file.pop();
        file.insert(0, 0);
        assert!(index(&file).is_err());
    }
}

#[test]
fn every_altered_byte_is_refused_or_harmless() {
    for file in samples() {
        let before = index(&file).unwrap();
        let mut altered = file.clone();
        for at in 0..file.len() {
            for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                altered[at] ^= mask;
                if let Ok(index) = index(&altered) {
                    assert_eq!(index, before, "byte {at}, bits {mask:#x}");
                }
                altered[at] = file[at];
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        sample in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop_oneof![Just(0u8), Just(255), any::<u8>()], 1usize..9),
            1..6,
        ),
    ) {
        let samples = samples();
        let mut file = sample.get(&samples).clone();
        for (at, value, len) in changes {
            let at = at.index(file.len());
            file.iter_mut().skip(at).take(len).for_each(|byte| *byte = value);
        }
        let _ = index(&file);
    }

    #[test]
    fn noise_is_no_archive(head in any::<[u8; 9]>(), tail in prop::collection::vec(any::<u8>(), 0..99)) {
        let file = [&head[..], &EndRecord::SIGNATURE, &tail].concat();
        prop_assert!(index(&file).is_err());
    }
}
