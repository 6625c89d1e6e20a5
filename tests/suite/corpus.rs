//! The conformance corpus: what `np.load` makes of 522 files, and what we make of them.
//!
//! `tests/fixtures/corpus/README.md` says where they come from.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use npz_core::{
    AnyArray, ErrorKind, LoadOptions, NpyReader, NpyStream, NpyWriter, NpzReader, Result,
};
use serde_json::Value;

use self::fixture::{Case, cases};

#[path = "../fixtures/corpus/cases.rs"]
mod fixture;

/// What each of the manifest's keywords can be here.
const KINDS: [(&str, &[ErrorKind]); 24] = {
    use ErrorKind::{Corrupt, Limit, Name, Truncated, Unsupported};
    [
        ("empty-file", &[Truncated]),
        ("not-npy", &[Corrupt, Truncated]),
        ("bad-version", &[Unsupported]),
        // a length of gigabytes is refused before the file's end is found
        ("truncated-header", &[Truncated, Limit]),
        ("header-too-large", &[Limit]),
        ("header-encoding", &[Corrupt]),
        ("header-syntax", &[Corrupt, Limit]),
        ("header-not-dict", &[Corrupt]),
        ("header-keys", &[Corrupt]),
        ("header-shape", &[Corrupt]),
        ("header-fortran", &[Corrupt]),
        // the `long double` of other machines is known, but not read
        ("header-descr", &[Corrupt, Limit, Unsupported]),
        ("too-many-dims", &[Limit]),
        ("shape-overflow", &[Limit]),
        ("truncated-data", &[Truncated]),
        ("object", &[Unsupported]),
        ("zip-structure", &[Corrupt, Truncated]),
        ("zip-local-header", &[Corrupt, Truncated]),
        ("zip-crc", &[Corrupt]),
        ("zip-stream", &[Corrupt, Truncated]),
        ("zip-method", &[Unsupported]),
        ("zip-encrypted", &[Unsupported]),
        ("zip-unsupported", &[Unsupported]),
        ("zip-name", &[Corrupt, Name]),
    ]
};

/// Files that the strict reader refuses for their framing, and the lenient one opens.
const LENIENT_ONLY: [&str; 1] = ["npz/zip-gaps.npz"];

/// NumPy guards Python's compiler from long headers. Here they are parsed in linear time.
const MAY_LOAD: &str = "header-too-large";

impl Case {
    fn file(&self) -> &str {
        self.facts["file"].as_str().unwrap()
    }

    fn is(&self, flag: &str) -> bool {
        self.facts[flag].as_bool().unwrap()
    }

    fn arrays(&self) -> &[Value] {
        self.facts["arrays"].as_array().unwrap()
    }

    fn keyword(&self) -> Option<&str> {
        self.facts["error"]["keyword"].as_str()
    }
}

/// An array, or a member that is none.
enum Found {
    Array(AnyArray),
    Bytes(Vec<u8>),
}

/// What was read before the first error, and that error.
struct Outcome {
    /// By the member's name in an archive, by its position in a stream.
    found: BTreeMap<String, Found>,
    error: Option<npz_core::Error>,
    /// A name that NumPy knows and that finds another member here, or none.
    lost_key: Option<String>,
}

impl Outcome {
    fn add(&mut self, key: &str, result: Result<Found>) {
        match result {
            Ok(found) => drop(self.found.insert(key.to_owned(), found)),
            Err(error) => drop(self.error.get_or_insert(error)),
        }
    }
}

