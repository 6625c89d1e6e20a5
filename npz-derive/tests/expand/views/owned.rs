#[derive(ViewNpz)]
struct Config {
    #[npz(rename = "lr", default)]
    rate: f64,
    names: HashMap<String, String>,
}

// Expands to:

#[automatically_derived]
impl<'__npz> ::npz_core::__private::ViewNpz<'__npz> for Config {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::view_field_of_or_default::<
            f64,
        >(__at, "lr", "rate");
        ::npz_core::__private::Expect::view_field::<
            HashMap<String, String>,
        >(__at, "names");
    }
    fn view(
        __at: &::npz_core::__private::ViewNode<'_, '__npz>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            rate: ::npz_core::__private::ViewNode::field_of_or_else::<
                f64,
            >(__at, "lr", "rate", <f64 as ::core::default::Default>::default)?,
            names: ::npz_core::__private::ViewNode::field::<
                HashMap<String, String>,
            >(__at, "names")?,
        })
    }
}
