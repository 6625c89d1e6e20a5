// The item may be more than the parameter.
#[derive(SaveNpz, LoadNpz)]
struct Spectrum<T: Signal> {
    bins: Array1<Complex<T>>,
    points: Array1<[T; 3]>,
    samples: Array1<T::Sample>,
    powers: Array1<<T as Signal>::Power>,
}

// Expands to:

#[automatically_derived]
impl<T: Signal> ::npz_core::__private::SaveNpz for Spectrum<T>
where
    Complex<T>: ::npz_core::__private::Element,
    [T; 3]: ::npz_core::__private::Element,
    T::Sample: ::npz_core::__private::Element,
    <T as Signal>::Power: ::npz_core::__private::Element,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "bins", &self.bins)?;
        ::npz_core::__private::Plan::field(__plan, "points", &self.points)?;
        ::npz_core::__private::Plan::field(__plan, "samples", &self.samples)?;
        ::npz_core::__private::Plan::field(__plan, "powers", &self.powers)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<T: Signal> ::npz_core::__private::LoadNpz for Spectrum<T>
where
    Complex<T>: ::npz_core::__private::Element,
    [T; 3]: ::npz_core::__private::Element,
    T::Sample: ::npz_core::__private::Element,
    <T as Signal>::Power: ::npz_core::__private::Element,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<Array1<Complex<T>>>(__at, "bins");
        ::npz_core::__private::Expect::field::<Array1<[T; 3]>>(__at, "points");
        ::npz_core::__private::Expect::field::<Array1<T::Sample>>(__at, "samples");
        ::npz_core::__private::Expect::field::<
            Array1<<T as Signal>::Power>,
        >(__at, "powers");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            bins: ::npz_core::__private::Node::field::<
                Array1<Complex<T>>,
            >(__at, "bins")?,
            points: ::npz_core::__private::Node::field::<
                Array1<[T; 3]>,
            >(__at, "points")?,
            samples: ::npz_core::__private::Node::field::<
                Array1<T::Sample>,
            >(__at, "samples")?,
            powers: ::npz_core::__private::Node::field::<
                Array1<<T as Signal>::Power>,
            >(__at, "powers")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            Array1<Complex<T>>,
        >(__at, "bins", "bins", &mut self.bins, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Array1<[T; 3]>,
        >(__at, "points", "points", &mut self.points, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Array1<T::Sample>,
        >(__at, "samples", "samples", &mut self.samples, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Array1<<T as Signal>::Power>,
        >(__at, "powers", "powers", &mut self.powers, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