fn load(case: &Case, options: &LoadOptions) -> Outcome {
    let mut outcome = Outcome { found: BTreeMap::new(), error: None, lost_key: None };
    let mut bytes = case.bytes.as_slice();
    match case.facts["kind"].as_str().unwrap() {
        "npy" => {
            let read = NpyReader::with_options(bytes, options).and_then(NpyReader::read_any);
            outcome.add("null", read.map(Found::Array));
        }
        "multi-npy" => {
            for (n, array) in NpyStream::with_options(&mut bytes, options).enumerate() {
                outcome.add(&n.to_string(), array.map(Found::Array));
            }
        }
        _ => match NpzReader::new_with(bytes, options) {
            Ok(reader) => {
                for entry in reader.entries() {
                    let name = entry.name();
                    let read = match entry.header() {
                        Ok(None) => reader.bytes(name).map(Found::Bytes),
                        Ok(Some(_)) => reader.any(name).map(Found::Array),
                        Err(error) => Err(error),
                    };
                    outcome.add(entry.member(), read);
                }
                // every name that NumPy knows finds the same member
                for (key, member) in case.facts["lookup"].as_object().into_iter().flatten() {
                    let found = reader.entry(key).ok().map(|entry| entry.member().to_owned());
                    if found.as_deref() != member.as_str() {
                        outcome.lost_key = Some(key.clone());
                    }
                }
            }
            Err(error) => outcome.error = Some(error),
        },
    }
    outcome
}

/// Where what was found differs from an array of the manifest.
fn difference(expected: &Value, found: Option<&Found>) -> Option<String> {
    let hex =
        |digest: [u8; 32]| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let compare = |what: &str, expected: &Value, found: Value| {
        (*expected != found).then(|| format!("{what}: expected {expected}, found {found}"))
    };
    match (found, expected["result"].as_str().unwrap()) {
        (Some(Found::Array(array)), "array") => {
            let fortran = array.order() == npz_core::Order::Fortran;
            let descr = array.dtype().to_string();
            // np.load keeps no order of plain bytes
            let voids = |descr: &str| descr.replace("'<V", "'|V").replace("'>V", "'|V");
            let shortened = expected["descr"].as_str().unwrap().strip_suffix(" ...");
            let same = match (shortened, expected["descr"].as_str().unwrap()) {
                (Some(start), _) => descr.starts_with(start),
                (None, all) => voids(&descr) == voids(all),
            };
            compare("shape", &expected["shape"], array.shape().into())
                .or_else(|| compare("order", &expected["fortran_order"], fortran.into()))
                .or_else(|| (!same).then(|| format!("descr: {} is {descr}", expected["descr"])))
                .or_else(|| compare("digest", &expected["sha256"], hex(array.digest()).into()))
        }
        (Some(Found::Bytes(bytes)), "bytes") => {
            let header =
                npz_core::Header::new(npz_core::ScalarKind::U8, npz_core::Order::C, [bytes.len()]);
            let array = AnyArray::from_bytes(header.unwrap(), bytes).unwrap();
            compare("digest", &expected["sha256"], hex(array.digest()).into())
        }
        (None, _) => Some("missing".to_owned()),
        _ => Some("an array where bytes are expected, or the other way round".to_owned()),
    }
}

/// What is wrong with the outcome of a case.
fn judge(case: &Case, outcome: &Outcome) -> Option<String> {
    let error = outcome.error.as_ref();
    match (case.keyword(), error) {
        (None, Some(error)) => return Some(format!("{:?}: {error}", error.kind())),
        (Some(MAY_LOAD), None) => return None,
        (Some(keyword), None) => return Some(format!("loads, though {keyword}")),
        (Some(keyword), Some(error)) => {
            let (_, kinds) = KINDS.iter().find(|(known, _)| *known == keyword).unwrap();
            if !kinds.contains(&error.kind()) {
                return Some(format!("{keyword} is {:?}: {error}", error.kind()));
            }
        }
        (None, None) => {}
    }
    if let Some(key) = &outcome.lost_key {
        return Some(format!("the name {key:?} doesn't find NumPy's member"));
    }
    let mut keys = BTreeSet::new();
    for expected in case.arrays() {
        let key = match &expected["entry"] {
            Value::String(member) => member.clone(),
            _ => expected["key"].to_string(),
        };
        if let Some(difference) = difference(expected, outcome.found.get(&key)) {
            // an archive that can't be opened has no arrays, whichever of them NumPy still finds
            if error.is_none() || !outcome.found.is_empty() {
                return Some(format!("{key}: {difference}"));
            }
        }
        keys.insert(key);
    }
    let more: Vec<_> = outcome.found.keys().filter(|key| !keys.contains(*key)).collect();
    (!more.is_empty()).then(|| format!("found besides: {more:?}"))
}

