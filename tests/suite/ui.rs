//! What the compiler says to someone who uses the derives: `tests/ui`, by theme.
//!
//! A case that must fail has its message beside it in `.stderr`. After a change on purpose,
//! `TRYBUILD=overwrite cargo test --test suite ui` writes them anew; read them before committing,
//! as a beginner would.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    for theme in ["attributes", "bounds", "enums", "names", "records", "shapes", "views"] {
        cases.compile_fail(format!("tests/ui/{theme}/*.rs"));
    }
}
