// Fields with the names of generated variables.
#[derive(SaveNpz, LoadNpz)]
struct Locals {
    __plan: f32,
    __at: f32,
    plan: f32,
}

// Expands to:

#[automatically_derived]
impl ::npz_core::__private::SaveNpz for Locals {
    fn plan<'__npz>(
        &'__npz self,
        __plan: &mut ::npz_core::__private::Plan<'__npz>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Plan::field(__plan, "__plan", &self.__plan)?;
        ::npz_core::__private::Plan::field(__plan, "__at", &self.__at)?;
        ::npz_core::__private::Plan::field(__plan, "plan", &self.plan)?;
        ::npz_core::__private::Result::Ok(())
    }
}

#[automatically_derived]
impl ::npz_core::__private::LoadNpz for Locals {
    fn expect(__at: &mut ::npz_core::__private::Expect<'_>) {
        ::npz_core::__private::Expect::field::<f32>(__at, "__plan");
        ::npz_core::__private::Expect::field::<f32>(__at, "__at");
        ::npz_core::__private::Expect::field::<f32>(__at, "plan");
    }
    fn load(
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<Self> {
        ::npz_core::__private::Result::Ok(Self {
            __plan: ::npz_core::__private::Node::field::<f32>(__at, "__plan")?,
            __at: ::npz_core::__private::Node::field::<f32>(__at, "__at")?,
            plan: ::npz_core::__private::Node::field::<f32>(__at, "plan")?,
        })
    }
    fn update(
        &mut self,
        __at: &::npz_core::__private::Node<'_>,
    ) -> ::npz_core::__private::Result<()> {
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "__plan", "__plan", &mut self.__plan, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "__at", "__at", &mut self.__at, ::core::option::Option::None)?;
        ::npz_core::__private::Node::update_field::<
            f32,
        >(__at, "plan", "plan", &mut self.plan, ::core::option::Option::None)?;
        ::npz_core::__private::Result::Ok(())
    }
}
