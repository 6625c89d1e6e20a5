#[derive(SaveNpz, LoadNpz)]
#[npz(version = 1)]
struct Model(f32);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::transparent(__plan, &self.0)?;
        ::npz_core::__private::Result::Ok(())
    }
    fn separator(&self) -> ::core::option::Option<&'static ::core::primitive::str> {
        ::npz_core::__private::SaveNpz::separator(&self.0)
    }
    fn version(&self) -> ::core::option::Option<::core::primitive::u64> {
        ::core::option::Option::Some(1)
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::transparent::<f32>(__at);
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(
            Self(::npz_core::__private::Node::transparent::<f32>(__at)?),
        )
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        <f32 as ::npz_core::__private::LoadNpz>::update(&mut self.0, __at)?;
        ::npz_core::__private::Result::Ok(())
    }
    fn is_leaf() -> ::core::primitive::bool {
        <f32 as ::npz_core::__private::LoadNpz>::is_leaf()
    }
    fn default_separator() -> ::core::option::Option<&'static ::core::primitive::str> {
        <f32 as ::npz_core::__private::LoadNpz>::default_separator()
    }
    fn migration() -> ::core::option::Option<::npz_core::__private::Migration> {
        ::core::option::Option::Some(::npz_core::__private::Migration {
            version: 1,
            rename: ::core::option::Option::None,
        })
    }
}
