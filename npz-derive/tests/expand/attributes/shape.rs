#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(shape(vocab, dim))]
    embed: Array2<f32>,
    #[npz(shape = "dim, 3, _", rename = "k", alias = "kernel")]
    conv: Array3<f32>,
    #[npz(shape())]
    scale: ArrayD<f32>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "embed", &self.embed)?;
        ::npz_core::__private::Plan::field(__plan, "k", &self.conv)?;
        ::npz_core::__private::Plan::field(__plan, "scale", &self.scale)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array2<f32>>(__at, "embed");
        ::npz_core::__private::Expect::shape(
            __at,
            "embed",
            "embed",
            &[
                ::npz_core::__private::Dim::Named("vocab"),
                ::npz_core::__private::Dim::Named("dim"),
            ],
        );
        let __name = ::npz_core::__private::Expect::either(__at, &["k", "kernel"]);
        ::npz_core::__private::Expect::field_of::<Array3<f32>>(__at, __name, "conv");
        ::npz_core::__private::Expect::shape(
            __at,
            __name,
            "conv",
            &[
                ::npz_core::__private::Dim::Named("dim"),
                ::npz_core::__private::Dim::Exact(3),
                ::npz_core::__private::Dim::Any,
            ],
        );
        ::npz_core::__private::Expect::field::<ArrayD<f32>>(__at, "scale");
        ::npz_core::__private::Expect::shape(__at, "scale", "scale", &[]);
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            embed: ::npz_core::__private::Node::field::<Array2<f32>>(__at, "embed")?,
            conv: ::npz_core::__private::Node::field_of::<
                Array3<f32>,
            >(
                __at,
                ::npz_core::__private::Node::either(__at, &["k", "kernel"]),
                "conv",
            )?,
            scale: ::npz_core::__private::Node::field::<ArrayD<f32>>(__at, "scale")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<f32>,
        >(__at, "embed", "embed", &mut self.embed, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Array3<f32>,
        >(
            __at,
            ::npz_core::__private::Node::either(__at, &["k", "kernel"]),
            "conv",
            &mut self.conv,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field::<
            ArrayD<f32>,
        >(__at, "scale", "scale", &mut self.scale, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
