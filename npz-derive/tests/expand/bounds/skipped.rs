// What is skipped needs a `Default`, if that depends on a parameter.
#[derive(SaveNpz, LoadNpz)]
struct Model<A, B, C, D, E, F, G, H> {
    #[npz(skip)]
    bare: A,
    #[npz(skip)]
    empty: (Vec<B>, Option<B>, PhantomData<B>, HashMap<B, B>, Box<[B]>),
    #[npz(skip)]
    boxed: Box<C>,
    #[npz(skip)]
    fixed: ([D; 3], Arc<E>),
    #[npz(skip)]
    user: Cache<F>,
    #[npz(skip)]
    hashed: HashMap<u32, u32, G>,
    #[npz(skip, default = "make")]
    made: H,
    #[npz(skip)]
    itself: Option<Box<Self>>,
}

// Expands to:

#[automatically_derived]
impl<A, B, C, D, E, F, G, H> ::npz_core::__private::SaveNpz
for Model<A, B, C, D, E, F, G, H> {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, B, C, D, E, F, G, H> ::npz_core::__private::LoadNpz
for Model<A, B, C, D, E, F, G, H>
where
    A: ::core::default::Default,
    C: ::core::default::Default,
    D: ::core::default::Default,
    E: ::core::default::Default,
    Cache<F>: ::core::default::Default,
    HashMap<u32, u32, G>: ::core::default::Default,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {}
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            bare: <A as ::core::default::Default>::default(),
            empty: <(
                Vec<B>,
                Option<B>,
                PhantomData<B>,
                HashMap<B, B>,
                Box<[B]>,
            ) as ::core::default::Default>::default(),
            boxed: <Box<C> as ::core::default::Default>::default(),
            fixed: <([D; 3], Arc<E>) as ::core::default::Default>::default(),
            user: <Cache<F> as ::core::default::Default>::default(),
            hashed: <HashMap<u32, u32, G> as ::core::default::Default>::default(),
            made: make(),
            itself: <Option<Box<Self>> as ::core::default::Default>::default(),
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Result::Ok(())
    }
}
