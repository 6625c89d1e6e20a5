// A field keeps its number when another one is skipped.
#[derive(SaveNpz, LoadNpz)]
struct Triple(Array1<f32>, #[npz(skip)] usize, Array1<f32>);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Triple {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "0", &self.0)?;
        ::npz_core::__private::Plan::field(__plan, "2", &self.2)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Triple {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array1<f32>>(__at, "0");
        ::npz_core::__private::Expect::field::<Array1<f32>>(__at, "2");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(
            Self(
                ::npz_core::__private::Node::field::<Array1<f32>>(__at, "0")?,
                <usize as ::core::default::Default>::default(),
                ::npz_core::__private::Node::field::<Array1<f32>>(__at, "2")?,
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
            Array1<f32>,
        >(__at, "2", "2", &mut self.2, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
