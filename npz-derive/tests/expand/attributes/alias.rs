// The first name that the file has is the one.
#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(alias = "w", alias("weights", "kernel"))]
    weight: Array2<f32>,
    #[npz(rename = "b", alias = "bias", default)]
    offset: Array1<f32>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Plan::field(__plan, "b", &self.offset)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        let __name = ::npz_core::__private::Expect::either(
            __at,
            &["weight", "w", "weights", "kernel"],
        );
        ::npz_core::__private::Expect::field_of::<Array2<f32>>(__at, __name, "weight");
        let __name = ::npz_core::__private::Expect::either(__at, &["b", "bias"]);
        ::npz_core::__private::Expect::field_of_or_default::<
            Array1<f32>,
        >(__at, __name, "offset");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field_of::<
                Array2<f32>,
            >(
                __at,
                ::npz_core::__private::Node::either(
                    __at,
                    &["weight", "w", "weights", "kernel"],
                ),
                "weight",
            )?,
            offset: ::npz_core::__private::Node::field_of_or_else::<
                Array1<f32>,
            >(
                __at,
                ::npz_core::__private::Node::either(__at, &["b", "bias"]),
                "offset",
                <Array1<f32> as ::core::default::Default>::default,
            )?,
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
            ::npz_core::__private::Node::either(
                __at,
                &["weight", "w", "weights", "kernel"],
            ),
            "weight",
            &mut self.weight,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field::<
            Array1<f32>,
        >(
            __at,
            ::npz_core::__private::Node::either(__at, &["b", "bias"]),
            "offset",
            &mut self.offset,
            ::core::option::Option::Some(
                <Array1<f32> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
