// A field is an entry of its name.
#[derive(SaveNpz, LoadNpz)]
pub struct Layer {
    pub weight: Array2<f32>,
    bias: ndarray::Array1<f32>,
    scale: f32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Layer {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Plan::field(__plan, "bias", &self.bias)?;
        ::npz_core::__private::Plan::field(__plan, "scale", &self.scale)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Layer {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array2<f32>>(__at, "weight");
        ::npz_core::__private::Expect::field::<ndarray::Array1<f32>>(__at, "bias");
        ::npz_core::__private::Expect::field::<f32>(__at, "scale");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field::<Array2<f32>>(__at, "weight")?,
            bias: ::npz_core::__private::Node::field::<
                ndarray::Array1<f32>,
            >(__at, "bias")?,
            scale: ::npz_core::__private::Node::field::<f32>(__at, "scale")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<f32>,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            ndarray::Array1<f32>,
        >(__at, "bias", "bias", &mut self.bias, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "scale", "scale", &mut self.scale, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
