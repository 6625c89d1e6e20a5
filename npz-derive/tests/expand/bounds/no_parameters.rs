// Nothing to bound: what is concrete is checked where it is used.
#[derive(SaveNpz, LoadNpz)]
struct Fixed<'a, const N: usize> {
    weight: Array2<f32>,
    array: [f32; N],
    grid: Grid<N>,
    cow: Cow<'a, str>,
}

// Expands to:

#[automatically_derived]
impl<'a, const N: usize> ::npz_core::__private::SaveNpz for Fixed<'a, N> {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "weight", &self.weight)?;
        ::npz_core::__private::Plan::field(__plan, "array", &self.array)?;
        ::npz_core::__private::Plan::field(__plan, "grid", &self.grid)?;
        ::npz_core::__private::Plan::field(__plan, "cow", &self.cow)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<'a, const N: usize> ::npz_core::__private::LoadNpz for Fixed<'a, N> {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array2<f32>>(__at, "weight");
        ::npz_core::__private::Expect::field::<[f32; N]>(__at, "array");
        ::npz_core::__private::Expect::field::<Grid<N>>(__at, "grid");
        ::npz_core::__private::Expect::field::<Cow<'a, str>>(__at, "cow");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            weight: ::npz_core::__private::Node::field::<Array2<f32>>(__at, "weight")?,
            array: ::npz_core::__private::Node::field::<[f32; N]>(__at, "array")?,
            grid: ::npz_core::__private::Node::field::<Grid<N>>(__at, "grid")?,
            cow: ::npz_core::__private::Node::field::<Cow<'a, str>>(__at, "cow")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array2<f32>,
        >(__at, "weight", "weight", &mut self.weight, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            [f32; N],
        >(__at, "array", "array", &mut self.array, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Grid<N>,
        >(__at, "grid", "grid", &mut self.grid, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Cow<'a, str>,
        >(__at, "cow", "cow", &mut self.cow, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
