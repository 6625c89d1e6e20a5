//! What the calls for a field have in common, whether they save or load.

use crate::ast::{Field, Name};
use crate::attr::Fallback;
use crate::emit::{self, Private};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

impl Field<'_> {
    /// The function of `with`'s module, or of the one behind `json`; none where the type itself
    /// knows what to do.
    pub(crate) fn custom(&self, function: &str, private: &Private) -> Option<TokenStream> {
        if let Some(with) = &self.attrs.with {
            let (_, last) = emit::ends(&with.value);
            let (module, function) = (&with.value, Ident::new(function, last));
            return Some(quote_spanned!(last=> #module::#function));
        }
        let (_, place) = emit::ends(&self.attrs.json.as_ref()?.word);
        let function = Ident::new(function, place);
        // A macro, which says what is missing where npz-core has no JSON.
        Some(quote_spanned!(place=> #private::json!(#function)))
    }

    /// The name under which the entry is looked for, which may depend on what the file has.
    pub(crate) fn looked_for(&self, name: &Name, receiver: &TokenStream) -> TokenStream {
        let name = &name.text;
        if self.attrs.aliases.is_empty() {
            return quote!(#name);
        }
        let old = self.attrs.aliases.iter().map(|alias| alias.value.value());
        quote!(#receiver::either(__at, &[#name #(, #old)*]))
    }

    /// Whether the file and Rust have one name for the field, so that one will do.
    pub(crate) fn has_one_name(&self, name: &Name) -> bool {
        self.attrs.aliases.is_empty() && name.text == self.rust_name()
    }

    /// The function that makes up the value when the file doesn't have it; none if it must.
    pub(crate) fn default_function(&self) -> Option<TokenStream> {
        let ty = self.ty;
        self.fallback().map(|fallback| match fallback {
            Fallback::Trait => quote!(<#ty as ::core::default::Default>::default),
            Fallback::Function(path) => quote!(#path),
        })
    }
}
