// A name makes the one field an entry of its own.
#[derive(SaveNpz, LoadNpz)]
struct Weights(#[npz(rename = "w", default)] Array2<f32>);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Weights {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "w", &self.0)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Weights {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_of_or_default::<
            Array2<f32>,
        >(__at, "w", "0");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(
            Self(
                ::npz_core::__private::Node::field_of_or_else::<
                    Array2<f32>,
                >(__at, "w", "0", <Array2<f32> as ::core::default::Default>::default)?,
            ),
        )
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<f32>,
        >(
            __at,
            "w",
            "0",
            &mut self.0,
            ::core::option::Option::Some(
                <Array2<f32> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
