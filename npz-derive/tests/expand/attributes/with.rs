// What a module of the user's makes of a field; no bound is inferred for it.
#[derive(SaveNpz, LoadNpz)]
struct Linear<A> {
    #[npz(with = "crate::transposed")]
    weight: Array2<A>,
    #[npz(with = "matrix", rename = "b", optional)]
    bias: Matrix<A>,
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::SaveNpz for Linear<A> {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field_with(
            __plan,
            "weight",
            |__plan| crate::transposed::plan(&self.weight, __plan),
        )?;
        ::npz_core::__private::Plan::field_with(
            __plan,
            "b",
            |__plan| matrix::plan(&self.bias, __plan),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Linear<A>
where
    Matrix<A>: ::core::default::Default,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_with(
            __at,
            "weight",
            "weight",
            crate::transposed::expect,
        );
        ::npz_core::__private::Expect::field_with_or_default(
            __at,
            "b",
            "bias",
            matrix::expect,
        );
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field_with::<
                Array2<A>,
            >(__at, "weight", "weight", crate::transposed::load)?,
            bias: ::npz_core::__private::Node::field_with_or_else::<
                Matrix<A>,
            >(
                __at,
                "b",
                "bias",
                matrix::load,
                <Matrix<A> as ::core::default::Default>::default,
            )?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field_with::<
            Array2<A>,
        >(
            __at,
            "weight",
            "weight",
            &mut self.weight,
            crate::transposed::load,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field_with::<
            Matrix<A>,
        >(
            __at,
            "b",
            "bias",
            &mut self.bias,
            matrix::load,
            ::core::option::Option::Some(
                <Matrix<A> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
