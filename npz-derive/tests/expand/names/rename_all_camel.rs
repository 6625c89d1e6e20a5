// A name of its own comes before the rule for all.
#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "camelCase")]
struct Config {
    hidden_size: u32,
    r#type: u32,
    #[npz(rename = "numLayers_v2")]
    num_layers: u32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Config {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "hiddenSize", &self.hidden_size)?;
        ::npz_core::__private::Plan::field(__plan, "type", &self.r#type)?;
        ::npz_core::__private::Plan::field(__plan, "numLayers_v2", &self.num_layers)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Config {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_of::<
            u32,
        >(__at, "hiddenSize", "hidden_size");
        ::npz_core::__private::Expect::field::<u32>(__at, "type");
        ::npz_core::__private::Expect::field_of::<
            u32,
        >(__at, "numLayers_v2", "num_layers");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            hidden_size: ::npz_core::__private::Node::field_of::<
                u32,
            >(__at, "hiddenSize", "hidden_size")?,
            r#type: ::npz_core::__private::Node::field::<u32>(__at, "type")?,
            num_layers: ::npz_core::__private::Node::field_of::<
                u32,
            >(__at, "numLayers_v2", "num_layers")?,
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
            "hiddenSize",
            "hidden_size",
            &mut self.hidden_size,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field::<
            u32,
        >(__at, "type", "type", &mut self.r#type, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            u32,
        >(
            __at,
            "numLayers_v2",
            "num_layers",
            &mut self.num_layers,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
