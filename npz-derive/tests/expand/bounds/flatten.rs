#[derive(SaveNpz, LoadNpz)]
struct Model<A, T> {
    #[npz(flatten)]
    rest: HashMap<String, Array1<A>>,
    #[npz(flatten)]
    inner: T,
}

// Expands to:

#[automatically_derived]
impl<A, T> ::npz_core::__private::SaveNpz for Model<A, T>
where
    A: ::npz_core::__private::Element,
    T: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::flatten(__plan, &self.rest)?;
        ::npz_core::__private::Plan::flatten(__plan, &self.inner)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, T> ::npz_core::__private::LoadNpz for Model<A, T>
where
    A: ::npz_core::__private::Element,
    T: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::flatten_beside::<
            HashMap<String, Array1<A>>,
        >(__at, &[], &[<T as ::npz_core::__private::LoadNpz>::expect]);
        ::npz_core::__private::Expect::flatten_beside::<
            T,
        >(
            __at,
            &[],
            &[<HashMap<String, Array1<A>> as ::npz_core::__private::LoadNpz>::expect],
        );
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            rest: ::npz_core::__private::Node::flatten_beside::<
                HashMap<String, Array1<A>>,
            >(__at, &[], &[<T as ::npz_core::__private::LoadNpz>::expect])?,
            inner: ::npz_core::__private::Node::flatten_beside::<
                T,
            >(
                __at,
                &[],
                &[<HashMap<String, Array1<A>> as ::npz_core::__private::LoadNpz>::expect],
            )?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_flatten_beside::<
            HashMap<String, Array1<A>>,
        >(__at, &[], &[<T as ::npz_core::__private::LoadNpz>::expect], &mut self.rest)?;
        ::npz_core::__private::Node::update_flatten_beside::<
            T,
        >(
            __at,
            &[],
            &[<HashMap<String, Array1<A>> as ::npz_core::__private::LoadNpz>::expect],
            &mut self.inner,
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
