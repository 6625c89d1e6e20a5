// What holds itself needs no bound for itself.
#[derive(SaveNpz, LoadNpz)]
struct Tree<A> {
    value: Array1<A>,
    children: Vec<Tree<A>>,
    left: Option<Box<Self>>,
    named: BTreeMap<String, self::Tree<A>>,
    wrapped: Wrapper<Tree<A>>,
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::SaveNpz for Tree<A>
where
    A: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "value", &self.value)?;
        ::npz_core::__private::Plan::field(__plan, "children", &self.children)?;
        ::npz_core::__private::Plan::field(__plan, "left", &self.left)?;
        ::npz_core::__private::Plan::field(__plan, "named", &self.named)?;
        ::npz_core::__private::Plan::field(__plan, "wrapped", &self.wrapped)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Tree<A>
where
    A: ::npz_core::__private::Element,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array1<A>>(__at, "value");
        ::npz_core::__private::Expect::field::<Vec<Tree<A>>>(__at, "children");
        ::npz_core::__private::Expect::field::<Option<Box<Self>>>(__at, "left");
        ::npz_core::__private::Expect::field::<
            BTreeMap<String, self::Tree<A>>,
        >(__at, "named");
        ::npz_core::__private::Expect::field::<Wrapper<Tree<A>>>(__at, "wrapped");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            value: ::npz_core::__private::Node::field::<Array1<A>>(__at, "value")?,
            children: ::npz_core::__private::Node::field::<
                Vec<Tree<A>>,
            >(__at, "children")?,
            left: ::npz_core::__private::Node::field::<Option<Box<Self>>>(__at, "left")?,
            named: ::npz_core::__private::Node::field::<
                BTreeMap<String, self::Tree<A>>,
            >(__at, "named")?,
            wrapped: ::npz_core::__private::Node::field::<
                Wrapper<Tree<A>>,
            >(__at, "wrapped")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array1<A>,
        >(__at, "value", "value", &mut self.value, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Vec<Tree<A>>,
        >(
            __at,
            "children",
            "children",
            &mut self.children,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field::<
            Option<Box<Self>>,
        >(__at, "left", "left", &mut self.left, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            BTreeMap<String, self::Tree<A>>,
        >(__at, "named", "named", &mut self.named, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Wrapper<Tree<A>>,
        >(__at, "wrapped", "wrapped", &mut self.wrapped, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
