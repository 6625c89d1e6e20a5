// A parameter alone, and in containers, is a value.
#[derive(SaveNpz, LoadNpz)]
struct Values<S, T, U, V, W, X, Y> {
    bare: S,
    list: Vec<Option<T>>,
    boxed: Box<U>,
    shared: (std::rc::Rc<V>, std::sync::Arc<W>),
    fixed: [[X; 2]; 3],
    slice: Box<[Y]>,
    again: Vec<S>,
}

// Expands to:

#[automatically_derived]
impl<S, T, U, V, W, X, Y> ::npz_core::__private::SaveNpz for Values<S, T, U, V, W, X, Y>
where
    S: ::npz_core::__private::SaveNpz,
    T: ::npz_core::__private::SaveNpz,
    U: ::npz_core::__private::SaveNpz,
    V: ::npz_core::__private::SaveNpz,
    W: ::npz_core::__private::SaveNpz,
    X: ::npz_core::__private::SaveNpz,
    Y: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "bare", &self.bare)?;
        ::npz_core::__private::Plan::field(__plan, "list", &self.list)?;
        ::npz_core::__private::Plan::field(__plan, "boxed", &self.boxed)?;
        ::npz_core::__private::Plan::field(__plan, "shared", &self.shared)?;
        ::npz_core::__private::Plan::field(__plan, "fixed", &self.fixed)?;
        ::npz_core::__private::Plan::field(__plan, "slice", &self.slice)?;
        ::npz_core::__private::Plan::field(__plan, "again", &self.again)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<S, T, U, V, W, X, Y> ::npz_core::__private::LoadNpz for Values<S, T, U, V, W, X, Y>
where
    S: ::npz_core::__private::LoadNpz,
    T: ::npz_core::__private::LoadNpz,
    U: ::npz_core::__private::LoadNpz,
    V: ::npz_core::__private::LoadNpz,
    V: 'static,
    W: ::npz_core::__private::LoadNpz,
    W: 'static,
    X: ::npz_core::__private::LoadNpz,
    Y: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<S>(__at, "bare");
        ::npz_core::__private::Expect::field::<Vec<Option<T>>>(__at, "list");
        ::npz_core::__private::Expect::field::<Box<U>>(__at, "boxed");
        ::npz_core::__private::Expect::field::<
            (std::rc::Rc<V>, std::sync::Arc<W>),
        >(__at, "shared");
        ::npz_core::__private::Expect::field::<[[X; 2]; 3]>(__at, "fixed");
        ::npz_core::__private::Expect::field::<Box<[Y]>>(__at, "slice");
        ::npz_core::__private::Expect::field::<Vec<S>>(__at, "again");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            bare: ::npz_core::__private::Node::field::<S>(__at, "bare")?,
            list: ::npz_core::__private::Node::field::<Vec<Option<T>>>(__at, "list")?,
            boxed: ::npz_core::__private::Node::field::<Box<U>>(__at, "boxed")?,
            shared: ::npz_core::__private::Node::field::<
                (std::rc::Rc<V>, std::sync::Arc<W>),
            >(__at, "shared")?,
            fixed: ::npz_core::__private::Node::field::<[[X; 2]; 3]>(__at, "fixed")?,
            slice: ::npz_core::__private::Node::field::<Box<[Y]>>(__at, "slice")?,
            again: ::npz_core::__private::Node::field::<Vec<S>>(__at, "again")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            S,
        >(__at, "bare", "bare", &mut self.bare, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Vec<Option<T>>,
        >(__at, "list", "list", &mut self.list, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Box<U>,
        >(__at, "boxed", "boxed", &mut self.boxed, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            (std::rc::Rc<V>, std::sync::Arc<W>),
        >(__at, "shared", "shared", &mut self.shared, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            [[X; 2]; 3],
        >(__at, "fixed", "fixed", &mut self.fixed, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Box<[Y]>,
        >(__at, "slice", "slice", &mut self.slice, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            Vec<S>,
        >(__at, "again", "again", &mut self.again, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
