//! Modules that lack what `with` calls, or have it for another type.
use npz_core::{LoadNpz, SaveNpz};

mod only_saves {
    pub fn plan<'a>(_: &'a f32, _: &mut npz_core::Plan<'a>) -> npz_core::Result<()> {
        Ok(())
    }
}

mod of_another_type {
    pub fn plan<'a>(_: &'a f64, _: &mut npz_core::Plan<'a>) -> npz_core::Result<()> {
        Ok(())
    }
    pub fn expect(_: &mut npz_core::Expect<'_>) {}
    pub fn load(_: &npz_core::Node<'_>) -> npz_core::Result<f64> {
        Ok(0.0)
    }
}

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(with = "only_saves")]
    a: f32,
    #[npz(with = "of_another_type")]
    b: f32,
}

fn main() {}
