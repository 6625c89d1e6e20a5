//! Names: of members in the archive, and the keys users know them by.
//!
//! A key is a member's name less one `.npy`, as in NumPy. NumPy looks a name up as a member first
//! and as a key second, so with members `a` and `a.npy` the key `a` means the former and nothing
//! but `a.npy` means the latter; [`key`] and [`Directory::key`](super::directory::Directory::key)
//! are made so that every entry's key finds that very entry.
//!
//! Reading takes every name of which it is told what it means: it is looked up in a map and is never a path. Writing is choosy,
//! because others unpack archives, see [`check_key`].

use std::borrow::Cow;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Place;

use super::hash::NameHasher;
use super::record::Zip64Locator;
use crate::error::{Error, ErrorKind, Result};

/// What every member of an array ends in.
pub(crate) const SUFFIX: &str = ".npy";

/// The key of the entry that describes the others.
pub(crate) const METADATA: &str = "__metadata__";

/// Longest key: a zip name's length has 16 bits, and the suffix takes some.
const MAX_KEY: usize = 0xFFFF - SUFFIX.len();

/// A member's name without one `.npy`, which is its key unless a member of that name exists too.
pub(crate) fn key(member: &str) -> &str {
    member.strip_suffix(SUFFIX).unwrap_or(member)
}

/// The member that an array is written to.
pub(crate) fn member(key: &str) -> String {
    [key, SUFFIX].concat()
}

/// The text of a name in an archive: UTF-8 if flagged so, else code page 437 as the format
/// demands, whatever the writer may have had in mind. `None` if it isn't the UTF-8 it claims.
pub(crate) fn decode(raw: &[u8], utf8: bool) -> Option<Cow<'_, str>> {
    if utf8 || raw.is_ascii() {
        return str::from_utf8(raw).ok().map(Cow::Borrowed);
    }
    let char_of = |&byte: &u8| match byte.checked_sub(0x80) {
        None => Some(char::from(byte)),
        Some(upper) => CP437.get(usize::from(upper)).copied(),
    };
    raw.iter().map(char_of).collect::<Option<String>>().map(Cow::Owned)
}

/// Refuses a name that programs decode in different ways, since nothing says what its bytes mean.
pub(crate) fn check_decoded(name: &str, utf8: bool) -> Result<()> {
    if utf8 || name.is_ascii() {
        return Ok(());
    }
    let message = "the name isn't ASCII and not marked as UTF-8, so programs may see different ones \
                   (LoadOptions::utf8_names)";
    Err(Error::new(ErrorKind::Name, message).with_entry(key(name)))
}

/// The upper half of code page 437; the lower one is ASCII, control characters included.
#[rustfmt::skip]
const CP437: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å',
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', '¢', '£', '¥', '₧', 'ƒ',
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '⌐', '¬', '½', '¼', '¡', '«', '»',
    '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕', '╣', '║', '╗', '╝', '╜', '╛', '┐',
    '└', '┴', '┬', '├', '─', '┼', '╞', '╟', '╚', '╔', '╩', '╦', '╠', '═', '╬', '╧',
    '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█', '▄', '▌', '▐', '▀',
    'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩',
    '≡', '±', '≥', '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{a0}',
];

/// Refuses a key that can't be written so that every reader finds it under the same name, or
/// that would leave its directory when someone unpacks the archive:
///
/// - the empty one, which NumPy writes as the member `.npy` and most tools hide;
/// - with a NUL, where Python cuts the name;
/// - with a backslash, which Python on Windows reads as `/`;
/// - absolute, or with a `..` level, which unpackers either refuse or obey;
/// - longer than the format can say;
/// - one whose end looks like a zip64 locator, for which readers would take it at the directory's end.
///
/// Everything else that NumPy takes is taken: `/`, blanks, line breaks, any script. So are names
/// that differ in case only; they are different keys, though they collide if unpacked on Windows.
pub(crate) fn check_key(key: &str) -> Result<()> {
    // As nearly all are, in one pass: nothing that follows can be wrong with them, but for `..`.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if key.bytes().all(plain) && !matches!(key, "" | "..") && key.len() <= MAX_KEY {
        return Ok(());
    }
    let problem = if key.is_empty() {
        "a name can't be empty".into()
    } else if key.len() > MAX_KEY {
        format!("a name can't be longer than {MAX_KEY} bytes, this one has {}", key.len())
    } else if let Some(at) = key.find('\0') {
        format!("the name {key:?} has a NUL at byte {at}, where NumPy would cut it")
    } else if key.contains('\\') {
        format!("the name {key:?} has a backslash, which NumPy on Windows would read as \"/\"")
    } else if is_absolute(key) {
        format!("the name {key:?} is an absolute path; use a relative one")
    } else if key.split('/').any(|level| level == "..") {
        format!("the name {key:?} has a \"..\" level, which leaves the directory when unpacked")
    } else if Zip64Locator::ends(member(key).as_bytes()) {
        format!("the name {key:?} ends like a zip64 locator, which readers would take it for")
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Name, problem))
}

/// `C:x` is not: TensorFlow names its variables `w:0`.
fn is_absolute(key: &str) -> bool {
    let drive = |letter: char| letter.is_ascii_alphabetic();
    key.starts_with('/') || key.strip_prefix(drive).is_some_and(|rest| rest.starts_with(":/"))
}

/// The keys of an archive that is being written: each one fit to be written and told from all the
/// others.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// One behind the other: to allocate each takes longer than all else that is done with it.
    text: String,
    keys: HashTable<Span>,
    hasher: NameHasher,
    /// Whether one of them ends in the suffix, so that others may be its twins.
    suffixed: bool,
}

