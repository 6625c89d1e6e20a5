//! Names that no entry can have.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(rename = "")]
    empty: f32,
    #[npz(rename = "a\0b")]
    nul: f32,
    #[npz(rename = "/weights")]
    absolute: f32,
    #[npz(rename = "../weights")]
    outside: f32,
    #[npz(rename = "a\\..\\b")]
    outside_on_windows: f32,
    #[npz(rename = "layers..weight")]
    empty_level: f32,
    #[npz(rename = ".hidden")]
    leading_dot: f32,
    #[npz(rename = "weights.npy")]
    suffix: f32,
    #[npz(rename = "__metadata__")]
    reserved: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Reserved {
    __metadata__: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "camelCase")]
struct Nothing {
    __: f32,
}

fn main() {}
