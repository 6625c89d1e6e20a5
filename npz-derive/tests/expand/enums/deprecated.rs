#[derive(SaveNpz, LoadNpz)]
enum Activation {
    #[deprecated]
    Relu,
    Gelu,
}

// Expands to:

#[allow(deprecated)]
#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Activation {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        match self {
            Self::Relu => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::None,
                    "Relu",
                )?;
            }
            Self::Gelu => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::None,
                    "Gelu",
                )?;
            }
        }
        ::npz_core::__private::Result::Ok(())
    }
}

#[allow(deprecated)]
#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Activation {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::variant(
            __at,
            "variant",
            &["Relu", "Gelu"],
            &[],
            |_, _| {},
        );
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        match ::npz_core::__private::Node::variant(
            __at,
            "variant",
            &["Relu", "Gelu"],
            &[],
        )? {
            "Relu" => ::npz_core::__private::Result::Ok(Self::Relu),
            "Gelu" => ::npz_core::__private::Result::Ok(Self::Gelu),
            __other => {
                ::npz_core::__private::Result::Err(
                    ::npz_core::__private::Node::no_variant(__at, __other),
                )
            }
        }
    }
    fn is_leaf() -> ::core::primitive::bool {
        true
    }
}
