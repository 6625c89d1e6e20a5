#[derive(SaveNpz)]
struct Views<'a, A, B, C, D, E, F, G> {
    view: ArrayView2<'a, A>,
    view_mut: ArrayViewMutD<'a, B>,
    spelled: ArrayView<'a, C, D>,
    cow: CowArray<'a, E, Ix1>,
    base: ArrayBase<ViewRepr<&'a F>, Ix1>,
    array_ref: &'a ArrayRef<G, Ix2>,
}

// Expands to:

#[automatically_derived]
impl<'a, A, B, C, D, E, F, G> ::npz_core::__private::SaveNpz
for Views<'a, A, B, C, D, E, F, G>
where
    A: ::npz_core::__private::Element,
    B: ::npz_core::__private::Element,
    C: ::npz_core::__private::Element,
    D: ::npz_core::__private::Dimension,
    E: ::npz_core::__private::Element,
    F: ::npz_core::__private::Element,
    G: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "view", &self.view)?;
        ::npz_core::__private::Plan::field(__plan, "view_mut", &self.view_mut)?;
        ::npz_core::__private::Plan::field(__plan, "spelled", &self.spelled)?;
        ::npz_core::__private::Plan::field(__plan, "cow", &self.cow)?;
        ::npz_core::__private::Plan::field(__plan, "base", &self.base)?;
        ::npz_core::__private::Plan::field(__plan, "array_ref", &self.array_ref)?;
        ::npz_core::__private::Result::Ok(())
    }
}
