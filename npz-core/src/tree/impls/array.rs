//! Arrays of any storage and dimension.

use ndarray::{
    ArcArray, Array, ArrayBase, ArrayRef, CowArray, CowRepr, Dimension, OwnedRepr, ViewRepr,
};

use crate::element::Element;
use crate::error::Result;
use crate::tree::plan::Identity;
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

macro_rules! save {
    ($([$($lifetime:lifetime)?] $storage:ty;)*) => {$(
        impl<$($lifetime,)? A: Element, D: Dimension> SaveNpz for ArrayBase<$storage, D> {
            fn plan<'p>(&'p self, plan: &mut Plan<'p>) -> Result<()> {
                plan.array(self.view())
            }
        }
    )*};
}

save! {
    [] OwnedRepr<A>;
    ['a] CowRepr<'a, A>;
    ['a] ViewRepr<&'a A>;
    ['a] ViewRepr<&'a mut A>;
}

/// An array that is shared by two fields is written once.
impl<A: Element, D: Dimension> SaveNpz for ArcArray<A, D> {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        if self.is_empty() {
            return plan.array(self.view());
        }
        let identity = Identity {
            type_name: std::any::type_name::<A>(),
            address: self.as_ptr().addr(),
            shape: self.shape().to_vec(),
            strides: self.strides().to_vec(),
        };
        plan.shared(identity, |plan| plan.array(self.view()))
    }
}

impl<A: Element, D: Dimension> SaveNpz for ArrayRef<A, D> {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        plan.array(self.view())
    }
}

impl<A: Element, D: Dimension> LoadNpz for Array<A, D> {
    fn expect(at: &mut Expect<'_>) {
        at.array::<A, D>();
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        at.array()
    }

    fn update(&mut self, at: &Node<'_>) -> Result<()> {
        at.array_into(self)
    }

    fn is_leaf() -> bool {
        true
    }
}

impl<A: Element, D: Dimension> LoadNpz for CowArray<'_, A, D> {
    fn expect(at: &mut Expect<'_>) {
        at.array::<A, D>();
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        at.array::<A, D>().map(Array::into)
    }

    fn is_leaf() -> bool {
        true
    }
}

/// Fields that shared an array when it was saved share it again.
impl<A: Element, D: Dimension + 'static> LoadNpz for ArcArray<A, D> {
    fn expect(at: &mut Expect<'_>) {
        at.shared(|at| at.array::<A, D>());
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        at.shared(|at| at.array::<A, D>().map(Array::into))
    }

    fn is_leaf() -> bool {
        true
    }
}
