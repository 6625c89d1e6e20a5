//! What a value will write.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use ndarray::{Array1, ArrayView, CowArray, Dimension};

use super::save::SaveNpz;
use crate::element::{ArraySource, Element};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::npy::AnyArray;
use crate::npz::{Keys, key, member};
use crate::options::{SEPARATOR, SaveOptions};

/// The name of an array that is saved without one, as `np.savez` gives it.
pub(crate) const UNNAMED: &str = "arr_0";

/// The list of named arrays that a value will write.
///
/// A [`SaveNpz`] value adds its parts to it. Nothing is written before the whole plan stands,
/// so a bad or a duplicate name never costs an existing file.
///
/// ```
/// use npz_core::ndarray::{ArrayView2, arr1};
/// use npz_core::{Plan, Result, SaveNpz};
///
/// /// A foreign matrix type, saved as the array it is.
/// struct Matrix { rows: usize, columns: usize, data: Vec<f64> }
///
/// impl SaveNpz for Matrix {
///     fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
///         let view = ArrayView2::from_shape((self.rows, self.columns), &self.data)
///             .expect("a matrix holds rows × columns numbers");
///         plan.array(view)
///     }
/// }
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("m.npz");
/// Matrix { rows: 1, columns: 2, data: vec![0.5, 1.5] }.save_npz(&path)?;
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct Plan<'a> {
    separator: String,
    /// The name of the level that is being planned; empty at the root.
    level: String,
    depth: usize,
    /// Whether the level's name is its own, not that of the struct it is flattened into.
    own_level: bool,
    names: Keys,
    arrays: Vec<PlannedArray<'a>>,
    /// What has been planned and may come again, and where it was first.
    shared: HashMap<Identity, First>,
    /// The names of what stands under others.
    tied: Vec<String>,
    /// Levels that hold the same as another one, and that one.
    aliases: BTreeMap<String, String>,
    /// Whether the last one stands for an array, and not for a level of them.
    is_leaf_alias: bool,
}

/// What makes two values the same one: the same type, in the same memory, seen in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    pub(crate) type_name: &'static str,
    pub(crate) address: usize,
    pub(crate) shape: Vec<usize>,
    pub(crate) strides: Vec<isize>,
}

/// Where a value was planned that several owners share: its level, and what that has.
#[derive(Clone)]
struct First {
    level: String,
    arrays: Range<usize>,
    tied: Range<usize>,
}

/// One array to be written.
pub(crate) struct PlannedArray<'a> {
    /// Its name in the archive, with `.npy`.
    pub(crate) member: String,
    pub(crate) source: Box<dyn ArraySource + 'a>,
    /// Whether it stands for something that may have entries below it: for a list or map without
    /// items, or for an enum some of whose variants have fields.
    is_level: bool,
}

impl PlannedArray<'_> {
    pub(crate) fn name(&self) -> &str {
        key(&self.member)
    }

    /// Whether it is all that stands at `level`.
    fn is_leaf(&self, level: &str) -> bool {
        self.name() == level && !self.is_level
    }

    /// The member's name, and what it will hold.
    pub(crate) fn borrowed(&self) -> (Cow<'_, str>, &dyn ArraySource) {
        (Cow::Borrowed(&self.member), &*self.source)
    }
}

impl fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.arrays.iter().map(PlannedArray::name).collect();
        f.debug_struct("Plan").field("level", &self.level).field("arrays", &names).finish()
    }
}

impl<'a> Plan<'a> {
    /// A plan whose levels are joined as the options say, or else by `separator`, or by a dot.
    pub(crate) fn new(options: &SaveOptions, separator: Option<&'static str>) -> Self {
        let separator = options.separator.as_deref().or(separator).unwrap_or(SEPARATOR);
        Self {
            separator: separator.to_owned(),
            level: String::new(),
            depth: 0,
            own_level: false,
            names: Keys::default(),
            arrays: Vec::new(),
            shared: HashMap::new(),
            tied: Vec::new(),
            aliases: BTreeMap::new(),
            is_leaf_alias: false,
        }
    }

    /// How much has been planned: what leaves no trace in the file doesn't count.
    fn traces(&self) -> usize {
        self.arrays.len() + self.aliases.len()
    }

    /// Plans a value that several owners share: by `content` when it is met first, later as an
    /// alias of that level.
    pub(crate) fn shared(
        &mut self,
        identity: Identity,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        // At a level that isn't its own there is no name that could be an alias.
        if !self.own_level {
            return content(self);
        }
        if let Some(first) = self.shared.get(&identity).cloned() {
            return self.alias(&first);
        }
        let (level, arrays, tied) = (self.level.clone(), self.arrays.len(), self.tied.len());
        content(self)?;
        let (arrays, tied) = (arrays..self.arrays.len(), tied..self.tied.len());
        self.shared.insert(identity, First { level, arrays, tied });
        Ok(())
    }

