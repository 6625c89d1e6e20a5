// Text in the enum's own place.
#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all = "snake_case")]
enum Activation {
    Relu,
    LeakyRelu,
    #[npz(rename = "swish")]
    SiLU,
}

// Expands to:

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
                    "relu",
                )?;
            }
            Self::LeakyRelu => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::None,
                    "leaky_relu",
                )?;
            }
            Self::SiLU => {
                ::npz_core::__private::Plan::variant(
                    __plan,
                    ::core::option::Option::None,
                    "swish",
                )?;
            }
        }
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Activation {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::variant(
            __at,
            "variant",
            &["relu", "leaky_relu", "swish"],
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
            &["relu", "leaky_relu", "swish"],
            &[],
        )? {
            "relu" => ::npz_core::__private::Result::Ok(Self::Relu),
            "leaky_relu" => ::npz_core::__private::Result::Ok(Self::LeakyRelu),
            "swish" => ::npz_core::__private::Result::Ok(Self::SiLU),
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
