// Borrowed arrays can be saved.
#[derive(SaveNpz)]
struct Borrowed<'a, A> {
    weight: ArrayView<'a, A, Ix2>,
    bias: &'a ArrayRef1<A>,
    name: &'a str,
}

// Expands to:

#[automatically_derived]
impl<'a, A> ::npz_core::__private::SaveNpz for Borrowed<'a, A>
where
    A: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Plan::field(__plan, "bias", &self.bias)?;
        ::npz_core::__private::Plan::field(__plan, "name", &self.name)?;
        ::npz_core::__private::Result::Ok(())
    }
}
