use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "camelcase")]
struct Near {
    weight: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "Train-Case")]
struct Far {
    weight: f32,
}

fn main() {}
