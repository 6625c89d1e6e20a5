use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(bound = "T")]
struct NoBound<T> {
    value: T,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(bound)]
struct NoValue<T> {
    value: T,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(bound(serialize = "T: SaveNpz"))]
struct OfSerde<T> {
    value: T,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(bound(save, load = "T: LoadNpz"))]
struct HalfValue<T> {
    value: T,
}

fn main() {}
