//! Pointers: what they point to, in the same place.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use crate::error::Result;
use crate::tree::plan::Identity;
use crate::tree::{Expect, LoadNpz, Migration, Node, Plan, SaveNpz};

macro_rules! save {
    ($($pointer:ty),*) => {$(
        impl<T: SaveNpz + ?Sized> SaveNpz for $pointer {
            fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
                (**self).plan(plan)
            }

            fn separator(&self) -> Option<&'static str> {
                (**self).separator()
            }

            fn version(&self) -> Option<u64> {
                (**self).version()
            }
        }
    )*};
}

save!(&T, &mut T, Box<T>);

/// What is shared by two fields is written once.
macro_rules! save_shared {
    ($($pointer:ident),*) => {$(
        impl<T: SaveNpz + ?Sized> SaveNpz for $pointer<T> {
            fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
                if $pointer::strong_count(self) == 1 {
                    return (**self).plan(plan);
                }
                let identity = Identity {
                    type_name: std::any::type_name::<T>(),
                    address: $pointer::as_ptr(self).addr(),
                    shape: Vec::new(),
                    strides: Vec::new(),
                };
                plan.shared(identity, |plan| (**self).plan(plan))
            }

            fn separator(&self) -> Option<&'static str> {
                (**self).separator()
            }

            fn version(&self) -> Option<u64> {
                (**self).version()
            }
        }

        /// Fields that shared a value when it was saved share it again.
        impl<T: LoadNpz + 'static> LoadNpz for $pointer<T> {
            fn expect(at: &mut Expect<'_>) {
                at.shared(T::expect);
            }

            fn load(at: &Node<'_>) -> Result<Self> {
                at.shared(|at| T::load(at).map(Self::new))
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
    )*};
}

save_shared!(Rc, Arc);

impl<T: SaveNpz + ToOwned + ?Sized> SaveNpz for Cow<'_, T> {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        (**self).plan(plan)
    }

    fn separator(&self) -> Option<&'static str> {
        (**self).separator()
    }

    fn version(&self) -> Option<u64> {
        (**self).version()
    }
}

impl<T: LoadNpz> LoadNpz for Box<T> {
    fn expect(at: &mut Expect<'_>) {
        T::expect(at);
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        T::load(at).map(Self::new)
    }

    fn update(&mut self, at: &Node<'_>) -> Result<()> {
        (**self).update(at)
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

impl<T: ToOwned<Owned: LoadNpz> + ?Sized> LoadNpz for Cow<'_, T> {
    fn expect(at: &mut Expect<'_>) {
        T::Owned::expect(at);
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        T::Owned::load(at).map(Cow::Owned)
    }

    fn is_leaf() -> bool {
        T::Owned::is_leaf()
    }

    fn default_separator() -> Option<&'static str> {
        T::Owned::default_separator()
    }

    fn migration() -> Option<Migration> {
        T::Owned::migration()
    }
}

impl<T: ?Sized> SaveNpz for PhantomData<T> {
    fn plan<'a>(&'a self, _: &mut Plan<'a>) -> Result<()> {
        Ok(())
    }
}

impl<T: ?Sized> LoadNpz for PhantomData<T> {
    fn expect(_: &mut Expect<'_>) {}

    fn load(_: &Node<'_>) -> Result<Self> {
        Ok(Self)
    }
}
