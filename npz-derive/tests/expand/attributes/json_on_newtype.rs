#[derive(SaveNpz, LoadNpz)]
struct Run(#[npz(json)] Settings);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Run {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::json!(plan)(&self.0, __plan)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Run {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::json!(expect)(__at);
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(
            Self(::npz_core::__private::json!(load)(__at)?),
        )
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        self.0 = ::npz_core::__private::json!(load)(__at)?;
        ::npz_core::__private::Result::Ok(())
    }
    fn is_leaf() -> ::core::primitive::bool {
        true
    }
}
