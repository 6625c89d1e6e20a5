#[derive(SaveNpz, LoadNpz)]
struct Wrapped<T>(T, f32)
where
    T: Clone;

// Expands to:

#[automatically_derived]
impl<T> ::npz_core::__private::SaveNpz for Wrapped<T>
where
    T: Clone,
    T: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "0", &self.0)?;
        ::npz_core::__private::Plan::field(__plan, "1", &self.1)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<T> ::npz_core::__private::LoadNpz for Wrapped<T>
where
    T: Clone,
    T: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<T>(__at, "0");
        ::npz_core::__private::Expect::field::<f32>(__at, "1");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(
            Self(
                ::npz_core::__private::Node::field::<T>(__at, "0")?,
                ::npz_core::__private::Node::field::<f32>(__at, "1")?,
            ),
        )
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            T,
        >(__at, "0", "0", &mut self.0, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "1", "1", &mut self.1, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
