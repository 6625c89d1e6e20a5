#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(default)]
    bias: Array1<f32>,
    weight: Array2<f32>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "bias", &self.bias)?;
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_or_default::<Array1<f32>>(__at, "bias");
        ::npz_core::__private::Expect::field::<Array2<f32>>(__at, "weight");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            bias: ::npz_core::__private::Node::field_or_else::<
                Array1<f32>,
            >(__at, "bias", <Array1<f32> as ::core::default::Default>::default)?,
            weight: ::npz_core::__private::Node::field::<Array2<f32>>(__at, "weight")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array1<f32>,
        >(
            __at,
            "bias",
            "bias",
            &mut self.bias,
            ::core::option::Option::Some(
                <Array1<f32> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Node::update_field::<
            Array2<f32>,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
