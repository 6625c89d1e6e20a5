// Fields without names have those that NumPy gives them; the skipped one keeps its number.
#[derive(NpyRecord)]
#[npz(align, allow_unexpected)]
struct Pair(u8, #[npz(skip, default = "seven")] u32, f64);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::RecordFields for Pair {
    const LAYOUT: ::npz_core::__private::record::Layout = ::npz_core::__private::record::Layout::Aligned;
    const ALLOW_UNEXPECTED: ::core::primitive::bool = true;
    fn pass(
        __pass: ::npz_core::__private::record::Pass<'_, '_, Self>,
    ) -> ::npz_core::__private::Result<()> {
        match __pass {
            ::npz_core::__private::record::Pass::List(__to) => {
                ::npz_core::__private::record::Fields::field::<u8>(__to, "f0");
                ::npz_core::__private::record::Fields::field::<f64>(__to, "f2");
            }
            ::npz_core::__private::record::Pass::Put(__items, __to) => {
                ::npz_core::__private::record::Encoder::field::<
                    Self,
                    u8,
                >(__to, __items, |__item| &__item.0)?;
                ::npz_core::__private::record::Encoder::field::<
                    Self,
                    f64,
                >(__to, __items, |__item| &__item.2)?;
            }
            ::npz_core::__private::record::Pass::Take(__from, __out) => {
                let mut __column0 = ::npz_core::__private::record::Decoder::field::<
                    u8,
                >(__from)?;
                let mut __column1 = ::npz_core::__private::record::Decoder::field::<
                    f64,
                >(__from)?;
                ::npz_core::__private::record::Decoder::build(
                    __from,
                    __out,
                    || ::core::option::Option::Some(
                        Self(
                            ::core::iter::Iterator::next(&mut __column0)?,
                            seven(),
                            ::core::iter::Iterator::next(&mut __column1)?,
                        ),
                    ),
                );
            }
        }
        ::npz_core::__private::Result::Ok(())
    }
}
#[automatically_derived]
impl ::npz_core::__private::Element for Pair {
    fn dtype<'__npz>(
        _: impl ::core::iter::Iterator<Item = &'__npz Self>,
    ) -> ::npz_core::__private::Result<::npz_core::__private::DType>
    where
        Self: '__npz,
    {
        ::npz_core::__private::record::dtype::<Self>()
    }
    fn encode(
        __items: &[Self],
        __dtype: &::npz_core::__private::DType,
        __out: &mut ::std::vec::Vec<::core::primitive::u8>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::record::encode(__items, __dtype, __out)
    }
    fn accepts(__dtype: &::npz_core::__private::DType) -> ::core::primitive::bool {
        ::npz_core::__private::record::accepts::<Self>(__dtype)
    }
    fn decode(
        __payload: &mut ::npz_core::__private::Payload<'_>,
    ) -> ::npz_core::__private::Result<::std::vec::Vec<Self>> {
        ::npz_core::__private::record::decode(__payload)
    }
    fn faults(
        __dtype: &::npz_core::__private::DType,
        __faults: &mut ::npz_core::__private::record::Faults,
    ) {
        ::npz_core::__private::record::faults::<Self>(__dtype, __faults)
    }
}
#[automatically_derived]
impl ::npz_core::__private::FixedElement for Pair {
    fn alignment() -> ::core::primitive::usize {
        ::npz_core::__private::record::alignment::<Self>()
    }
}
#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Pair {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::leaf::plan(self, __plan)
    }
    fn plan_slice<'__npz>(
        __items: &'__npz [Self],
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::leaf::plan_slice(__items, __plan)
    }
}
#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Pair {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::leaf::expect::<Self>(__at)
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::leaf::load(__at)
    }
    fn is_leaf() -> ::core::primitive::bool {
        true
    }
    fn is_leaf_slice() -> ::core::primitive::bool {
        true
    }
    fn expect_slice(
        __at: &mut ::npz_core::__private::Expect<'_>,
        __len: ::core::option::Option<::core::primitive::usize>,
    ) {
        ::npz_core::__private::leaf::expect_slice::<Self>(__at, __len)
    }
    fn load_slice(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<::std::vec::Vec<Self>> {
        ::npz_core::__private::leaf::load_slice(__at)
    }
}
