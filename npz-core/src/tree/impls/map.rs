//! Maps: a child for each key, in the keys' order, so that equal maps make equal files.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::hash::{BuildHasher, Hash};

use crate::error::{ErrorKind, Result};
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz, ViewNode, ViewNpz};

/// Text or an integer.
trait Key: Ord + Display {
    /// The key that `name` stands for.
    fn parse(name: &str) -> Option<Self>
    where
        Self: Sized;
}

impl Key for String {
    fn parse(name: &str) -> Option<Self> {
        Some(name.to_owned())
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Key for $type {
            /// `007` stands for no number, since 7 is written `7`.
            fn parse(name: &str) -> Option<Self> {
                name.parse().ok().filter(|key: &Self| key.to_string() == name)
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

fn plan<'a, K: Key + 'a, V: SaveNpz + 'a>(
    sorted: impl ExactSizeIterator<Item = (&'a K, &'a V)>,
    plan: &mut Plan<'a>,
) -> Result<()> {
    if sorted.len() == 0 {
        return plan.empty();
    }
    for (key, value) in sorted {
        plan.keyed(&key.to_string(), value)?;
    }
    Ok(())
}

fn expect<K: Key>(at: &mut Expect<'_>, leaves: bool, value: fn(&mut Expect<'_>, &str)) {
    let keys = at.keys(leaves);
    if keys.is_empty() && !at.take_empty_mark() && at.has_own_level() {
        return at.missing();
    }
    for key in keys {
        if at.is_file() && K::parse(&key).is_none() {
            let message = format!("{key:?} is no key of type {}", std::any::type_name::<K>());
            at.problem(crate::Error::new(ErrorKind::Name, message));
        }
        value(at, &key);
    }
}

fn load<K: Key, V, M: FromIterator<(K, V)>>(
    at: &Node<'_>,
    leaves: bool,
    value: impl Fn(&str) -> Result<V>,
) -> Result<M> {
    let load_item = |name: String| {
        let key = K::parse(&name)
            .ok_or_else(|| at.error(ErrorKind::Name, format!("{name:?} is no key")))?;
        Ok((key, value(&name)?))
    };
    at.keys(leaves).into_iter().map(load_item).collect()
}

#[allow(private_bounds)]
impl<K: Key + Hash, V: SaveNpz, S: BuildHasher> SaveNpz for HashMap<K, V, S> {
    fn plan<'a>(&'a self, to: &mut Plan<'a>) -> Result<()> {
        let mut sorted: Vec<(&K, &V)> = self.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        plan(sorted.into_iter(), to)
    }
}

#[allow(private_bounds)]
impl<K: Key + Hash, V: LoadNpz, S: BuildHasher + Default> LoadNpz for HashMap<K, V, S> {
    fn expect(at: &mut Expect<'_>) {
        expect::<K>(at, V::is_leaf(), |at, key| at.key::<V>(key));
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        load(at, V::is_leaf(), |key| V::load(&at.item(key)))
    }
}

#[allow(private_bounds)]
impl<K: Key, V: SaveNpz> SaveNpz for BTreeMap<K, V> {
    fn plan<'a>(&'a self, to: &mut Plan<'a>) -> Result<()> {
        plan(self.iter(), to)
    }
}

#[allow(private_bounds)]
impl<K: Key, V: LoadNpz> LoadNpz for BTreeMap<K, V> {
    fn expect(at: &mut Expect<'_>) {
        expect::<K>(at, V::is_leaf(), |at, key| at.key::<V>(key));
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        load(at, V::is_leaf(), |key| V::load(&at.item(key)))
    }
}

#[allow(private_bounds)]
impl<'a, K: Key + Hash, V: ViewNpz<'a>, S: BuildHasher + Default> ViewNpz<'a> for HashMap<K, V, S> {
    fn expect(at: &mut Expect<'_>) {
        expect::<K>(at, V::is_leaf(), |at, key| at.view_key::<V>(key));
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        load(at.node(), V::is_leaf(), |key| V::view(&at.item(key)))
    }
}

#[allow(private_bounds)]
impl<'a, K: Key, V: ViewNpz<'a>> ViewNpz<'a> for BTreeMap<K, V> {
    fn expect(at: &mut Expect<'_>) {
        expect::<K>(at, V::is_leaf(), |at, key| at.view_key::<V>(key));
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        load(at.node(), V::is_leaf(), |key| V::view(&at.item(key)))
    }
}
