//! Lists: of scalars one array, of anything else the children `0`, `1`, ….

use crate::error::{ErrorKind, Result};
use crate::tree::{Expect, LoadNpz, Migration, Node, Plan, SaveNpz};

impl<T: SaveNpz> SaveNpz for [T] {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        T::plan_slice(self, plan)
    }
}

impl<T: SaveNpz> SaveNpz for Vec<T> {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        T::plan_slice(self, plan)
    }
}

impl<T: LoadNpz> LoadNpz for Vec<T> {
    fn expect(at: &mut Expect<'_>) {
        T::expect_slice(at, None);
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        T::load_slice(at)
    }

    fn update(&mut self, at: &Node<'_>) -> Result<()> {
        T::update_slice(self, at)
    }

    fn is_leaf() -> bool {
        T::is_leaf_slice()
    }
}

impl<T: LoadNpz> LoadNpz for Box<[T]> {
    fn expect(at: &mut Expect<'_>) {
        T::expect_slice(at, None);
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        T::load_slice(at).map(Vec::into_boxed_slice)
    }

    fn is_leaf() -> bool {
        T::is_leaf_slice()
    }
}

impl<T: SaveNpz, const N: usize> SaveNpz for [T; N] {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        T::plan_slice(self, plan)
    }
}

impl<T: LoadNpz, const N: usize> LoadNpz for [T; N] {
    fn expect(at: &mut Expect<'_>) {
        T::expect_slice(at, Some(N));
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        T::load_slice(at)?.try_into().map_err(|items: Vec<T>| {
            at.error(ErrorKind::Shape, format!("expected {N} items, found {}", items.len()))
        })
    }

    fn is_leaf() -> bool {
        T::is_leaf_slice()
    }
}

impl<T: SaveNpz> SaveNpz for Option<T> {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        self.as_ref().map_or(Ok(()), |value| plan.some(value))
    }

    fn separator(&self) -> Option<&'static str> {
        self.as_ref().and_then(T::separator)
    }

    fn version(&self) -> Option<u64> {
        self.as_ref().and_then(T::version)
    }
}

impl<T: LoadNpz> LoadNpz for Option<T> {
    fn expect(at: &mut Expect<'_>) {
        at.maybe::<T>();
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        at.holds::<T>().then(|| T::load(at)).transpose()
    }

    fn update(&mut self, at: &Node<'_>) -> Result<()> {
        match self {
            Some(value) if at.holds::<T>() => value.update(at),
            None if at.holds::<T>() => at.replace(self, Self::load),
            _ if at.allow_missing() => Ok(()),
            _ => {
                *self = None;
                Ok(())
            }
        }
    }

    fn is_leaf() -> bool {
        T::is_leaf()
    }

    fn default_separator() -> Option<&'static str> {
        T::default_separator()
    }

    fn migration() -> Option<Migration> {
        T::migration()
    }
}
