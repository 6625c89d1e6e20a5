use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "camelCase")]
#[npz(rename_all = "UPPERCASE")]
struct Model {
    #[npz(rename = "a", rename = "b")]
    weight: f32,
    #[npz(skip)]
    #[npz(skip)]
    cache: f32,
    #[npz(bound(save = "", save = ""))]
    bias: f32,
}

fn main() {}
