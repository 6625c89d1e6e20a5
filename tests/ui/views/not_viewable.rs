//! A field of a type that nobody can view.

use npz_core::ViewNpz;

struct Other;

#[derive(ViewNpz)]
struct Outer {
    other: Other,
}

fn main() {}