/// Where a key stands in the text of all.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

impl Keys {
    /// Adds a key of the user's.
    pub(crate) fn add(&mut self, key: &str) -> Result<()> {
        if self::key(key) == METADATA {
            let message = format!("the name {key:?} is reserved for the archive's metadata");
            return Err(Error::new(ErrorKind::Name, message));
        }
        check_key(key)?;
        self.insert(key)
    }

    /// Adds the key of the metadata.
    pub(crate) fn add_metadata(&mut self) -> Result<()> {
        self.insert(METADATA)
    }

    /// Gives a name free that was added and isn't used after all.
    pub(crate) fn remove(&mut self, key: &str) {
        let hash = self.hasher.hash(key);
        if let Ok(place) = self.keys.find_entry(hash, |other| other.of(&self.text) == key) {
            place.remove();
        }
    }

    /// Refuses what is there already, and `x` beside `x.npy`: the latter's member would be
    /// `x.npy.npy`, but asking for `x.npy` finds the member of that name, which is `x`.
    fn insert(&mut self, key: &str) -> Result<()> {
        let shorter = key.strip_suffix(SUFFIX);
        let mut twin = shorter.and_then(|shorter| self.get(shorter));
        if self.suffixed {
            twin = twin.or_else(|| self.get(&member(key)));
        }
        if let Some(twin) = twin {
            let message = format!(
                "the names {key:?} and {twin:?} can't be told apart, since NumPy takes a name \
                 with or without \"{SUFFIX}\"; rename one"
            );
            return Err(Error::new(ErrorKind::Name, message));
        }
        self.suffixed |= shorter.is_some();
        let (hash, hasher, text) = (self.hasher.hash(key), &self.hasher, &self.text);
        let (is_it, hash_of) =
            (|other: &Span| other.of(text) == key, |other: &Span| hasher.hash(other.of(text)));
        match self.keys.entry(hash, is_it, hash_of) {
            Place::Vacant(place) => {
                let start = self.text.len();
                place.insert(Span { start, end: start + key.len() });
                self.text.push_str(key);
                Ok(())
            }
            Place::Occupied(_) => {
                let message = format!("two entries are named {key:?}; rename one");
                Err(Error::new(ErrorKind::Duplicate, message))
            }
        }
    }

    fn get(&self, key: &str) -> Option<&str> {
        let found = self.keys.find(self.hasher.hash(key), |other| other.of(&self.text) == key);
        found.map(|found| found.of(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_members() {
        for (member, key_of_it) in [
            ("a.npy", "a"),
            ("a.npy.npy", "a.npy"),
            (".npy", ""),
            ("A.NPY", "A.NPY"),
            ("readme.txt", "readme.txt"),
            ("d/", "d/"),
        ] {
            assert_eq!(key(member), key_of_it);
        }
        assert_eq!(member("layers.0.weight"), "layers.0.weight.npy");
    }

    #[test]
    fn names_are_utf8_or_code_page_437() {
        assert_eq!(decode("é.npy".as_bytes(), true).unwrap(), "é.npy");
        assert_eq!(decode("é.npy".as_bytes(), false).unwrap(), "├⌐.npy");
        assert_eq!(decode(b"\x82t\x82.npy", false).unwrap(), "été.npy");
        assert_eq!(decode(b"\x82.npy", true), None);
        assert!(matches!(
            decode(b"plain\0\x1b\x7f", false),
            Some(Cow::Borrowed("plain\0\x1b\x7f"))
        ));
        let upper: Vec<u8> = (0x80..=0xFF).collect();
        assert!(decode(&upper, false).unwrap().chars().eq(CP437));
    }

    #[test]
    fn keys_fit_to_be_written() {
        let long = "k".repeat(MAX_KEY);
        for good in [
            "a",
            "layers.0.weight",
            "a/b",
            " ",
            "new\nline",
            "日本",
            "...",
            "a..b/c..",
            "d/",
            ".",
            "x.npy",
            "w:0",
            "C:",
            "./a",
            &long,
        ] {
            check_key(good).unwrap();
        }
        for bad in
            ["", "a\0b", "a\\b", "/a", "..", "../a", "a/../b", "a/..", "C:/a", &member(&long)]
        {
            assert_eq!(check_key(bad).unwrap_err().kind(), ErrorKind::Name, "{bad:.20}");
        }
        assert!(member(&long).len() == 0xFFFF);

        // Its last twenty bytes, with the suffix.
        let error = check_key("aPK\x06\x07 two and ten").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Name);
        assert!(error.to_string().contains("zip64 locator"), "{error}");
        for elsewhere in ["PK\x06\x07", "PK\x06\x07 two and te", "PK\x06\x07 two and tent"] {
            check_key(elsewhere).unwrap();
        }
    }

    #[test]
    fn keys_are_told_apart() {
        let mut keys = Keys::default();
        keys.add("a").unwrap();
        keys.add("A").unwrap();
        keys.add("b.npy").unwrap();
        assert_eq!(keys.add("a").unwrap_err().kind(), ErrorKind::Duplicate);
        let error = keys.add("a.npy").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Name);
        assert!(error.to_string().contains(r#""a.npy" and "a""#), "{error}");
        let error = keys.add("b").unwrap_err();
        assert!(error.to_string().contains(r#""b" and "b.npy""#), "{error}");
        keys.add("a.npy.npy").unwrap();
        assert_eq!(keys.add(METADATA).unwrap_err().kind(), ErrorKind::Name);
        keys.add_metadata().unwrap();
        assert_eq!(keys.add_metadata().unwrap_err().kind(), ErrorKind::Duplicate);
    }
}
