#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(optional)]
    momentum: f32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "momentum", &self.momentum)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_or_default::<f32>(__at, "momentum");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            momentum: ::npz_core::__private::Node::field_or_else::<
                f32,
            >(__at, "momentum", <f32 as ::core::default::Default>::default)?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            f32,
        >(
            __at,
            "momentum",
            "momentum",
            &mut self.momentum,
            ::core::option::Option::Some(<f32 as ::core::default::Default>::default),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
