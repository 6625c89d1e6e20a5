// Anything else that has a parameter in it is a leaf.
#[derive(SaveNpz)]
struct Others<'a, T, U> {
    dynamic: Box<dyn Layer<T> + 'a>,
    expanded: matrix!(T),
    shadowed: other::T,
    function: fn(U) -> U,
}

// Expands to:

#[automatically_derived]
impl<'a, T, U> ::npz_core::__private::SaveNpz for Others<'a, T, U>
where
    dyn Layer<T> + 'a: ::npz_core::__private::SaveNpz,
    matrix!(T): ::npz_core::__private::SaveNpz,
    fn(U) -> U: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "dynamic", &self.dynamic)?;
        ::npz_core::__private::Plan::field(__plan, "expanded", &self.expanded)?;
        ::npz_core::__private::Plan::field(__plan, "shadowed", &self.shadowed)?;
        ::npz_core::__private::Plan::field(__plan, "function", &self.function)?;
        ::npz_core::__private::Result::Ok(())
    }
}
