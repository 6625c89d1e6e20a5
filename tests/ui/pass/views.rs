//! Structs that borrow: with any parameters, without the prelude, and whatever is shadowed.

#![deny(warnings)]

pub mod shadowed {
    #![no_implicit_prelude]
    #![allow(dead_code, non_camel_case_types)]

    struct Result;
    struct Vec;
    struct u8;
    struct str;

    #[derive(::npz_core::ViewNpz, ::npz_core::SaveNpz)]
    pub struct Model<'__npz, A, const N: usize, T = f32>
    where
        T: ::core::marker::Copy,
    {
        pub weight: ::npz_core::ndarray::ArrayView2<'__npz, A>,
        pub lists: [[f32; N]; 2],
        #[npz(flatten)]
        pub rest: T,
        #[npz(skip, default = "::core::default::Default::default")]
        pub skipped: ::core::marker::PhantomData<T>,
    }

    #[derive(::npz_core::ViewNpz)]
    pub struct Unit;

    #[derive(::npz_core::ViewNpz)]
    pub struct Owned(pub ::std::string::String);

    #[derive(::npz_core::ViewNpz)]
    pub struct r#Raw<'r#in> {
        pub r#type: &'r#in [f32],
    }
}

use npz_core::ndarray::{Array2, ArrayView2};
use npz_core::{SaveNpz, ViewNpz};

#[derive(Clone, Copy, ViewNpz, SaveNpz)]
pub struct Rest {
    pub step: u64,
}

#[derive(ViewNpz)]
pub struct Tree<'a> {
    pub node: ArrayView2<'a, f32>,
    pub children: Vec<Tree<'a>>,
    pub first: Option<Box<Tree<'a>>>,
}

fn main() {
    let path = std::env::temp_dir().join(format!("npz-ui-views-{}.npz", std::process::id()));
    let weight = Array2::<u8>::ones((2, 2));
    let model = shadowed::Model {
        weight: weight.view(),
        lists: [[1.0, 2.0], [3.0, 4.0]],
        rest: Rest { step: 3 },
        skipped: std::marker::PhantomData,
    };
    model.save_npz(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let viewed = shadowed::Model::<u8, 2, Rest>::view_npz(bytes.as_slice()).unwrap();
    assert_eq!(viewed.weight, weight);
    assert_eq!((viewed.lists, viewed.rest.step), (model.lists, 3));
    assert!(Tree::view_npz(bytes.as_slice()).is_err());
}
