// `r#` belongs to Rust, not to the name.
#[derive(SaveNpz, LoadNpz)]
struct r#Raw {
    r#type: f32,
    r#match: r#fn::r#Array1<f32>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for r#Raw {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "type", &self.r#type)?;
        ::npz_core::__private::Plan::field(__plan, "match", &self.r#match)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for r#Raw {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<f32>(__at, "type");
        ::npz_core::__private::Expect::field::<r#fn::r#Array1<f32>>(__at, "match");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            r#type: ::npz_core::__private::Node::field::<f32>(__at, "type")?,
            r#match: ::npz_core::__private::Node::field::<
                r#fn::r#Array1<f32>,
            >(__at, "match")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "type", "type", &mut self.r#type, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            r#fn::r#Array1<f32>,
        >(__at, "match", "match", &mut self.r#match, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
