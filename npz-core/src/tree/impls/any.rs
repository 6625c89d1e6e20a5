//! Arrays whose type is known only at run time.

use crate::error::Result;
use crate::npy::AnyArray;
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

impl SaveNpz for AnyArray {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        plan.any(self)
    }
}

impl LoadNpz for AnyArray {
    fn expect(at: &mut Expect<'_>) {
        at.any();
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        at.any()
    }

    fn is_leaf() -> bool {
        true
    }
}
