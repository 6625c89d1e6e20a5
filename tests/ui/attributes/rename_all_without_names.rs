use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "camelCase")]
struct Tuple(f32, f32);

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "camelCase")]
struct Unit;

fn main() {}
