// A bound for this derive leaves those for the others alone.
#[derive(NpyRecord)]
#[npz(element_only, bound(record = "T: Real"))]
struct Bound<T> {
    value: T,
}

// Expands to:

#[automatically_derived]
impl<T> ::npz_core::__private::RecordFields for Bound<T>
where
    T: Real,
{
    const LAYOUT: ::npz_core::__private::record::Layout = ::npz_core::__private::record::Layout::Packed;
    const ALLOW_UNEXPECTED: ::core::primitive::bool = false;
    fn pass(
        __pass: ::npz_core::__private::record::Pass<'_, '_, Self>,
    ) -> ::npz_core::__private::Result<()> {
        match __pass {
            ::npz_core::__private::record::Pass::List(__to) => {
                ::npz_core::__private::record::Fields::field::<T>(__to, "value");
            }
            ::npz_core::__private::record::Pass::Put(__items, __to) => {
                ::npz_core::__private::record::Encoder::field::<
                    Self,
                    T,
                >(__to, __items, |__item| &__item.value)?;
            }
            ::npz_core::__private::record::Pass::Take(__from, __out) => {
                let mut __column0 = ::npz_core::__private::record::Decoder::field::<
                    T,
                >(__from)?;
                ::npz_core::__private::record::Decoder::build(
                    __from,
                    __out,
                    || ::core::option::Option::Some(Self {
                        value: ::core::iter::Iterator::next(&mut __column0)?,
                    }),
                );
            }
        }
        ::npz_core::__private::Result::Ok(())
    }
}
#[automatically_derived]
impl<T> ::npz_core::__private::Element for Bound<T>
where
    T: Real,
{
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
impl<T> ::npz_core::__private::FixedElement for Bound<T>
where
    T: Real,
{
    fn alignment() -> ::core::primitive::usize {
        ::npz_core::__private::record::alignment::<Self>()
    }
}
