#[derive(LoadNpz, ViewNpz)]
#[npz(bound(view = "A: npz_core::Element"))]
struct Branch<A> {
    length: Array1<A>,
    twig: Option<Box<Twig<A>>>,
}

// Expands to:

#[automatically_derived]
impl<A> ::npz_core::__private::LoadNpz for Branch<A>
where
    A: ::npz_core::__private::Element,
    Twig<A>: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array1<A>>(__at, "length");
        ::npz_core::__private::Expect::field::<Option<Box<Twig<A>>>>(__at, "twig");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            length: ::npz_core::__private::Node::field::<Array1<A>>(__at, "length")?,
            twig: ::npz_core::__private::Node::field::<
                Option<Box<Twig<A>>>,
            >(__at, "twig")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array1<A>,
        >(__at, "length", "length", &mut self.length, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Option<Box<Twig<A>>>,
        >(__at, "twig", "twig", &mut self.twig, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<'__npz, A> ::npz_core::__private::ViewNpz<'__npz> for Branch<A>
where
    A: npz_core::Element,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::view_field::<Array1<A>>(__at, "length");
        ::npz_core::__private::Expect::view_field::<Option<Box<Twig<A>>>>(__at, "twig");
    }
    fn view(
        __at: &::npz_core::__private::ViewNode<'_, '__npz>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            length: ::npz_core::__private::ViewNode::field::<Array1<A>>(__at, "length")?,
            twig: ::npz_core::__private::ViewNode::field::<
                Option<Box<Twig<A>>>,
            >(__at, "twig")?,
        })
    }
}
