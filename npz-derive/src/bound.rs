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

use crate::ast::{Field, Role, Struct};
use crate::attr::Fallback;
use crate::emit::{Derive, Private};
use crate::leaf::{Leaf, Scope};
use quote::ToTokens as _;
use std::collections::HashSet;
use syn::{WherePredicate, parse_quote};

/// The predicates that `derive` adds to those of the struct.
pub(crate) fn predicates(
    input: &Struct<'_>,
    private: &Private,
    derive: Derive,
) -> Vec<WherePredicate> {
    if let Some(written) = derive.side(&input.attrs.bounds) {
        return written.clone();
    }
    let scope = Scope::new(input.original);
    let mut predicates: Vec<_> = input
        .fields
        .iter()
        .flat_map(|field| match derive.side(&field.attrs.bounds) {
            Some(written) => written.clone(),
            None => inferred(input, field, &scope, private, derive),
        })
        .collect();
    let mut seen = HashSet::new();
    predicates.retain(|predicate| seen.insert(predicate.to_token_stream().to_string()));
    predicates
}

fn inferred(
    input: &Struct<'_>,
    field: &Field<'_>,
    scope: &Scope<'_>,
    private: &Private,
    derive: Derive,
) -> Vec<WherePredicate> {
    let mut predicates = Vec::new();
    if !matches!(field.role, Role::Skipped) {
        let the_trait = derive.bound(input.original);
        predicates.extend(scope.leaves(field.ty).into_iter().map(|leaf| -> WherePredicate {
            match leaf {
                Leaf::Value(ty) => parse_quote!(#ty: #private::#the_trait),
                Leaf::Element(ty) => parse_quote!(#ty: #private::Element),
                Leaf::Dimension(ty) => parse_quote!(#ty: #private::Dimension),
            }
        }));
    }
    if derive != Derive::Save && needs_default(field) {
        let types = scope.defaults(field.ty);
        predicates.extend(
            types
                .into_iter()
                .map(|ty| -> WherePredicate { parse_quote!(#ty: ::core::default::Default) }),
        );
    }
    predicates
}

/// Whether loading or viewing this field may call `Default::default`.
fn needs_default(field: &Field<'_>) -> bool {
    match &field.attrs.default {
        Some(default) => matches!(default.value, Fallback::Trait),
        None => matches!(field.role, Role::Skipped),
    }
}
