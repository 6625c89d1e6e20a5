// What may be absent needs both.
#[derive(SaveNpz, LoadNpz)]
struct Model<A, T> {
    #[npz(default)]
    bias: Array1<A>,
    #[npz(default)]
    value: T,
}

// Expands to:

#[automatically_derived]
impl<A, T> ::npz_core::__private::SaveNpz for Model<A, T>
where
    A: ::npz_core::__private::Element,
    T: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "bias", &self.bias)?;
        ::npz_core::__private::Plan::field(__plan, "value", &self.value)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, T> ::npz_core::__private::LoadNpz for Model<A, T>
where
    A: ::npz_core::__private::Element,
    Array1<A>: ::core::default::Default,
    T: ::npz_core::__private::LoadNpz,
    T: ::core::default::Default,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_or_default::<Array1<A>>(__at, "bias");
        ::npz_core::__private::Expect::field_or_default::<T>(__at, "value");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            bias: ::npz_core::__private::Node::field_or_else::<
                Array1<A>,
            >(__at, "bias", <Array1<A> as ::core::default::Default>::default)?,
            value: ::npz_core::__private::Node::field_or_else::<
                T,
            >(__at, "value", <T as ::core::default::Default>::default)?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array1<A>,
        >(
            __at,
            "bias",
            "bias",
            &mut self.bias,
            ::core::option::Option::Some(
                <Array1<A> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Node::update_field::<
            T,
        >(
            __at,
            "value",
            "value",
            &mut self.value,
            ::core::option::Option::Some(<T as ::core::default::Default>::default),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
