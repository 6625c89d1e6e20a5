// Attributes add up, in one pair of brackets or in many.
#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "UPPERCASE")]
#[npz(crate = "npz",)]
#[npz()]
struct Model {
    #[npz(default)]
    #[npz(rename = "w")]
    weight: Array2<f32>,
}

// Expands to:

#[automatically_derived]
impl npz::__private::SaveNpz for Model {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut npz::__private::Plan<'__npz>,
    ) -> npz::__private::Result<()> {
        npz::__private::Plan::field(__plan, "w", &self.weight)?;
        npz::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl npz::__private::LoadNpz for Model {
    fn expect(__at: &mut npz::__private::Expect<'_>) {
        npz::__private::Expect::field_of_or_default::<Array2<f32>>(__at, "w", "weight");
    }
    fn load(__at: &npz::__private::Node<'_>) -> npz::__private::Result<Self> {
        npz::__private::Result::Ok(Self {
            weight: npz::__private::Node::field_of_or_else::<
                Array2<f32>,
            >(__at, "w", "weight", <Array2<f32> as ::core::default::Default>::default)?,
        })
    }
    fn update(&mut self, __at: &npz::__private::Node<'_>) -> npz::__private::Result<()> {
        npz::__private::Node::update_field::<
            Array2<f32>,
        >(
            __at,
            "w",
            "weight",
            &mut self.weight,
            ::core::option::Option::Some(
                <Array2<f32> as ::core::default::Default>::default,
            ),
        )?;
        npz::__private::Result::Ok(())
    }
}
