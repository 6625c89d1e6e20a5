//! Python literals: whatever parses as a dtype prints as one, which is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npz_core::DType;

fuzz_target!(|text: &str| {
    let Ok(dtype) = text.parse::<DType>() else { return };
    let printed = dtype.to_string();
    let again: DType = printed.parse().unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(again, dtype, "{printed}");
    assert_eq!(again.to_string(), printed);
    let _ = dtype.describe();
});
