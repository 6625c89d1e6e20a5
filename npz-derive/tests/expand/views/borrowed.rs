#[derive(ViewNpz)]
#[npz(rename_all = "camelCase")]
struct Model<'a, A, T> {
    embed_tokens: ArrayView2<'a, A>,
    layers: Vec<Linear<'a, A>>,
    #[npz(default = "one")]
    scale: f32,
    #[npz(flatten)]
    rest: T,
    #[npz(skip)]
    cache: Vec<T>,
}

// Expands to:

#[automatically_derived]
impl<'a, A, T> ::npz_core::__private::ViewNpz<'a> for Model<'a, A, T>
where
    A: ::npz_core::__private::Element,
    Linear<'a, A>: ::npz_core::__private::ViewNpz<'a>,
    T: ::npz_core::__private::ViewNpz<'a>,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::view_field_of::<
            ArrayView2<'a, A>,
        >(__at, "embedTokens", "embed_tokens");
        ::npz_core::__private::Expect::view_field::<Vec<Linear<'a, A>>>(__at, "layers");
        ::npz_core::__private::Expect::view_field_or_default::<f32>(__at, "scale");
        ::npz_core::__private::Expect::view_flatten::<
            T,
        >(__at, &["embedTokens", "layers", "scale"]);
    }
    fn view(
        __at: &::npz_core::__private::ViewNode<'_, 'a>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            embed_tokens: ::npz_core::__private::ViewNode::field_of::<
                ArrayView2<'a, A>,
            >(__at, "embedTokens", "embed_tokens")?,
            layers: ::npz_core::__private::ViewNode::field::<
                Vec<Linear<'a, A>>,
            >(__at, "layers")?,
            scale: ::npz_core::__private::ViewNode::field_or_else::<
                f32,
            >(__at, "scale", one)?,
            rest: ::npz_core::__private::ViewNode::flatten::<
                T,
            >(__at, &["embedTokens", "layers", "scale"])?,
            cache: <Vec<T> as ::core::default::Default>::default(),
        })
    }
}
