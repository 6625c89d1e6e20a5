// The struct's own name comes before what it means elsewhere.
#[derive(SaveNpz, LoadNpz)]
struct Array<A> {
    inner: Vec<Array<A>>,
    data: ndarray::Array1<A>,
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::SaveNpz for Array<A>
where
    A: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "inner", &self.inner)?;
        ::npz_core::__private::Plan::field(__plan, "data", &self.data)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Array<A>
where
    A: ::npz_core::__private::Element,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Vec<Array<A>>>(__at, "inner");
        ::npz_core::__private::Expect::field::<ndarray::Array1<A>>(__at, "data");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            inner: ::npz_core::__private::Node::field::<Vec<Array<A>>>(__at, "inner")?,
            data: ::npz_core::__private::Node::field::<ndarray::Array1<A>>(__at, "data")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Vec<Array<A>>,
        >(__at, "inner", "inner", &mut self.inner, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            ndarray::Array1<A>,
        >(__at, "data", "data", &mut self.data, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
