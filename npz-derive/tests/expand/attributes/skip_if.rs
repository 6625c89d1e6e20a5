#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(skip_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[npz(skip_if = "is_one", default = "one", rename = "s")]
    scale: f32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        if !Vec::is_empty(&self.notes) {
            ::npz_core::__private::Plan::field(__plan, "notes", &self.notes)?;
        }
        if !is_one(&self.scale) {
            ::npz_core::__private::Plan::field(__plan, "s", &self.scale)?;
        }
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Model {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_or_default::<Vec<String>>(__at, "notes");
        ::npz_core::__private::Expect::field_of_or_default::<f32>(__at, "s", "scale");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            notes: ::npz_core::__private::Node::field_or_else::<
                Vec<String>,
            >(__at, "notes", <Vec<String> as ::core::default::Default>::default)?,
            scale: ::npz_core::__private::Node::field_of_or_else::<
                f32,
            >(__at, "s", "scale", one)?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Vec<String>,
        >(
            __at,
            "notes",
            "notes",
            &mut self.notes,
            ::core::option::Option::Some(
                <Vec<String> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "s", "scale", &mut self.scale, ::core::option::Option::Some(one))?;
        ::npz_core::__private::Result::Ok(())
    }
}
