#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "SCREAMING-KEBAB-CASE")]
struct Config {
    hidden_size: u32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Config {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "HIDDEN-SIZE", &self.hidden_size)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Config {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_of::<
            u32,
        >(__at, "HIDDEN-SIZE", "hidden_size");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            hidden_size: ::npz_core::__private::Node::field_of::<
                u32,
            >(__at, "HIDDEN-SIZE", "hidden_size")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            u32,
        >(
            __at,
            "HIDDEN-SIZE",
            "hidden_size",
            &mut self.hidden_size,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
