// Without names, the numbers of the fields.
#[derive(SaveNpz, LoadNpz)]
struct Pair(Array1<f32>, pub Vec<f64>);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Pair {
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
impl ::npz_core::__private::LoadNpz for Pair {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array1<f32>>(__at, "0");
        ::npz_core::__private::Expect::field::<Vec<f64>>(__at, "1");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(
            Self(
                ::npz_core::__private::Node::field::<Array1<f32>>(__at, "0")?,
                ::npz_core::__private::Node::field::<Vec<f64>>(__at, "1")?,
            ),
        )
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array1<f32>,
        >(__at, "0", "0", &mut self.0, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Vec<f64>,
        >(__at, "1", "1", &mut self.1, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