    /// Has this level stand for the first one.
    fn alias(&mut self, first: &First) -> Result<()> {
        self.tie(self.level.clone())?;
        // What is below that one is so under this level too: nothing else can have such a name.
        let arrays = self.arrays.get(first.arrays.clone()).unwrap_or_default();
        let tied = self.tied.get(first.tied.clone()).unwrap_or_default();
        self.is_leaf_alias =
            matches!(arrays, [only] if only.is_leaf(&first.level)) && tied.is_empty();
        let names = arrays.iter().map(PlannedArray::name).chain(tied.iter().map(String::as_str));
        let below = names.filter_map(|name| name.strip_prefix(first.level.as_str()));
        let below = below.filter(|rest| !rest.is_empty());
        let below: Vec<_> = below.map(|rest| [&self.level, rest].concat()).collect();
        below.into_iter().try_for_each(|name| self.tie(name))?;
        // Readers follow one alias, and not what it may lead to. What begins with the same name may be an item
        // of a map beside it.
        let start = [&first.level, &*self.separator].concat();
        let tied = self.tied.get(first.tied.clone()).unwrap_or_default();
        let tied: HashSet<&str> = tied.iter().map(String::as_str).collect();
        let aliases = self.aliases.range(start.clone()..);
        let aliases: Vec<_> = aliases
            .take_while(|(alias, _)| alias.starts_with(&start))
            .filter(|(alias, _)| tied.contains(alias.as_str()))
            .map(|(alias, of)| ([&self.level, &alias[first.level.len()..]].concat(), of.clone()))
            .collect();
        self.aliases.extend(aliases);
        self.aliases.insert(self.level.clone(), first.level.clone());
        Ok(())
    }

    /// Takes a name by which something is found that stands under another one.
    fn tie(&mut self, name: String) -> Result<()> {
        self.names.add(&name)?;
        self.tied.push(name);
        Ok(())
    }

