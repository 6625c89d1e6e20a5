// In an array it is an item.
#[derive(SaveNpz, LoadNpz)]
struct Arrays<A, B, C, E, F> {
    fixed: Array2<A>,
    dynamic: ndarray::ArrayD<B>,
    spelled: Array<C, Ix3>,
    shared: ArcArray2<E>,
    base: ArrayBase<OwnedRepr<F>, Ix1>,
    maybe: Option<Array1<A>>,
}

// Expands to:

#[automatically_derived]
impl<A, B, C, E, F> ::npz_core::__private::SaveNpz for Arrays<A, B, C, E, F>
where
    A: ::npz_core::__private::Element,
    B: ::npz_core::__private::Element,
    C: ::npz_core::__private::Element,
    E: ::npz_core::__private::Element,
    F: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "fixed", &self.fixed)?;
        ::npz_core::__private::Plan::field(__plan, "dynamic", &self.dynamic)?;
        ::npz_core::__private::Plan::field(__plan, "spelled", &self.spelled)?;
        ::npz_core::__private::Plan::field(__plan, "shared", &self.shared)?;
        ::npz_core::__private::Plan::field(__plan, "base", &self.base)?;
        ::npz_core::__private::Plan::field(__plan, "maybe", &self.maybe)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, B, C, E, F> ::npz_core::__private::LoadNpz for Arrays<A, B, C, E, F>
where
    A: ::npz_core::__private::Element,
    B: ::npz_core::__private::Element,
    C: ::npz_core::__private::Element,
    E: ::npz_core::__private::Element,
    F: ::npz_core::__private::Element,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array2<A>>(__at, "fixed");
        ::npz_core::__private::Expect::field::<ndarray::ArrayD<B>>(__at, "dynamic");
        ::npz_core::__private::Expect::field::<Array<C, Ix3>>(__at, "spelled");
        ::npz_core::__private::Expect::field::<ArcArray2<E>>(__at, "shared");
        ::npz_core::__private::Expect::field::<
            ArrayBase<OwnedRepr<F>, Ix1>,
        >(__at, "base");
        ::npz_core::__private::Expect::field::<Option<Array1<A>>>(__at, "maybe");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            fixed: ::npz_core::__private::Node::field::<Array2<A>>(__at, "fixed")?,
            dynamic: ::npz_core::__private::Node::field::<
                ndarray::ArrayD<B>,
            >(__at, "dynamic")?,
            spelled: ::npz_core::__private::Node::field::<
                Array<C, Ix3>,
            >(__at, "spelled")?,
            shared: ::npz_core::__private::Node::field::<ArcArray2<E>>(__at, "shared")?,
            base: ::npz_core::__private::Node::field::<
                ArrayBase<OwnedRepr<F>, Ix1>,
            >(__at, "base")?,
            maybe: ::npz_core::__private::Node::field::<
                Option<Array1<A>>,
            >(__at, "maybe")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<A>,
        >(__at, "fixed", "fixed", &mut self.fixed, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            ndarray::ArrayD<B>,
        >(__at, "dynamic", "dynamic", &mut self.dynamic, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Array<C, Ix3>,
        >(__at, "spelled", "spelled", &mut self.spelled, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            ArcArray2<E>,
        >(__at, "shared", "shared", &mut self.shared, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            ArrayBase<OwnedRepr<F>, Ix1>,
        >(__at, "base", "base", &mut self.base, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Option<Array1<A>>,
        >(__at, "maybe", "maybe", &mut self.maybe, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