/// Writes what was read, and says whether the same bytes come out. Of an archive, whose container
/// is our own (aligned, sizes in the local headers), the members are compared.
fn resaves(case: &Case, outcome: &Outcome) -> bool {
    let same = |found: Option<&Found>, bytes: &[u8]| match found {
        Some(Found::Array(array)) => NpyWriter::new(Vec::new()).write_any(array).unwrap() == bytes,
        _ => false,
    };
    if case.facts["kind"] == "npy" {
        return same(outcome.found.get("null"), &case.bytes);
    }
    let archive = NpzReader::from_bytes(&case.bytes).unwrap();
    archive.entries().all(|entry| {
        let bytes = archive.bytes(entry.name()).unwrap();
        same(outcome.found.get(entry.member()), &bytes)
    })
}

#[test]
fn corpus() {
    let cases = cases();
    let lenient = LoadOptions::new().lenient(true);
    let mut faults = Vec::new();
    let (mut strict, mut lax, mut same, mut resave) = (0, 0, 0, 0);
    let mut lenient_only = Vec::new();
    for case in &cases {
        let outcome = load(case, &LoadOptions::default());
        let mut fault = judge(case, &outcome);
        if case.is("lax") {
            lax += 1;
            // either answer is right, but the same values if it loads
            match (&outcome.error, case.facts["expect"].as_str().unwrap(), &fault) {
                (None, "ok", Some(fault)) => faults.push(format!("{}: {fault}", case.file())),
                (None, "ok", None) => same += 1,
                _ => {}
            }
            load(case, &lenient);
        } else {
            strict += 1;
            if fault.is_some() && case.file().starts_with("npz/") {
                fault = judge(case, &load(case, &lenient));
                lenient_only.push(case.file());
            }
            faults.extend(fault.map(|fault| format!("{}: {fault}", case.file())));
        }
        if case.is("resave") {
            resave += 1;
            if let Some(error) = &outcome.error {
                faults.push(format!("{}: can't be written back: {error}", case.file()));
            } else if !resaves(case, &outcome) {
                faults.push(format!("{}: is written back with other bytes", case.file()));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(lenient_only, LENIENT_ONLY);
    assert_eq!((cases.len(), resave), (522, 134));
    // Past libtest's capture, which would keep the lines of a passing test to itself.
    let _ = writeln!(
        io::stderr(),
        "corpus: {strict} of {strict} cases as NumPy, {} of them by the lenient reader; of {lax} lax \
         ones {same} load the same values; {resave} of {resave} written back byte for byte",
        lenient_only.len()
    );
}

#[test]
fn headings_are_what_the_entries_say() {
    let mut seen = 0;
    for case in cases() {
        for lenient in [false, true] {
            let options = LoadOptions::new().lenient(lenient);
            let Ok(reader) = NpzReader::from_bytes_with(&case.bytes, &options) else { continue };
            for (entry, heading) in reader.headings().with_metadata() {
                seen += 1;
                match (heading, entry.header()) {
                    (Ok(heading), Ok(header)) => {
                        assert_eq!(heading.header(), header.as_ref(), "{}", case.file());
                        let offset = entry.data_offset().unwrap();
                        assert_eq!(heading.data_offset(), offset, "{}", case.file());
                    }
                    (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
                    (a, b) => panic!("{}: {a:?}, {b:?}", case.file()),
                }
            }
        }
    }
    assert!(seen > 300, "{seen}");
}