    pub(crate) fn into_arrays(self) -> Vec<PlannedArray<'a>> {
        self.arrays
    }

    /// The names by which arrays are found that stand under others.
    pub(crate) fn tied(&self) -> &[String] {
        &self.tied
    }

    /// The names of the arrays and of their aliases, and the arrays.
    pub(crate) fn into_parts(self) -> (Keys, Vec<PlannedArray<'a>>) {
        (self.names, self.arrays)
    }

    /// The levels that stand for others.
    ///
    /// # Errors
    /// If something else has a name below one that they stand for, as a map's key may: a load would find
    /// it under the alias as well.
    pub(crate) fn aliases(&self) -> Result<&BTreeMap<String, String>> {
        if self.aliases.is_empty() {
            return Ok(&self.aliases);
        }
        let tied: HashSet<&str> = self.tied.iter().map(String::as_str).collect();
        let mut names: Vec<&str> = self.arrays.iter().map(PlannedArray::name).collect();
        names.sort_unstable();
        for (alias, of) in &self.aliases {
            let start = [of, &*self.separator].concat();
            let below = &names[names.partition_point(|name| **name < *start)..];
            for name in below.iter().take_while(|name| name.starts_with(&start)) {
                let found = [alias, &name[of.len()..]].concat();
                if !tied.contains(&*found) && names.binary_search(&&*found).is_err() {
                    let message = format!(
                        "the name {name:?} is below {of:?}, which is shared with {alias:?} and isn't \
                         what it is part of; rename one of them, or choose another separator with \
                         SaveOptions::separator"
                    );
                    return Err(Error::new(ErrorKind::Name, message).with_entry(*name));
                }
            }
        }
        Ok(&self.aliases)
    }

    /// Plans `value` one level down, under `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Name`] for a name that no entry can have, [`ErrorKind::Duplicate`] for one
    /// that is planned already, [`ErrorKind::Limit`] beyond 128 levels.
    pub fn field(&mut self, name: &str, value: &'a (impl SaveNpz + ?Sized)) -> Result<()> {
        self.field_with(name, |plan| value.plan(plan))
    }

    /// Plans by `content`, which may add anything, one level down under `name`.
    #[doc(hidden)]
    pub fn field_with(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        if name.is_empty() {
            let message = "a field or key with an empty name can't be saved";
            return Err(self.error(ErrorKind::Name, message));
        }
        let parent = self.level.len();
        let own_level = std::mem::replace(&mut self.own_level, true);
        if parent > 0 {
            self.level.push_str(&self.separator);
        }
        self.level.push_str(name);
        let result = self.deeper(content);
        self.level.truncate(parent);
        self.own_level = own_level;
        result
    }

    /// Plans `value` at this level: its parts take their places beside those planned here.
    ///
    /// # Errors
    /// As [`field`](Self::field).
    pub fn flatten(&mut self, value: &'a (impl SaveNpz + ?Sized)) -> Result<()> {
        let own_level = std::mem::replace(&mut self.own_level, false);
        let result = self.deeper(|plan| value.plan(plan));
        self.own_level = own_level;
        result
    }

    /// Plans what counts as a level for loading too.
    fn deeper(&mut self, content: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let limit = Limits::default().tree_depth;
        if self.depth >= limit {
            let message = format!("more than {limit} levels of nesting can't be loaded again");
            return Err(self.error(ErrorKind::Limit, message));
        }
        self.depth += 1;
        let result = content(self);
        self.depth -= 1;
        result
    }

    /// Plans the newtype's only value in the newtype's own place.
    #[doc(hidden)]
    pub fn transparent(&mut self, value: &'a (impl SaveNpz + ?Sized)) -> Result<()> {
        self.deeper(|plan| value.plan(plan))
    }

    /// Plans an array, owned or borrowed, as the entry of this level; at the root its name is
    /// `arr_0`, as in `np.savez`.
    ///
    /// # Errors
    /// As [`field`](Self::field).
    pub fn array<A: Element, D: Dimension + 'a>(
        &mut self,
        array: impl Into<CowArray<'a, A, D>>,
    ) -> Result<()> {
        self.source(Box::new(array.into()))
    }

    /// Plans an array whose type is known only at run time, as the entry of this level.
    ///
    /// # Errors
    /// As [`field`](Self::field).
    pub fn any(&mut self, array: &'a AnyArray) -> Result<()> {
        self.source(Box::new(array))
    }

    fn source(&mut self, source: Box<dyn ArraySource + 'a>) -> Result<()> {
        let name = if self.level.is_empty() { UNNAMED } else { &self.level };
        self.names.add(name)?;
        self.arrays.push(PlannedArray { member: member(name), source, is_level: false });
        Ok(())
    }

    /// Plans a scalar as an array without dimensions.
    pub(crate) fn scalar<A: Element>(&mut self, value: &'a A) -> Result<()> {
        self.array(ArrayView::from(std::slice::from_ref(value)).into_shape_with_order(()).map_err(
            |error| Error::new(ErrorKind::Shape, "a scalar is one item").with_source(error),
        )?)
    }

    /// Plans the name of an enum's variant, at this place or one level down.
    #[doc(hidden)]
    pub fn variant(&mut self, tag: Option<&str>, variant: &str) -> Result<()> {
        let text = |plan: &mut Self| plan.array(ndarray::arr0(variant.to_owned()));
        match tag {
            Some(tag) => self.field_with(tag, text),
            None => text(self),
        }
    }

    /// Plans the name of a variant without fields at this place, where others have some.
    #[doc(hidden)]
    pub fn bare_variant(&mut self, variant: &str) -> Result<()> {
        self.variant(None, variant)?;
        if let Some(name) = self.arrays.last_mut() {
            name.is_level = true;
        }
        Ok(())
    }

    /// Plans a child of a list or map, which must leave a trace: a list of three that reads back
    /// as a list of two would be a silent loss.
    pub(crate) fn child(&mut self, name: &str, value: &'a (impl SaveNpz + ?Sized)) -> Result<()> {
        let before = self.traces();
        self.field(name, value)?;
        if self.traces() > before {
            return Ok(());
        }
        let message = format!(
            "item {name:?} of this list or map writes no array (it is None or has no fields), so \
             it would be missing after loading"
        );
        Err(self.error(ErrorKind::Unsupported, message))
    }

    /// Plans a map's value. A key that contains the separator is fine for an array, but with
    /// arrays below it nobody could tell where the key ends.
    pub(crate) fn keyed(&mut self, key: &str, value: &'a (impl SaveNpz + ?Sized)) -> Result<()> {
        let (arrays, tied) = (self.arrays.len(), self.tied.len());
        self.child(key, value)?;
        // A separator of several bytes may begin with a key's last ones.
        let end = [key, &self.separator].concat().find(&self.separator);
        if end == Some(key.len()) {
            return Ok(());
        }
        let name = match self.level.len() {
            0 => key.to_owned(),
            _ => [&self.level, &self.separator, key].concat(),
        };
        // What is shared may be no array of its own: then it is one somewhere else, and this its only name.
        let stands_for_leaf = |alias: &String| *alias == name && self.is_leaf_alias;
        if self.arrays[arrays..].iter().all(|array| array.is_leaf(&name))
            && self.tied[tied..].iter().all(stands_for_leaf)
        {
            return Ok(());
        }
        let message = format!(
            "the key {key:?} contains the separator {:?}; rename the key, or choose another \
             separator with SaveOptions::separator",
            self.separator
        );
        Err(self.error(ErrorKind::Name, message))
    }

    /// Plans the content of an `Option`, which must leave a trace for the same reason.
    pub(crate) fn some(&mut self, value: &'a (impl SaveNpz + ?Sized)) -> Result<()> {
        let before = self.traces();
        value.plan(self)?;
        if self.traces() > before {
            return Ok(());
        }
        let message = "Some(…) of a value that writes no array can't be told from None";
        Err(self.error(ErrorKind::Unsupported, message))
    }

    /// Marks a list or map without items by an array without items, so that it can be told from
    /// one that is missing. The file itself needs no such mark, and a flattened map can't have
    /// one.
    pub(crate) fn empty(&mut self) -> Result<()> {
        if self.own_level {
            self.array(Array1::<u8>::zeros(0))?;
            if let Some(mark) = self.arrays.last_mut() {
                mark.is_level = true;
            }
        }
        Ok(())
    }

    #[cold]
    fn error(&self, kind: ErrorKind, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        let error = Error::new(kind, message);
        if self.level.is_empty() { error } else { error.with_entry(&self.level) }
    }
}
