#[derive(SaveNpz, LoadNpz)]
struct Model<A> {
    #[npz(default = "Scale::<A>::one")]
    scale: Scale<A>,
    #[npz(default = "<f32 as One>::one")]
    gain: f32,
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::SaveNpz for Model<A>
where
    Scale<A>: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "scale", &self.scale)?;
        ::npz_core::__private::Plan::field(__plan, "gain", &self.gain)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Model<A>
where
    Scale<A>: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_or_default::<Scale<A>>(__at, "scale");
        ::npz_core::__private::Expect::field_or_default::<f32>(__at, "gain");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            scale: ::npz_core::__private::Node::field_or_else::<
                Scale<A>,
            >(__at, "scale", Scale::<A>::one)?,
            gain: ::npz_core::__private::Node::field_or_else::<
                f32,
            >(__at, "gain", <f32 as One>::one)?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Scale<A>,
        >(
            __at,
            "scale",
            "scale",
            &mut self.scale,
            ::core::option::Option::Some(Scale::<A>::one),
        )?;
        ::npz_core::__private::Node::update_field::<
            f32,
        >(
            __at,
            "gain",
            "gain",
            &mut self.gain,
            ::core::option::Option::Some(<f32 as One>::one),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
