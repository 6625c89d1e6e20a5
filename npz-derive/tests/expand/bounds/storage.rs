// Of a storage nothing is known but whole.
#[derive(SaveNpz, LoadNpz)]
struct Raw<S: RawData, D> {
    data: ArrayBase<S, D>,
}

// Expands to:

#[automatically_derived]
impl<S: RawData, D> ::npz_core::__private::SaveNpz for Raw<S, D>
where
    ArrayBase<S, D>: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "data", &self.data)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<S: RawData, D> ::npz_core::__private::LoadNpz for Raw<S, D>
where
    ArrayBase<S, D>: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<ArrayBase<S, D>>(__at, "data");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            data: ::npz_core::__private::Node::field::<ArrayBase<S, D>>(__at, "data")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            ArrayBase<S, D>,
        >(__at, "data", "data", &mut self.data, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
