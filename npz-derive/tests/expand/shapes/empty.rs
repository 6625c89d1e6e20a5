#[derive(SaveNpz, LoadNpz)]
struct Empty {}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Empty {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Empty {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {}
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {})
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Result::Ok(())
    }
}
