#[derive(SaveNpz, LoadNpz)]
struct Tensor<A, D> {
    data: Array<A, D>,
    plain: Array<f32, D>,
    larger: Array<f32, <D as Dimension>::Larger>,
}

// Expands to:

#[automatically_derived]
impl<A, D> ::npz_core::__private::SaveNpz for Tensor<A, D>
where
    A: ::npz_core::__private::Element,
    D: ::npz_core::__private::Dimension,
    <D as Dimension>::Larger: ::npz_core::__private::Dimension,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "data", &self.data)?;
        ::npz_core::__private::Plan::field(__plan, "plain", &self.plain)?;
        ::npz_core::__private::Plan::field(__plan, "larger", &self.larger)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, D> ::npz_core::__private::LoadNpz for Tensor<A, D>
where
    A: ::npz_core::__private::Element,
    D: ::npz_core::__private::Dimension + 'static,
    <D as Dimension>::Larger: ::npz_core::__private::Dimension + 'static,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array<A, D>>(__at, "data");
        ::npz_core::__private::Expect::field::<Array<f32, D>>(__at, "plain");
        ::npz_core::__private::Expect::field::<
            Array<f32, <D as Dimension>::Larger>,
        >(__at, "larger");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            data: ::npz_core::__private::Node::field::<Array<A, D>>(__at, "data")?,
            plain: ::npz_core::__private::Node::field::<Array<f32, D>>(__at, "plain")?,
            larger: ::npz_core::__private::Node::field::<
                Array<f32, <D as Dimension>::Larger>,
            >(__at, "larger")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array<A, D>,
        >(__at, "data", "data", &mut self.data, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Array<f32, D>,
        >(__at, "plain", "plain", &mut self.plain, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Array<f32, <D as Dimension>::Larger>,
        >(__at, "larger", "larger", &mut self.larger, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
