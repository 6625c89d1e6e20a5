#[derive(SaveNpz, LoadNpz)]
struct Both(#[npz(flatten)] Left, #[npz(flatten)] Right, f32);

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Both {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::flatten(__plan, &self.0)?;
        ::npz_core::__private::Plan::flatten(__plan, &self.1)?;
        ::npz_core::__private::Plan::field(__plan, "2", &self.2)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Both {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::flatten_beside::<
            Left,
        >(__at, &["2"], &[<Right as ::npz_core::__private::LoadNpz>::expect]);
        ::npz_core::__private::Expect::flatten_beside::<
            Right,
        >(__at, &["2"], &[<Left as ::npz_core::__private::LoadNpz>::expect]);
        ::npz_core::__private::Expect::field::<f32>(__at, "2");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(
            Self(
                ::npz_core::__private::Node::flatten_beside::<
                    Left,
                >(__at, &["2"], &[<Right as ::npz_core::__private::LoadNpz>::expect])?,
                ::npz_core::__private::Node::flatten_beside::<
                    Right,
                >(__at, &["2"], &[<Left as ::npz_core::__private::LoadNpz>::expect])?,
                ::npz_core::__private::Node::field::<f32>(__at, "2")?,
            ),
        )
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_flatten_beside::<
            Left,
        >(
            __at,
            &["2"],
            &[<Right as ::npz_core::__private::LoadNpz>::expect],
            &mut self.0,
        )?;
        ::npz_core::__private::Node::update_flatten_beside::<
            Right,
        >(
            __at,
            &["2"],
            &[<Left as ::npz_core::__private::LoadNpz>::expect],
            &mut self.1,
        )?;
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "2", "2", &mut self.2, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
