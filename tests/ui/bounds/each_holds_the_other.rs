//! Two generic structs that hold each other need `bound` on one of them.
use ndarray::Array1;
use npz_core::SaveNpz;

#[derive(SaveNpz)]
struct Branch<A> {
    length: Array1<A>,
    twigs: Vec<Twig<A>>,
}

#[derive(SaveNpz)]
struct Twig<A> {
    branch: Option<Box<Branch<A>>>,
}

fn save(branch: &Branch<f32>) -> npz_core::Result<()> {
    SaveNpz::save_npz(branch, "branch.npz")
}

fn main() {}
