// Variants with fields have their names in an entry beside these; one without is like a unit.
#[derive(SaveNpz, LoadNpz)]
enum Layer<A> {
    Identity,
    Linear {
        weight: Array2<A>,
        #[npz(default)]
        bias: Array1<A>,
    },
    Scale(f32),
    Pair(f32, #[npz(rename = "second")] f64),
    Cached(#[npz(skip)] Vec<A>),
    Nothing {},
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::SaveNpz for Layer<A>
where
    A: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        match self {
            Self::Identity => {
                ::npz_core::__private::Plan::bare_variant(__plan, "Identity")?;
            }
            Self::Linear { weight: __0, bias: __1 } => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::Some("variant"),
                    "Linear",
                )?;
                ::npz_core::__private::Plan::field(__plan, "weight", __0)?;
                ::npz_core::__private::Plan::field(__plan, "bias", __1)?;
            }
            Self::Scale(__0) => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::Some("variant"),
                    "Scale",
                )?;
                ::npz_core::__private::Plan::field(__plan, "0", __0)?;
            }
            Self::Pair(__0, __1) => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::Some("variant"),
                    "Pair",
                )?;
                ::npz_core::__private::Plan::field(__plan, "0", __0)?;
                ::npz_core::__private::Plan::field(__plan, "second", __1)?;
            }
            Self::Cached(_) => {
                ::npz_core::__private::Plan::bare_variant(__plan, "Cached")?;
            }
            Self::Nothing {} => {
                ::npz_core::__private::Plan::bare_variant(__plan, "Nothing")?;
            }
        }
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Layer<A>
where
    A: ::npz_core::__private::Element,
    Array1<A>: ::core::default::Default,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::variant(
            __at,
            "variant",
            &["Identity", "Cached", "Nothing"],
            &["Linear", "Scale", "Pair"],
            |__at, __variant| match __variant {
                "Linear" => {
                    ::npz_core::__private::Expect::field::<Array2<A>>(__at, "weight");
                    ::npz_core::__private::Expect::field_or_default::<
                        Array1<A>,
                    >(__at, "bias");
                }
                "Scale" => {
                    ::npz_core::__private::Expect::field::<f32>(__at, "0");
                }
                "Pair" => {
                    ::npz_core::__private::Expect::field::<f32>(__at, "0");
                    ::npz_core::__private::Expect::field_of::<f64>(__at, "second", "1");
                }
                _ => {}
            },
        );
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        match ::npz_core::__private::Node::variant(
            __at,
            "variant",
            &["Identity", "Cached", "Nothing"],
            &["Linear", "Scale", "Pair"],
        )? {
            "Identity" => ::npz_core::__private::Result::Ok(Self::Identity),
            "Linear" => {
                ::npz_core::__private::Result::Ok(Self::Linear {
                    weight: ::npz_core::__private::Node::field::<
                        Array2<A>,
                    >(__at, "weight")?,
                    bias: ::npz_core::__private::Node::field_or_else::<
                        Array1<A>,
                    >(__at, "bias", <Array1<A> as ::core::default::Default>::default)?,
                })
            }
            "Scale" => {
                ::npz_core::__private::Result::Ok(
                    Self::Scale(::npz_core::__private::Node::field::<f32>(__at, "0")?),
                )
            }
            "Pair" => {
                ::npz_core::__private::Result::Ok(
                    Self::Pair(
                        ::npz_core::__private::Node::field::<f32>(__at, "0")?,
                        ::npz_core::__private::Node::field_of::<
                            f64,
                        >(__at, "second", "1")?,
                    ),
                )
            }
            "Cached" => {
                ::npz_core::__private::Result::Ok(
                    Self::Cached(<Vec<A> as ::core::default::Default>::default()),
                )
            }
            "Nothing" => ::npz_core::__private::Result::Ok(Self::Nothing {}),
            __other => {
                ::npz_core::__private::Result::Err(
                    ::npz_core::__private::Node::no_variant(__at, __other),
                )
            }
        }
    }
}
