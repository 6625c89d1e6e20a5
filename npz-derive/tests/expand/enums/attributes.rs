#[derive(SaveNpz, LoadNpz)]
#[npz(tag = "kind", rename_all = "kebab-case", crate = "npz", separator = "/", version = 2)]
enum Optimizer {
    #[npz(rename_all = "camelCase")]
    AdamW {
        learning_rate: f64,
        #[npz(alias = "v", skip_if = "is_empty", shape(n))]
        second_moment: Array1<f32>,
        #[npz(flatten)]
        rest: BTreeMap<String, f32>,
    },
    #[npz(rename = "sgd")]
    Sgd(#[npz(with = "rate")] Rate, #[npz(skip)] Scratch),
}

// Expands to:

#[automatically_derived]
impl npz::__private::SaveNpz for Optimizer {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut npz::__private::Plan<'__npz>,
    ) -> npz::__private::Result<()> {
        match self {
            Self::AdamW { learning_rate: __0, second_moment: __1, rest: __2 } => {
                npz::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::Some("kind"),
                    "adam-w",
                )?;
                npz::__private::Plan::field(__plan, "learningRate", __0)?;
                if !is_empty(__1) {
                    npz::__private::Plan::field(__plan, "secondMoment", __1)?;
                }
                npz::__private::Plan::flatten(__plan, __2)?;
            }
            Self::Sgd(__0, _) => {
                npz::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::Some("kind"),
                    "sgd",
                )?;
                npz::__private::Plan::field_with(
                    __plan,
                    "0",
                    |__plan| rate::plan(__0, __plan),
                )?;
            }
        }
        npz::__private::Result::Ok(())
    }
    fn separator(&self) -> ::core::option::Option<&'static ::core::primitive::str> {
        ::core::option::Option::Some("/")
    }
    fn version(&self) -> ::core::option::Option<::core::primitive::u64> {
        ::core::option::Option::Some(2)
    }
}

#[automatically_derived]
impl npz::__private::LoadNpz for Optimizer {
    fn expect(__at: &mut npz::__private::Expect<'_>) {
        npz::__private::Expect::variant(
            __at,
            "kind",
            &[],
            &["adam-w", "sgd"],
            |__at, __variant| match __variant {
                "adam-w" => {
                    npz::__private::Expect::field_of::<
                        f64,
                    >(__at, "learningRate", "learning_rate");
                    let __name = npz::__private::Expect::either(
                        __at,
                        &["secondMoment", "v"],
                    );
                    npz::__private::Expect::field_of_or_default::<
                        Array1<f32>,
                    >(__at, __name, "second_moment");
                    npz::__private::Expect::shape(
                        __at,
                        __name,
                        "second_moment",
                        &[npz::__private::Dim::Named("n")],
                    );
                    npz::__private::Expect::flatten::<
                        BTreeMap<String, f32>,
                    >(__at, &["kind", "learningRate", "secondMoment", "v"]);
                }
                "sgd" => {
                    npz::__private::Expect::field_with(__at, "0", "0", rate::expect);
                }
                _ => {}
            },
        );
    }
    fn load(__at: &npz::__private::Node<'_>) -> npz::__private::Result<Self> {
        match npz::__private::Node::variant(__at, "kind", &[], &["adam-w", "sgd"])? {
            "adam-w" => {
                npz::__private::Result::Ok(Self::AdamW {
                    learning_rate: npz::__private::Node::field_of::<
                        f64,
                    >(__at, "learningRate", "learning_rate")?,
                    second_moment: npz::__private::Node::field_of_or_else::<
                        Array1<f32>,
                    >(
                        __at,
                        npz::__private::Node::either(__at, &["secondMoment", "v"]),
                        "second_moment",
                        <Array1<f32> as ::core::default::Default>::default,
                    )?,
                    rest: npz::__private::Node::flatten::<
                        BTreeMap<String, f32>,
                    >(__at, &["kind", "learningRate", "secondMoment", "v"])?,
                })
            }
            "sgd" => {
                npz::__private::Result::Ok(
                    Self::Sgd(
                        npz::__private::Node::field_with::<
                            Rate,
                        >(__at, "0", "0", rate::load)?,
                        <Scratch as ::core::default::Default>::default(),
                    ),
                )
            }
            __other => {
                npz::__private::Result::Err(
                    npz::__private::Node::no_variant(__at, __other),
                )
            }
        }
    }
    fn default_separator() -> ::core::option::Option<&'static ::core::primitive::str> {
        ::core::option::Option::Some("/")
    }
    fn migration() -> ::core::option::Option<npz::__private::Migration> {
        ::core::option::Option::Some(npz::__private::Migration {
            version: 2,
            rename: ::core::option::Option::None,
        })
    }
}
