#[derive(SaveNpz, LoadNpz)]
struct Tagged<A, Unit> {
    value: Array1<A>,
    unit: PhantomData<Unit>,
    other: std::marker::PhantomData<fn() -> Unit>,
}

// Expands to:

#[automatically_derived]
impl<A, Unit> ::npz_core::__private::SaveNpz for Tagged<A, Unit>
where
    A: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "value", &self.value)?;
        ::npz_core::__private::Plan::field(__plan, "unit", &self.unit)?;
        ::npz_core::__private::Plan::field(__plan, "other", &self.other)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, Unit> ::npz_core::__private::LoadNpz for Tagged<A, Unit>
where
    A: ::npz_core::__private::Element,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array1<A>>(__at, "value");
        ::npz_core::__private::Expect::field::<PhantomData<Unit>>(__at, "unit");
        ::npz_core::__private::Expect::field::<
            std::marker::PhantomData<fn() -> Unit>,
        >(__at, "other");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            value: ::npz_core::__private::Node::field::<Array1<A>>(__at, "value")?,
            unit: ::npz_core::__private::Node::field::<PhantomData<Unit>>(__at, "unit")?,
            other: ::npz_core::__private::Node::field::<
                std::marker::PhantomData<fn() -> Unit>,
            >(__at, "other")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array1<A>,
        >(__at, "value", "value", &mut self.value, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            PhantomData<Unit>,
        >(__at, "unit", "unit", &mut self.unit, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            std::marker::PhantomData<fn() -> Unit>,
        >(__at, "other", "other", &mut self.other, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
