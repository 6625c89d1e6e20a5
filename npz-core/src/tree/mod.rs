//! Values as trees of named arrays: the traits behind the derives, and what they talk to.
//!
//! Saving describes first and writes then: a value lists its arrays in a [`Plan`], which checks
//! all names before the first byte. Loading asks first and reads then: a type tells an
//! [`Expect`] what it needs, which is held against the file's headers, and only when all of it
//! is there does a [`Node`] read the data.

mod ahead;
mod expect;
mod impls;
#[cfg(feature = "json")]
pub mod json;
mod load;
mod migrate;
mod names;
mod node;
mod place;
mod plan;
mod report;
mod save;
mod schema;
mod view;

pub use self::expect::Expect;
pub use self::impls::leaf;
pub use self::load::LoadNpz;
pub use self::migrate::Migration;
pub use self::node::{Node, ViewNode};
pub use self::plan::Plan;
pub use self::report::{LoadReport, Missing};
pub use self::save::SaveNpz;
pub(crate) use self::save::save_all;
pub use self::schema::{Dim, Schema, SchemaEntry};
pub use self::view::{ViewNpz, ViewSource};
