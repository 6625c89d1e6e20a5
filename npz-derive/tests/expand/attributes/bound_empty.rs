#[derive(SaveNpz, LoadNpz)]
#[npz(bound = "")]
struct Model<T: SaveNpz + LoadNpz> {
    value: T,
}

// Expands to:

#[automatically_derived]
impl<T: SaveNpz + LoadNpz> ::npz_core::__private::SaveNpz for Model<T> {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "value", &self.value)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<T: SaveNpz + LoadNpz> ::npz_core::__private::LoadNpz for Model<T> {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<T>(__at, "value");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            value: ::npz_core::__private::Node::field::<T>(__at, "value")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            T,
        >(__at, "value", "value", &mut self.value, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
