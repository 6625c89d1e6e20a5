// A flattened map must leave the named entries alone.
#[derive(SaveNpz, LoadNpz)]
struct Model {
    embed: Array2<f32>,
    #[npz(rename = "head")]
    output: Array2<f32>,
    #[npz(skip)]
    cache: u64,
    #[npz(flatten)]
    rest: BTreeMap<String, ArrayD<f32>>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "embed", &self.embed)?;
        ::npz_core::__private::Plan::field(__plan, "head", &self.output)?;
        ::npz_core::__private::Plan::flatten(__plan, &self.rest)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array2<f32>>(__at, "embed");
        ::npz_core::__private::Expect::field_of::<Array2<f32>>(__at, "head", "output");
        ::npz_core::__private::Expect::flatten::<
            BTreeMap<String, ArrayD<f32>>,
        >(__at, &["embed", "head"]);
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            embed: ::npz_core::__private::Node::field::<Array2<f32>>(__at, "embed")?,
            output: ::npz_core::__private::Node::field_of::<
                Array2<f32>,
            >(__at, "head", "output")?,
            cache: <u64 as ::core::default::Default>::default(),
            rest: ::npz_core::__private::Node::flatten::<
                BTreeMap<String, ArrayD<f32>>,
            >(__at, &["embed", "head"])?,
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
            Array2<f32>,
        >(__at, "head", "output", &mut self.output, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_flatten::<
            BTreeMap<String, ArrayD<f32>>,
        >(__at, &["embed", "head"], &mut self.rest)?;
        ::npz_core::__private::Result::Ok(())
    }
}
