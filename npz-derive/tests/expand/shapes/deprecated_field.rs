// The impl must name what the user has deprecated, without a warning.
#[derive(SaveNpz, LoadNpz)]
struct Old {
    #[deprecated]
    weight: Array2<f32>,
}

// Expands to:

#[allow(deprecated)]
#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Old {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[allow(deprecated)]
#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Old {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array2<f32>>(__at, "weight");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field::<Array2<f32>>(__at, "weight")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<f32>,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
