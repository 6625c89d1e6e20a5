#[derive(SaveNpz, LoadNpz)]
#[npz(crate = "::npz")]
struct Model {
    weight: Array2<f32>,
}

// Expands to:

#[automatically_derived]
impl ::npz::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz::__private::Plan<'__npz>,
    ) -> ::npz::__private::Result<()> {
        ::npz::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz::__private::Expect<'_>) {
        ::npz::__private::Expect::field::<Array2<f32>>(__at, "weight");
    }
    fn load(__at: &::npz::__private::Node<'_>) -> ::npz::__private::Result<Self> {
        ::npz::__private::Result::Ok(Self {
            weight: ::npz::__private::Node::field::<Array2<f32>>(__at, "weight")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz::__private::Node<'_>,
    ) -> ::npz::__private::Result<()> {
        ::npz::__private::Node::update_field::<
            Array2<f32>,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        ::npz::__private::Result::Ok(())
    }
}
