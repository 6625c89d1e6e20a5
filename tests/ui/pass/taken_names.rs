//! Types, parameters and fields with the names that generated code uses.
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types)]

mod structs {
    #[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
    pub struct SaveNpz(pub f32);

    #[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
    pub struct LoadNpz<Result, Plan, Node> {
        pub __plan: Vec<Result>,
        pub __at: Option<Plan>,
        pub plan: Node,
        pub at: SaveNpz,
    }

    #[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
    pub struct Result<Ok, Err> {
        pub ok: Ok,
        pub err: Err,
    }
}

/// The user's own lifetime of the generated name.
#[derive(npz_core::SaveNpz)]
struct Lifetimes<'__npz, '__npz_: '__npz, 'a> {
    first: &'__npz [f32],
    second: &'__npz_ str,
    third: ndarray::ArrayView1<'a, f64>,
}

#[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
enum Variants {
    None,
    Some(#[npz(alias = "some")] f32),
    r#Fn { __plan: f32, __at: f32, __0: f32, __variant: f32, r#type: f32 },
    Ok { #[npz(alias = "name")] __name: f32 },
}

#[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
struct Raw {
    r#type: f32,
    r#match: r#Inner,
}

#[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
struct r#Inner {
    r#fn: f32,
}

fn main() {
    // A struct in a function is not in the crate's module tree.
    #[derive(npz_core::SaveNpz, npz_core::LoadNpz)]
    struct Local {
        inner: Inner,
    }
    fn both<T: npz_core::SaveNpz + npz_core::LoadNpz>() {}
    both::<Local>();
    both::<Raw>();
    both::<Variants>();
    both::<structs::LoadNpz<f32, f64, structs::Result<f32, u8>>>();
}
