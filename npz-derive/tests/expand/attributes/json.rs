#[derive(SaveNpz, LoadNpz)]
struct Run {
    #[npz(json)]
    settings: Settings,
    #[npz(json, default)]
    notes: Vec<Note>,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Run {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field_with(
            __plan,
            "settings",
            |__plan| ::npz_core::__private::json!(plan)(&self.settings, __plan),
        )?;
        ::npz_core::__private::Plan::field_with(
            __plan,
            "notes",
            |__plan| ::npz_core::__private::json!(plan)(&self.notes, __plan),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Run {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field_with(
            __at,
            "settings",
            "settings",
            ::npz_core::__private::json!(expect),
        );
        ::npz_core::__private::Expect::field_with_or_default(
            __at,
            "notes",
            "notes",
            ::npz_core::__private::json!(expect),
        );
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            settings: ::npz_core::__private::Node::field_with::<
                Settings,
            >(__at, "settings", "settings", ::npz_core::__private::json!(load))?,
            notes: ::npz_core::__private::Node::field_with_or_else::<
                Vec<Note>,
            >(
                __at,
                "notes",
                "notes",
                ::npz_core::__private::json!(load),
                <Vec<Note> as ::core::default::Default>::default,
            )?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field_with::<
            Settings,
        >(
            __at,
            "settings",
            "settings",
            &mut self.settings,
            ::npz_core::__private::json!(load),
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field_with::<
            Vec<Note>,
        >(
            __at,
            "notes",
            "notes",
            &mut self.notes,
            ::npz_core::__private::json!(load),
            ::core::option::Option::Some(
                <Vec<Note> as ::core::default::Default>::default,
            ),
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
