//! With `bound`, nothing else is assumed.
use ndarray::Array1;
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz)]
#[npz(bound = "A: Clone")]
struct TooWeak<A> {
    weight: Array1<A>,
}

#[derive(LoadNpz)]
struct OfField<T> {
    #[npz(bound(load = ""))]
    value: T,
}

#[derive(SaveNpz)]
#[npz(bound = "B: SaveNpz")]
struct Unknown<T> {
    value: T,
}

fn main() {}
