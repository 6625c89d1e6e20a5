#[derive(SaveNpz, LoadNpz)]
struct Wrapped(#[npz(with = "matrix")] foreign::Matrix);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Wrapped {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        matrix::plan(&self.0, __plan)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Wrapped {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        matrix::expect(__at);
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self(matrix::load(__at)?))
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        self.0 = matrix::load(__at)?;
        ::npz_core::__private::Result::Ok(())
    }
}
