//! The error stands at the type of the field.
use npz_core::SaveNpz;
use std::time::Instant;

struct Foreign;

#[derive(SaveNpz)]
struct Model {
    weight: f32,
    started: Instant,
    several: Vec<Option<Foreign>>,
    r#type: Foreign,
}

#[derive(SaveNpz)]
struct Newtype(std::cell::RefCell<f32>);

fn main() {}
