// Defaults stay with the struct, bounds and where-clauses come along.
#[derive(SaveNpz, LoadNpz)]
struct Grid<A: Clone = f32, D = Ix2, const N: usize = 3>
where
    D: Dimension,
{
    cells: Array<A, D>,
    spacing: [f64; N],
}

// Expands to:

#[automatically_derived]
impl<A: Clone, D, const N: usize> ::npz_core::__private::SaveNpz for Grid<A, D, N>
where
    D: Dimension,
    A: ::npz_core::__private::Element,
    D: ::npz_core::__private::Dimension,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "cells", &self.cells)?;
        ::npz_core::__private::Plan::field(__plan, "spacing", &self.spacing)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A: Clone, D, const N: usize> ::npz_core::__private::LoadNpz for Grid<A, D, N>
where
    D: Dimension,
    A: ::npz_core::__private::Element,
    D: ::npz_core::__private::Dimension + 'static,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array<A, D>>(__at, "cells");
        ::npz_core::__private::Expect::field::<[f64; N]>(__at, "spacing");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            cells: ::npz_core::__private::Node::field::<Array<A, D>>(__at, "cells")?,
            spacing: ::npz_core::__private::Node::field::<[f64; N]>(__at, "spacing")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array<A, D>,
        >(__at, "cells", "cells", &mut self.cells, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            [f64; N],
        >(__at, "spacing", "spacing", &mut self.spacing, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
