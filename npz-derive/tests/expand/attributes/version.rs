#[derive(SaveNpz, LoadNpz)]
#[npz(version = 3, migrate = "renamed")]
struct Model {
    weight: f32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Result::Ok(())
    }
    fn version(&self) -> ::core::option::Option<::core::primitive::u64> {
        ::core::option::Option::Some(3)
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<f32>(__at, "weight");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field::<f32>(__at, "weight")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
    fn migration() -> ::core::option::Option<::npz_core::__private::Migration> {
        ::core::option::Option::Some(::npz_core::__private::Migration {
            version: 3,
            rename: ::core::option::Option::Some(renamed),
        })
    }
}
