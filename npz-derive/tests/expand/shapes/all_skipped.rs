#[derive(SaveNpz, LoadNpz)]
struct Scratch {
    #[npz(skip)]
    buffer: Vec<f32>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Scratch {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Scratch {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {}
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            buffer: <Vec<f32> as ::core::default::Default>::default(),
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Result::Ok(())
    }
}
