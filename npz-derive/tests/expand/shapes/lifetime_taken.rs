// The generated lifetime steps aside.
#[derive(SaveNpz)]
struct Odd<'__npz, '__npz_> {
    a: &'__npz [f32],
    b: &'__npz_ [f32],
}

// Expands to:

#[automatically_derived]
impl<'__npz, '__npz_> ::npz_core::__private::SaveNpz for Odd<'__npz, '__npz_> {
    fn plan<'__npz__>(
        &'__npz__ self,
        __plan: &mut ::npz_core::__private::Plan<'__npz__>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "a", &self.a)?;
        ::npz_core::__private::Plan::field(__plan, "b", &self.b)?;
        ::npz_core::__private::Result::Ok(())
    }
}
