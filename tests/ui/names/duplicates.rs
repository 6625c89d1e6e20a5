//! Two fields, one name.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Renamed {
    weight: f32,
    #[npz(rename = "weight")]
    other: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct RenamedFirst {
    #[npz(rename = "weight")]
    other: f32,
    weight: f32,
    #[npz(rename = "weight")]
    third: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "UPPERCASE")]
#[allow(non_snake_case)]
struct ByRule {
    w: f32,
    W: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Tuple(#[npz(rename = "1")] f32, Vec<f32>);

#[derive(SaveNpz, LoadNpz)]
struct Raw {
    r#type: f32,
    #[npz(rename = "type")]
    kind: f32,
}

fn main() {}
