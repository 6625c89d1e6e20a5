#[derive(SaveNpz, LoadNpz)]
struct Linear {
    #[npz(rename = "dense/kernel:0")]
    weight: Array2<f32>,
    #[npz(rename = "fc1.bias")]
    bias: Array1<f32>,
    #[npz(rename = r"größe")]
    size: u32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Linear {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "dense/kernel:0", &self.weight)?;
        ::npz_core::__private::Plan::field(__plan, "fc1.bias", &self.bias)?;
        ::npz_core::__private::Plan::field(__plan, "größe", &self.size)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Linear {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_of::<
            Array2<f32>,
        >(__at, "dense/kernel:0", "weight");
        ::npz_core::__private::Expect::field_of::<Array1<f32>>(__at, "fc1.bias", "bias");
        ::npz_core::__private::Expect::field_of::<u32>(__at, "größe", "size");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field_of::<
                Array2<f32>,
            >(__at, "dense/kernel:0", "weight")?,
            bias: ::npz_core::__private::Node::field_of::<
                Array1<f32>,
            >(__at, "fc1.bias", "bias")?,
            size: ::npz_core::__private::Node::field_of::<u32>(__at, "größe", "size")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<f32>,
        >(
            __at,
            "dense/kernel:0",
            "weight",
            &mut self.weight,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field::<
            Array1<f32>,
        >(__at, "fc1.bias", "bias", &mut self.bias, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            u32,
        >(__at, "größe", "size", &mut self.size, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
