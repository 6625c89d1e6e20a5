// Keys get no bound, unless they are parameters: then the map is the leaf.
#[derive(SaveNpz, LoadNpz)]
struct Maps<A, K, V, H> {
    named: HashMap<String, Array1<A>>,
    sorted: BTreeMap<Key, Vec<V>>,
    generic: BTreeMap<K, V>,
    hashed: HashMap<String, V, H>,
    plain_hasher: HashMap<String, V, FxBuildHasher>,
}

// Expands to:

#[automatically_derived]
impl<A, K, V, H> ::npz_core::__private::SaveNpz for Maps<A, K, V, H>
where
    A: ::npz_core::__private::Element,
    V: ::npz_core::__private::SaveNpz,
    BTreeMap<K, V>: ::npz_core::__private::SaveNpz,
    HashMap<String, V, H>: ::npz_core::__private::SaveNpz,
{
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "named", &self.named)?;
        ::npz_core::__private::Plan::field(__plan, "sorted", &self.sorted)?;
        ::npz_core::__private::Plan::field(__plan, "generic", &self.generic)?;
        ::npz_core::__private::Plan::field(__plan, "hashed", &self.hashed)?;
        ::npz_core::__private::Plan::field(__plan, "plain_hasher", &self.plain_hasher)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl<A, K, V, H> ::npz_core::__private::LoadNpz for Maps<A, K, V, H>
where
    A: ::npz_core::__private::Element,
    V: ::npz_core::__private::LoadNpz,
    BTreeMap<K, V>: ::npz_core::__private::LoadNpz,
    HashMap<String, V, H>: ::npz_core::__private::LoadNpz,
{
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<
            HashMap<String, Array1<A>>,
        >(__at, "named");
        ::npz_core::__private::Expect::field::<BTreeMap<Key, Vec<V>>>(__at, "sorted");
        ::npz_core::__private::Expect::field::<BTreeMap<K, V>>(__at, "generic");
        ::npz_core::__private::Expect::field::<HashMap<String, V, H>>(__at, "hashed");
        ::npz_core::__private::Expect::field::<
            HashMap<String, V, FxBuildHasher>,
        >(__at, "plain_hasher");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            named: ::npz_core::__private::Node::field::<
                HashMap<String, Array1<A>>,
            >(__at, "named")?,
            sorted: ::npz_core::__private::Node::field::<
                BTreeMap<Key, Vec<V>>,
            >(__at, "sorted")?,
            generic: ::npz_core::__private::Node::field::<
                BTreeMap<K, V>,
            >(__at, "generic")?,
            hashed: ::npz_core::__private::Node::field::<
                HashMap<String, V, H>,
            >(__at, "hashed")?,
            plain_hasher: ::npz_core::__private::Node::field::<
                HashMap<String, V, FxBuildHasher>,
            >(__at, "plain_hasher")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            HashMap<String, Array1<A>>,
        >(__at, "named", "named", &mut self.named, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            BTreeMap<Key, Vec<V>>,
        >(__at, "sorted", "sorted", &mut self.sorted, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            BTreeMap<K, V>,
        >(__at, "generic", "generic", &mut self.generic, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            HashMap<String, V, H>,
        >(__at, "hashed", "hashed", &mut self.hashed, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            HashMap<String, V, FxBuildHasher>,
        >(
            __at,
            "plain_hasher",
            "plain_hasher",
            &mut self.plain_hasher,
            ::core::option::Option::None,
        )?;
        ::npz_core::__private::Result::Ok(())
    }
}
