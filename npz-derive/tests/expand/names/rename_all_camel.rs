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
        ::npz_core::__private::Expect::field::<u32>(__at, "hiddenSize");
        ::npz_core::__private::Expect::field::<u32>(__at, "type");
        ::npz_core::__private::Expect::field::<u32>(__at, "numLayers_v2");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            hidden_size: ::npz_core::__private::Node::field::<u32>(__at, "hiddenSize")?,
            r#type: ::npz_core::__private::Node::field::<u32>(__at, "type")?,
            num_layers: ::npz_core::__private::Node::field::<u32>(__at, "numLayers_v2")?,
        })
    }
}
