#[derive(ViewNpz)]
struct Weight<'a>(ArrayView2<'a, f32>, #[npz(skip)] PhantomData<&'a ()>);

// Expands to:

#[automatically_derived]
impl<'a> ::npz_core::__private::ViewNpz<'a> for Weight<'a> {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::view_transparent::<ArrayView2<'a, f32>>(__at);
    }
    fn view(
        __at: &::npz_core::__private::ViewNode<'_, 'a>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            0: ::npz_core::__private::ViewNode::transparent::<
                ArrayView2<'a, f32>,
            >(__at)?,
            1: <PhantomData<&'a ()> as ::core::default::Default>::default(),
        })
    }
    fn is_leaf() -> ::core::primitive::bool {
        <ArrayView2<'a, f32> as ::npz_core::__private::ViewNpz<'a>>::is_leaf()
    }
    fn default_separator() -> ::core::option::Option<&'static ::core::primitive::str> {
        <ArrayView2<'a, f32> as ::npz_core::__private::ViewNpz<'a>>::default_separator()
    }
    fn migration() -> ::core::option::Option<::npz_core::__private::Migration> {
        <ArrayView2<'a, f32> as ::npz_core::__private::ViewNpz<'a>>::migration()
    }
}
