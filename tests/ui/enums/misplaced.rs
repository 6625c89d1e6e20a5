//! Words that belong elsewhere, or do nothing.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(rename = "kind", flatten, tga = "kind")]
enum Container {
    #[npz(skip, tag = "kind", renam = "b")]
    Variant(f32),
    Field(#[npz(rename_all = "camelCase")] f32),
}

#[derive(SaveNpz, LoadNpz)]
#[npz(tag = "kind")]
struct Struct {
    a: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(tag = "kind")]
enum Units {
    #[npz(rename_all = "camelCase")]
    First,
    #[npz(rename_all = "camelCase")]
    Second(#[npz(skip)] f32),
}

#[derive(SaveNpz, LoadNpz)]
enum Never {}

fn main() {}
