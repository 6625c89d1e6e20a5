//! One build shows every mistake of a struct, and nothing but the mistakes: using the struct is
//! no error of its own.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "Camel", compress)]
struct Model<A> {
    #[npz(rename = "")]
    empty: A,
    #[npz(skip, flatten)]
    skipped: A,
    #[npz(rename = "same")]
    first: A,
    #[npz(rename = "same", optional)]
    second: A,
    #[npz(rename = "a.")]
    dotted: A,
}

fn main() -> npz_core::Result<()> {
    let model = Model::<f32>::load_npz("model.npz")?;
    model.save_npz("model.npz")
}
