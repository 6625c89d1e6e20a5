//! Arrays of any storage and dimension.

use ndarray::{Array, ArrayBase, ArrayRef, CowRepr, Data, Dimension, OwnedArcRepr, OwnedRepr};

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
    [] OwnedRepr<A>;
    [] OwnedArcRepr<A>;
    ['a] CowRepr<'a, A>;
}
