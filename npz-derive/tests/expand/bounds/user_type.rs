// The role of `A` in `Linear<A>` is known to `Linear` alone.
#[derive(SaveNpz, LoadNpz)]
struct Model<A, T: Layer> {
    layers: Vec<Linear<A>>,
    alias: Matrix<A>,
    state: T::State,
    other: <T as Layer>::Other,
    cow: Cow<'static, [A]>,
}

// Expands to:

#[automatically_derived]
impl<A, T: Layer> ::npz_core::__private::SaveNpz for Model<A, T>
where
    Linear<A>: ::npz_core::__private::SaveNpz,
    Matrix<A>: ::npz_core::__private::SaveNpz,
    T::State: ::npz_core::__private::SaveNpz,
    <T as Layer>::Other: ::npz_core::__private::SaveNpz,
    Cow<'static, [A]>: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "layers", &self.layers)?;
        ::npz_core::__private::Plan::field(__plan, "alias", &self.alias)?;
        ::npz_core::__private::Plan::field(__plan, "state", &self.state)?;
        ::npz_core::__private::Plan::field(__plan, "other", &self.other)?;
        ::npz_core::__private::Plan::field(__plan, "cow", &self.cow)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, T: Layer> ::npz_core::__private::LoadNpz for Model<A, T>
where
    Linear<A>: ::npz_core::__private::LoadNpz,
    Matrix<A>: ::npz_core::__private::LoadNpz,
    T::State: ::npz_core::__private::LoadNpz,
    <T as Layer>::Other: ::npz_core::__private::LoadNpz,
    Cow<'static, [A]>: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Vec<Linear<A>>>(__at, "layers");
        ::npz_core::__private::Expect::field::<Matrix<A>>(__at, "alias");
        ::npz_core::__private::Expect::field::<T::State>(__at, "state");
        ::npz_core::__private::Expect::field::<<T as Layer>::Other>(__at, "other");
        ::npz_core::__private::Expect::field::<Cow<'static, [A]>>(__at, "cow");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            layers: ::npz_core::__private::Node::field::<
                Vec<Linear<A>>,
            >(__at, "layers")?,
            alias: ::npz_core::__private::Node::field::<Matrix<A>>(__at, "alias")?,
            state: ::npz_core::__private::Node::field::<T::State>(__at, "state")?,
            other: ::npz_core::__private::Node::field::<
                <T as Layer>::Other,
            >(__at, "other")?,
            cow: ::npz_core::__private::Node::field::<Cow<'static, [A]>>(__at, "cow")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Vec<Linear<A>>,
        >(__at, "layers", "layers", &mut self.layers, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Matrix<A>,
        >(__at, "alias", "alias", &mut self.alias, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            T::State,
        >(__at, "state", "state", &mut self.state, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            <T as Layer>::Other,
        >(__at, "other", "other", &mut self.other, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Cow<'static, [A]>,
        >(__at, "cow", "cow", &mut self.cow, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
