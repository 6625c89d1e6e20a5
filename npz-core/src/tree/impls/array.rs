//! Arrays of any storage and dimension.

use ndarray::{Array, ArrayBase, ArrayRef, CowRepr, Data, Dimension, OwnedArcRepr};

use crate::element::Element;
use crate::error::Result;
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

impl<A: Element, S: Data<Elem = A>, D: Dimension> SaveNpz for ArrayBase<S, D> {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        plan.array(self.view())
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

/// Loaded as owned arrays, and then whatever makes the storage of them.
macro_rules! load {
    ($([$($lifetime:lifetime)?] $storage:ty;)*) => {$(
        impl<$($lifetime,)? A: Element, D: Dimension> LoadNpz for ArrayBase<$storage, D> {
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
    )*};
}

load! {
    [] OwnedArcRepr<A>;
    ['a] CowRepr<'a, A>;
}
