// A record of its fields, packed.
#[derive(NpyRecord)]
struct Particle {
    id: i64,
    #[npz(rename = "position")]
    pos: [f32; 3],
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::RecordFields for Particle {
    const LAYOUT: ::npz_core::__private::record::Layout = ::npz_core::__private::record::Layout::Packed;
    const ALLOW_UNEXPECTED: ::core::primitive::bool = false;
    fn pass(
        __pass: ::npz_core::__private::record::Pass<'_, '_, Self>,
    ) -> ::npz_core::__private::Result<()> {
        match __pass {
            ::npz_core::__private::record::Pass::List(__to) => {
                ::npz_core::__private::record::Fields::field::<i64>(__to, "id");
                ::npz_core::__private::record::Fields::field::<
                    [f32; 3],
                >(__to, "position");
            }
            ::npz_core::__private::record::Pass::Put(__items, __to) => {
                ::npz_core::__private::record::Encoder::field::<
                    Self,
                    i64,
                >(__to, __items, |__item| &__item.id)?;
                ::npz_core::__private::record::Encoder::field::<
                    Self,
                    [f32; 3],
                >(__to, __items, |__item| &__item.pos)?;
            }
            ::npz_core::__private::record::Pass::Take(__from, __out) => {
                let mut __column0 = ::npz_core::__private::record::Decoder::field::<
                    i64,
                >(__from)?;
                let mut __column1 = ::npz_core::__private::record::Decoder::field::<
                    [f32; 3],
                >(__from)?;
                ::npz_core::__private::record::Decoder::build(
                    __from,
                    __out,
                    || ::core::option::Option::Some(Self {
                        id: ::core::iter::Iterator::next(&mut __column0)?,
                        pos: ::core::iter::Iterator::next(&mut __column1)?,
                    }),
                );
            }
        }
        ::npz_core::__private::Result::Ok(())
    }
}
#[automatically_derived]
impl ::npz_core::__private::Element for Particle {
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
impl ::npz_core::__private::FixedElement for Particle {
    fn alignment() -> ::core::primitive::usize {
        ::npz_core::__private::record::alignment::<Self>()
    }
}
#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Particle {
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
impl ::npz_core::__private::LoadNpz for Particle {
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
