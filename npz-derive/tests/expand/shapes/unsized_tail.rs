#[derive(SaveNpz)]
struct Tail<T: ?Sized> {
    head: f32,
    tail: T,
}

// Expands to:

#[automatically_derived]
impl<T: ?Sized> ::npz_core::__private::SaveNpz for Tail<T>
where
    T: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "head", &self.head)?;
        ::npz_core::__private::Plan::field(__plan, "tail", &self.tail)?;
        ::npz_core::__private::Result::Ok(())
    }
}
