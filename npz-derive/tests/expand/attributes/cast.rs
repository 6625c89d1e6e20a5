#[derive(LoadNpz)]
struct Weights<A> {
    #[npz(cast)]
    embed: Array2<f64>,
    #[npz(cast = "any", default)]
    mask: Array1<u8>,
    #[npz(cast, flatten)]
    layers: Layers<A>,
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Weights<A>
where
    Layers<A>: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<
            Array2<f64>,
        >(
            &mut ::npz_core::__private::Expect::cast(
                __at,
                ::npz_core::__private::Cast::Lossless,
            ),
            "embed",
        );
        ::npz_core::__private::Expect::field_or_default::<
            Array1<u8>,
        >(
            &mut ::npz_core::__private::Expect::cast(
                __at,
                ::npz_core::__private::Cast::Any,
            ),
            "mask",
        );
        ::npz_core::__private::Expect::flatten::<
            Layers<A>,
        >(
            &mut ::npz_core::__private::Expect::cast(
                __at,
                ::npz_core::__private::Cast::Lossless,
            ),
            &["embed", "mask"],
        );
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            embed: ::npz_core::__private::Node::field::<
                Array2<f64>,
            >(
                &::npz_core::__private::Node::cast(
                    __at,
                    ::npz_core::__private::Cast::Lossless,
                ),
                "embed",
            )?,
            mask: ::npz_core::__private::Node::field_or_else::<
                Array1<u8>,
            >(
                &::npz_core::__private::Node::cast(
                    __at,
                    ::npz_core::__private::Cast::Any,
                ),
                "mask",
                <Array1<u8> as ::core::default::Default>::default,
            )?,
            layers: ::npz_core::__private::Node::flatten::<
                Layers<A>,
            >(
                &::npz_core::__private::Node::cast(
                    __at,
                    ::npz_core::__private::Cast::Lossless,
                ),
                &["embed", "mask"],
            )?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<f64>,
        >(
            &::npz_core::__private::Node::cast(
                __at,
                ::npz_core::__private::Cast::Lossless,
            ),
            "embed",
            "embed",
            &mut self.embed,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field::<
            Array1<u8>,
        >(
            &::npz_core::__private::Node::cast(__at, ::npz_core::__private::Cast::Any),
            "mask",
            "mask",
            &mut self.mask,
            ::core::option::Option::Some(
                <Array1<u8> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Node::update_flatten::<
            Layers<A>,
        >(
            &::npz_core::__private::Node::cast(
                __at,
                ::npz_core::__private::Cast::Lossless,
            ),
            &["embed", "mask"],
            &mut self.layers,
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
