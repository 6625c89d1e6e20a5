#[derive(SaveNpz, LoadNpz)]
#[npz(separator = "/")]
struct Model {
    layers: Vec<Layer>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "layers", &self.layers)?;
        ::npz_core::__private::Result::Ok(())
    }
    fn separator(&self) -> ::core::option::Option<&'static ::core::primitive::str> {
        ::core::option::Option::Some("/")
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Vec<Layer>>(__at, "layers");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            layers: ::npz_core::__private::Node::field::<Vec<Layer>>(__at, "layers")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Vec<Layer>,
        >(__at, "layers", "layers", &mut self.layers, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
    fn default_separator() -> ::core::option::Option<&'static ::core::primitive::str> {
        ::core::option::Option::Some("/")
    }
}
