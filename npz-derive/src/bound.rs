//! Which bounds the impls for a generic struct need, so that nobody writes them by hand.
//!
//! ```text
//! struct Model<A, T, U> {              impl<A, T, U> SaveNpz for Model<A, T, U>
//!     weight: Array2<A>,               where A: Element,
//!     layers: Vec<Linear<A>>,                Linear<A>: SaveNpz,
//!     extra: Option<T>,                      T: SaveNpz
//!     unit: PhantomData<U>,
//! }
//! ```
//!
//! serde bounds the parameters themselves: `A: Serialize`, `T: Serialize`. That can't be done
//! here, because a parameter plays one of two roles: an item of arrays (`A: Element`) or a value
//! of its own (`T: SaveNpz`), and no trait says both. The role of `A` in `Linear<A>` can't be
//! known from the name `Linear`. So bounds go on the leaves of the fields' types (see `leaf`):
//! whatever `Linear` asks of `A`, `Linear<A>: SaveNpz` says it.
//!
//! The price: two generic structs that hold each other (`Branch<A>` in `Twig<A>` in `Branch<A>`)
//! ask for each other without end (E0275), so one of them needs `#[npz(bound = "A: Element")]`.
//! A struct that holds itself needs nothing, since a leaf with the struct in it adds no bound;
//! and neither containers (`Vec<Tree<A>>`) nor whole fields are ever bounded.

use crate::ast::{Field, Role};
use crate::attr::{Fallback, StructAttrs};
use crate::emit::{Derive, Private};
use crate::leaf::{Leaf, Scope};
use quote::ToTokens as _;
use std::collections::HashSet;
use syn::{DeriveInput, WherePredicate, parse_quote};

/// The predicates that `derive` adds to those of the struct or enum with these fields.
pub(crate) fn predicates<'f>(
    input: &DeriveInput,
    attrs: &StructAttrs,
    fields: impl Iterator<Item = &'f Field<'f>>,
    private: &Private,
    derive: Derive,
) -> Vec<WherePredicate> {
    if let Some(written) = derive.side(&attrs.bounds) {
        return written.clone();
    }
    let scope = Scope::new(input);
    let mut predicates: Vec<_> = fields
        .flat_map(|field| match derive.side(&field.attrs.bounds) {
            Some(written) => written.clone(),
            None => inferred(input, field, &scope, private, derive),
        })
        .collect();
    // A parameter that only marks the struct has no bound yet, but a part in what elements are.
    if derive == Derive::Record && input.generics.type_params().next().is_some() {
        predicates.push(parse_quote! {
            Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static
        });
    }
    let mut seen = HashSet::new();
    predicates.retain(|predicate| seen.insert(predicate.to_token_stream().to_string()));
    predicates
}

fn inferred(
    input: &DeriveInput,
    field: &Field<'_>,
    scope: &Scope<'_>,
    private: &Private,
    derive: Derive,
) -> Vec<WherePredicate> {
    let mut predicates = Vec::new();
    // What `with` and `json` ask of the type, only they know.
    let is_own = field.attrs.with.is_none() && field.attrs.json.is_none();
    if derive == Derive::Record {
        let item = scope.item(field.ty).filter(|_| !matches!(field.role, Role::Skipped));
        predicates
            .extend(item.map(|ty| -> WherePredicate { parse_quote!(#ty: #private::RecordField) }));
    } else if is_own && !matches!(field.role, Role::Skipped) {
        let the_trait = derive.bound(input);
        // What is shared while loading is known by its type, which has to be `'static` then.
        let loads = derive == Derive::Load;
        let reads = matches!(derive, Derive::Load | Derive::View);
        let leaves = scope.leaves(field.ty).into_iter();
        predicates.extend(leaves.filter_map(|leaf| -> Option<WherePredicate> {
            Some(match leaf {
                Leaf::Value(ty) => parse_quote!(#ty: #private::#the_trait),
                Leaf::Element(ty) => parse_quote!(#ty: #private::Element),
                Leaf::Dimension(ty) if reads => parse_quote!(#ty: #private::Dimension + 'static),
                Leaf::Dimension(ty) => parse_quote!(#ty: #private::Dimension),
                Leaf::Shared(ty) if loads => parse_quote!(#ty: 'static),
                Leaf::Shared(_) => return None,
            })
        }));
    }
    if needs_default(field, derive) {
        let types = scope.defaults(field.ty);
        predicates.extend(
            types
                .into_iter()
                .map(|ty| -> WherePredicate { parse_quote!(#ty: ::core::default::Default) }),
        );
    }
    predicates
}

/// Whether reading this field may call `Default::default`.
fn needs_default(field: &Field<'_>, derive: Derive) -> bool {
    let may_be_absent = match derive {
        Derive::Save => false,
        Derive::Load | Derive::View => true,
        // Every record has all fields that any has.
        Derive::Record => matches!(field.role, Role::Skipped),
    };
    may_be_absent && matches!(field.fallback(), Some(Fallback::Trait))
}
