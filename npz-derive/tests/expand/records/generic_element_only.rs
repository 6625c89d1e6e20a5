// Bounds go on what the fields are arrays of. Saving and loading are left to the other derives.
#[derive(NpyRecord)]
#[npz(element_only, crate = "crate::npz")]
struct Generic<T, U, V, const N: usize> {
    values: [[T; N]; 2],
    inner: Inner<U>,
    #[npz(skip)]
    marker: PhantomData<V>,
    fixed: f32,
}

// Expands to:

#[automatically_derived]
impl<T, U, V, const N: usize> crate::npz::__private::RecordFields for Generic<T, U, V, N>
where
    T: crate::npz::__private::RecordField,
    Inner<U>: crate::npz::__private::RecordField,
    Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
{
    const LAYOUT: crate::npz::__private::record::Layout = crate::npz::__private::record::Layout::Packed;
    const ALLOW_UNEXPECTED: ::core::primitive::bool = false;
    fn pass(
        __pass: crate::npz::__private::record::Pass<'_, '_, Self>,
    ) -> crate::npz::__private::Result<()> {
        match __pass {
            crate::npz::__private::record::Pass::List(__to) => {
                crate::npz::__private::record::Fields::field::<
                    [[T; N]; 2],
                >(__to, "values");
                crate::npz::__private::record::Fields::field::<Inner<U>>(__to, "inner");
                crate::npz::__private::record::Fields::field::<f32>(__to, "fixed");
            }
            crate::npz::__private::record::Pass::Put(__items, __to) => {
                crate::npz::__private::record::Encoder::field::<
                    Self,
                    [[T; N]; 2],
                >(__to, __items, |__item| &__item.values)?;
                crate::npz::__private::record::Encoder::field::<
                    Self,
                    Inner<U>,
                >(__to, __items, |__item| &__item.inner)?;
                crate::npz::__private::record::Encoder::field::<
                    Self,
                    f32,
                >(__to, __items, |__item| &__item.fixed)?;
            }
            crate::npz::__private::record::Pass::Take(__from, __out) => {
                let mut __column0 = crate::npz::__private::record::Decoder::field::<
                    [[T; N]; 2],
                >(__from)?;
                let mut __column1 = crate::npz::__private::record::Decoder::field::<
                    Inner<U>,
                >(__from)?;
                let mut __column2 = crate::npz::__private::record::Decoder::field::<
                    f32,
                >(__from)?;
                crate::npz::__private::record::Decoder::build(
                    __from,
                    __out,
                    || ::core::option::Option::Some(Self {
                        values: ::core::iter::Iterator::next(&mut __column0)?,
                        inner: ::core::iter::Iterator::next(&mut __column1)?,
                        marker: <PhantomData<V> as ::core::default::Default>::default(),
                        fixed: ::core::iter::Iterator::next(&mut __column2)?,
                    }),
                );
            }
        }
        crate::npz::__private::Result::Ok(())
    }
}
#[automatically_derived]
impl<T, U, V, const N: usize> crate::npz::__private::Element for Generic<T, U, V, N>
where
    T: crate::npz::__private::RecordField,
    Inner<U>: crate::npz::__private::RecordField,
    Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
{
    fn dtype<'__npz>(
        _: impl ::core::iter::Iterator<Item = &'__npz Self>,
    ) -> crate::npz::__private::Result<crate::npz::__private::DType>
    where
        Self: '__npz,
    {
        crate::npz::__private::record::dtype::<Self>()
    }
    fn encode(
        __items: &[Self],
        __dtype: &crate::npz::__private::DType,
        __out: &mut ::std::vec::Vec<::core::primitive::u8>,
    ) -> crate::npz::__private::Result<()> {
        crate::npz::__private::record::encode(__items, __dtype, __out)
    }
    fn accepts(__dtype: &crate::npz::__private::DType) -> ::core::primitive::bool {
        crate::npz::__private::record::accepts::<Self>(__dtype)
    }
    fn decode(
        __payload: &mut crate::npz::__private::Payload<'_>,
    ) -> crate::npz::__private::Result<::std::vec::Vec<Self>> {
        crate::npz::__private::record::decode(__payload)
    }
    fn faults(
        __dtype: &crate::npz::__private::DType,
        __faults: &mut crate::npz::__private::record::Faults,
    ) {
        crate::npz::__private::record::faults::<Self>(__dtype, __faults)
    }
}
#[automatically_derived]
impl<T, U, V, const N: usize> crate::npz::__private::FixedElement for Generic<T, U, V, N>
where
    T: crate::npz::__private::RecordField,
    Inner<U>: crate::npz::__private::RecordField,
    Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
{
    fn alignment() -> ::core::primitive::usize {
        crate::npz::__private::record::alignment::<Self>()
    }
}
