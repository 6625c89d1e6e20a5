#[derive(SaveNpz, LoadNpz)]
#[npz(crate = "my_facade::reexport::npz")]
struct Model<A> {
    weight: Array2<A>,
}

// Expands to:

#[automatically_derived]
impl<A> my_facade::reexport::npz::__private::SaveNpz for Model<A>
where
    A: my_facade::reexport::npz::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut my_facade::reexport::npz::__private::Plan<'__npz>,
    ) -> my_facade::reexport::npz::__private::Result<()> {
        my_facade::reexport::npz::__private::Plan::field(
            __plan,
            "weight",
            &self.weight,
        )?;
        my_facade::reexport::npz::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A> my_facade::reexport::npz::__private::LoadNpz for Model<A>
where
    A: my_facade::reexport::npz::__private::Element,
{
    fn expect(__at: &mut my_facade::reexport::npz::__private::Expect<'_>) {
        my_facade::reexport::npz::__private::Expect::field::<Array2<A>>(__at, "weight");
    }
    fn load(
        __at: &my_facade::reexport::npz::__private::Node<'_>,
    ) -> my_facade::reexport::npz::__private::Result<Self> {
        my_facade::reexport::npz::__private::Result::Ok(Self {
            weight: my_facade::reexport::npz::__private::Node::field::<
                Array2<A>,
            >(__at, "weight")?,
        })
    }
    fn update(
        &mut self,
        __at: &my_facade::reexport::npz::__private::Node<'_>,
    ) -> my_facade::reexport::npz::__private::Result<()> {
        my_facade::reexport::npz::__private::Node::update_field::<
            Array2<A>,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        my_facade::reexport::npz::__private::Result::Ok(())
    }
}
