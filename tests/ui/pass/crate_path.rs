//! `crate = "..."` is where everything comes from: here a crate that only looks like npz-core.
#![deny(warnings)]
#![allow(dead_code)]

mod looks {
    pub mod like {
        pub mod __private {
            pub type Result<T, E = ()> = std::result::Result<T, E>;
            pub struct Plan<'a>(pub &'a ());
            pub struct Expect<'a>(pub &'a ());
            pub struct Node<'a>(pub &'a ());
            pub trait SaveNpz {
                fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()>;
            }
            pub trait LoadNpz: Sized {
                fn expect(at: &mut Expect<'_>);
                fn load(at: &Node<'_>) -> Result<Self>;
                fn update(&mut self, at: &Node<'_>) -> Result<()>;
            }
            pub trait Element {}
            impl<'a> Plan<'a> {
                pub fn field<T: ?Sized>(&mut self, _: &str, _: &'a T) -> Result<()> {
                    Ok(())
                }
            }
            impl Expect<'_> {
                pub fn field<T>(&mut self, _: &str) {}
            }
            impl Node<'_> {
                pub fn field<T>(&self, _: &str) -> Result<T> {
                    Err(())
                }
                pub fn update_field<T>(
                    &self,
                    _: &str,
                    _: &str,
                    _: &mut T,
                    _: Option<fn() -> T>,
                ) -> Result<()> {
                    Err(())
                }
            }
        }
    }
}

struct Impostor;
impl looks::like::__private::Element for Impostor {}

#[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
#[npz(crate = "crate::looks::like")]
struct Model<A> {
    weight: ndarray::Array1<A>,
    scale: f32,
    #[npz(skip)]
    none: Option<A>,
}

fn wants<T: looks::like::__private::SaveNpz>() {}

mod reexport {
    pub extern crate npz_core as renamed;
}

#[derive(reexport::renamed::SaveNpz, reexport::renamed::LoadNpz)]
#[npz(crate = "reexport::renamed")]
struct Real {
    scale: f32,
}

fn main() {
    // The array's impl isn't asked for, since this `field` takes everything.
    fn _check() {
        wants::<Model<Impostor>>();
    }
}
