// Fields with the names of generated code, and a variant called as one of its arms.
#[derive(SaveNpz, LoadNpz)]
enum Odd {
    r#Self_ { __plan: f32, __at: f32, __variant: f32, r#type: f32 },
    None,
    __other(f32),
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Odd {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        match self {
            Self::r#Self_ { __plan: __0, __at: __1, __variant: __2, r#type: __3 } => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::Some("variant"),
                    "Self_",
                )?;
                ::npz_core::__private::Plan::field(__plan, "__plan", __0)?;
                ::npz_core::__private::Plan::field(__plan, "__at", __1)?;
                ::npz_core::__private::Plan::field(__plan, "__variant", __2)?;
                ::npz_core::__private::Plan::field(__plan, "type", __3)?;
            }
            Self::None => {
                ::npz_core::__private::Plan::bare_variant(__plan, "None")?;
            }
            Self::__other(__0) => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::Some("variant"),
                    "__other",
                )?;
                ::npz_core::__private::Plan::field(__plan, "0", __0)?;
            }
        }
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Odd {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::variant(
            __at,
            "variant",
            &["None"],
            &["Self_", "__other"],
            |__at, __variant| match __variant {
                "Self_" => {
                    ::npz_core::__private::Expect::field::<f32>(__at, "__plan");
                    ::npz_core::__private::Expect::field::<f32>(__at, "__at");
                    ::npz_core::__private::Expect::field::<f32>(__at, "__variant");
                    ::npz_core::__private::Expect::field::<f32>(__at, "type");
                }
                "__other" => {
                    ::npz_core::__private::Expect::field::<f32>(__at, "0");
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
            &["None"],
            &["Self_", "__other"],
        )? {
            "Self_" => {
                ::npz_core::__private::Result::Ok(Self::r#Self_ {
                    __plan: ::npz_core::__private::Node::field::<f32>(__at, "__plan")?,
                    __at: ::npz_core::__private::Node::field::<f32>(__at, "__at")?,
                    __variant: ::npz_core::__private::Node::field::<
                        f32,
                    >(__at, "__variant")?,
                    r#type: ::npz_core::__private::Node::field::<f32>(__at, "type")?,
                })
            }
            "None" => ::npz_core::__private::Result::Ok(Self::None),
            "__other" => {
                ::npz_core::__private::Result::Ok(
                    Self::__other(::npz_core::__private::Node::field::<f32>(__at, "0")?),
                )
            }
            __other => {
                ::npz_core::__private::Result::Err(
                    ::npz_core::__private::Node::no_variant(__at, __other),
                )
            }
        }
    }
}
