// Replaces what this one field would have added.
#[derive(SaveNpz, LoadNpz)]
struct Twig<A> {
    length: Array0<A>,
    #[npz(bound = "")]
    branches: Vec<Branch<A>>,
    #[npz(bound(load = "A: Clone"))]
    leaf: Leaf<A>,
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::SaveNpz for Twig<A>
where
    A: ::npz_core::__private::Element,
    Leaf<A>: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "length", &self.length)?;
        ::npz_core::__private::Plan::field(__plan, "branches", &self.branches)?;
        ::npz_core::__private::Plan::field(__plan, "leaf", &self.leaf)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Twig<A>
where
    A: ::npz_core::__private::Element,
    A: Clone,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array0<A>>(__at, "length");
        ::npz_core::__private::Expect::field::<Vec<Branch<A>>>(__at, "branches");
        ::npz_core::__private::Expect::field::<Leaf<A>>(__at, "leaf");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            length: ::npz_core::__private::Node::field::<Array0<A>>(__at, "length")?,
            branches: ::npz_core::__private::Node::field::<
                Vec<Branch<A>>,
            >(__at, "branches")?,
            leaf: ::npz_core::__private::Node::field::<Leaf<A>>(__at, "leaf")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array0<A>,
        >(__at, "length", "length", &mut self.length, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Vec<Branch<A>>,
        >(
            __at,
            "branches",
            "branches",
            &mut self.branches,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Node::update_field::<
            Leaf<A>,
        >(__at, "leaf", "leaf", &mut self.leaf, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
