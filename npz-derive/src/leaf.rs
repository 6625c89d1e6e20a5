//! The types inside a field's type on which saving and loading depend.
//!
//! `Vec<Option<Linear<A>>>` is saved by the impls for `Vec` and `Option`, which ask one thing
//! only: that `Linear<A>` can be saved. It is the leaf. Types are known by their last word, since
//! a macro sees no more of them; a type of that name from elsewhere needs `bound`.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::HashSet;
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{
    AngleBracketedGenericArguments, DeriveInput, GenericArgument, Ident, Macro, Path,
    PathArguments, Type, TypePath,
};

/// What a field needs from a type in it.
#[derive(Debug)]
pub(crate) enum Leaf<'a> {
    /// To be saved or loaded.
    Value(&'a Type),
    /// To be the items of an array.
    Element(&'a Type),
    /// To be the dimension of an array.
    Dimension(&'a Type),
    /// To have several owners.
    Shared(&'a Type),
}

/// The names that mean something inside one struct.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    own: &'a Ident,
    params: HashSet<&'a Ident>,
}

/// The ndarray types whose arguments are the element, then the dimension. In the text of a name
/// a digit or `D` at the end fixes the dimension.
const ARRAYS: [&str; 7] =
    ["Array", "ArcArray", "RcArray", "CowArray", "ArrayView", "ArrayViewMut", "ArrayRef"];

/// The storages of `ArrayBase` whose argument is the element, or a reference to it.
const STORAGES: [&str; 4] = ["OwnedRepr", "OwnedArcRepr", "ViewRepr", "CowRepr"];

impl<'a> Scope<'a> {
    pub(crate) fn new(input: &'a DeriveInput) -> Self {
        let params = input.generics.type_params().map(|param| &param.ident).collect();
        Self { own: &input.ident, params }
    }

    /// The leaves of a field that is saved or loaded, in the order in which they are written.
    pub(crate) fn leaves(&self, ty: &'a Type) -> Vec<Leaf<'a>> {
        let mut leaves = Vec::new();
        self.collect(ty, &mut leaves);
        leaves
    }

    /// What a record's field is an array of, if a parameter is in it.
    pub(crate) fn item(&self, ty: &'a Type) -> Option<&'a Type> {
        match ty {
            Type::Group(group) => self.item(&group.elem),
            Type::Paren(paren) => self.item(&paren.elem),
            Type::Array(array) => self.item(&array.elem),
            _ => Some(ty).filter(|ty| self.depends(ty)),
        }
    }

    fn collect(&self, ty: &'a Type, leaves: &mut Vec<Leaf<'a>>) {
        if !self.depends(ty) {
            return;
        }
        match ty {
            Type::Group(group) => self.collect(&group.elem, leaves),
            Type::Paren(paren) => self.collect(&paren.elem, leaves),
            Type::Reference(reference) => self.collect(&reference.elem, leaves),
            Type::Array(array) => self.collect(&array.elem, leaves),
            Type::Slice(slice) => self.collect(&slice.elem, leaves),
            Type::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.collect(elem, leaves)),
            Type::Path(TypePath { qself: None, path, .. }) => self.collect_path(ty, path, leaves),
            _ => self.value(ty, leaves),
        }
    }

    fn collect_path(&self, ty: &'a Type, path: &'a Path, leaves: &mut Vec<Leaf<'a>>) {
        let Some((name, args)) = name_and_types(path) else {
            return self.value(ty, leaves);
        };
        match (name.as_str(), args.as_slice()) {
            _ if self.is_own(path) => {}
            ("PhantomData", _) => {}
            ("Vec" | "Option" | "Box", [item]) => self.collect(item, leaves),
            ("Rc" | "Arc", [item]) => {
                self.collect(item, leaves);
                leaves.push(Leaf::Shared(item));
            }
            // Of keys the impls ask for more than we could name here, so a key that depends on a
            // parameter makes the whole map the leaf. So does a hasher.
            ("HashMap" | "BTreeMap", [key, value, hasher @ ..])
                if !self.depends(key) && !hasher.iter().any(|hasher| self.depends(hasher)) =>
            {
                self.collect(value, leaves);
            }
            ("ArrayBase", [storage, dimension]) => match element_of(storage) {
                Some(element) => self.array(element, Some(dimension), leaves),
                None => self.value(ty, leaves),
            },
            (name, [element]) if is_array_of_fixed_dimension(name) => {
                self.array(element, None, leaves);
            }
            (name, [element, dimension]) if ARRAYS.contains(&name) => {
                self.array(element, Some(dimension), leaves);
            }
            _ => self.value(ty, leaves),
        }
    }

    fn array(&self, element: &'a Type, dimension: Option<&'a Type>, leaves: &mut Vec<Leaf<'a>>) {
        if self.depends(element) {
            leaves.push(Leaf::Element(element));
        }
        if let Some(dimension) = dimension.filter(|dimension| self.depends(dimension)) {
            leaves.push(Leaf::Dimension(dimension));
        }
    }

    /// A leaf, unless the struct itself is in it: whether it can be saved is what the impl is
    /// about to say, and a bound that asks for it would send the compiler round in a circle.
    fn value(&self, ty: &'a Type, leaves: &mut Vec<Leaf<'a>>) {
        if !self.search(ty).own {
            leaves.push(Leaf::Value(ty));
        }
    }

    /// The types that must have a `Default` for `ty` to have one.
    pub(crate) fn defaults(&self, ty: &'a Type) -> Vec<&'a Type> {
        let mut types = Vec::new();
        self.collect_defaults(ty, &mut types);
        types
    }

    fn collect_defaults(&self, ty: &'a Type, types: &mut Vec<&'a Type>) {
        if !self.depends(ty) {
            return;
        }
        match ty {
            Type::Group(group) => return self.collect_defaults(&group.elem, types),
            Type::Paren(paren) => return self.collect_defaults(&paren.elem, types),
            Type::Array(array) => return self.collect_defaults(&array.elem, types),
            Type::Tuple(tuple) => {
                return tuple.elems.iter().for_each(|elem| self.collect_defaults(elem, types));
            }
            Type::Path(TypePath { qself: None, path, .. }) => {
                match name_and_types(path).as_ref().map(|(name, args)| (&**name, &**args)) {
                    // These are empty whatever is in them.
                    Some(
                        ("Vec" | "Option" | "PhantomData" | "BTreeMap", _)
                        | ("HashMap", [_, _])
                        | ("Box" | "Rc" | "Arc", [Type::Slice(_)]),
                    ) => return,
                    Some(("Box" | "Rc" | "Arc", [item])) => {
                        return self.collect_defaults(item, types);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        if !self.search(ty).own {
            types.push(ty);
        }
    }

    /// Whether `ty` is the struct itself, held by something that adds no level.
    pub(crate) fn holds_itself(&self, ty: &Type) -> bool {
        match ty {
            Type::Group(group) => self.holds_itself(&group.elem),
            Type::Paren(paren) => self.holds_itself(&paren.elem),
            Type::Reference(reference) => self.holds_itself(&reference.elem),
            Type::Path(TypePath { qself: None, path, .. }) => {
                self.is_own(path)
                    || match name_and_types(path) {
                        Some((name, args)) => match (name.as_str(), args.as_slice()) {
                            ("Option" | "Box" | "Rc" | "Arc", [item]) => self.holds_itself(item),
                            _ => false,
                        },
                        None => false,
                    }
            }
            _ => false,
        }
    }

    /// Whether this is the struct itself, as it is written inside of its own module.
    fn is_own(&self, path: &Path) -> bool {
        path.is_ident("Self")
            || match (&path.leading_colon, path.segments.len()) {
                (None, 1) => path.segments[0].ident == *self.own,
                (None, 2) => {
                    path.segments[0].ident == "self" && path.segments[1].ident == *self.own
                }
                _ => false,
            }
    }

    /// Whether a type parameter of the struct is in `ty`.
    fn depends(&self, ty: &Type) -> bool {
        !self.params.is_empty() && self.search(ty).param
    }

    fn search(&self, ty: &Type) -> Search<'_> {
        let mut search = Search { scope: self, param: false, own: false };
        search.visit_type(ty);
        search
    }
}

/// A walk through a type in search of the struct's parameters and of the struct.
struct Search<'a> {
    scope: &'a Scope<'a>,
    param: bool,
    own: bool,
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        if self.scope.is_own(path) {
            self.own = true;
        }
        if path.leading_colon.is_none() {
            // `T`, `T::Item`, and `Self`, behind which all parameters stand.
            let first = path.segments.first().map(|segment| &segment.ident);
            self.param |=
                first.is_some_and(|ident| self.scope.params.contains(ident) || ident == "Self");
        }
        visit::visit_path(self, path);
    }

    /// What a macro makes of its tokens can't be known, so a parameter among them counts.
    fn visit_macro(&mut self, mac: &'ast Macro) {
        self.param |= names_one_of(mac.tokens.clone(), &self.scope.params);
        visit::visit_macro(self, mac);
    }
}

fn names_one_of(tokens: TokenStream, params: &HashSet<&Ident>) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => params.contains(&ident),
        TokenTree::Group(group) => names_one_of(group.stream(), params),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The last word of a path and the types in its brackets; nothing for a path without any.
fn name_and_types(path: &Path) -> Option<(String, Vec<&Type>)> {
    let last = path.segments.last()?;
    let PathArguments::AngleBracketed(AngleBracketedGenericArguments { args, .. }) =
        &last.arguments
    else {
        return None;
    };
    let types = args.iter().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((last.ident.unraw().to_string(), types.collect()))
}

/// `Array2`, `ArrayViewD`, `ArcArray1` and their like.
fn is_array_of_fixed_dimension(name: &str) -> bool {
    name.strip_suffix(|c: char| matches!(c, '0'..='6' | 'D'))
        .is_some_and(|family| ARRAYS.contains(&family))
}

/// The element in the storage of an `ArrayBase`.
fn element_of(storage: &Type) -> Option<&Type> {
    let Type::Path(TypePath { qself: None, path, .. }) = storage else { return None };
    let (name, args) = name_and_types(path)?;
    match (STORAGES.contains(&name.as_str()), args.as_slice()) {
        (true, [Type::Reference(reference)]) => Some(&reference.elem),
        (true, [element]) => Some(element),
        _ => None,
    }
}
