// Replaces everything that would have been inferred.
#[derive(SaveNpz, LoadNpz)]
#[npz(bound = "A: npz_core::Element, D: ndarray::Dimension")]
struct Model<A, D, T> {
    weight: Array<A, D>,
    extra: Option<T>,
}

// Expands to:

#[automatically_derived]
impl<A, D, T> ::npz_core::__private::SaveNpz for Model<A, D, T>
where
    A: npz_core::Element,
    D: ndarray::Dimension,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Plan::field(__plan, "extra", &self.extra)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, D, T> ::npz_core::__private::LoadNpz for Model<A, D, T>
where
    A: npz_core::Element,
    D: ndarray::Dimension,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array<A, D>>(__at, "weight");
        ::npz_core::__private::Expect::field::<Option<T>>(__at, "extra");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field::<Array<A, D>>(__at, "weight")?,
            extra: ::npz_core::__private::Node::field::<Option<T>>(__at, "extra")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array<A, D>,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Option<T>,
        >(__at, "extra", "extra", &mut self.extra, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
