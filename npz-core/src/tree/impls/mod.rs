//! `SaveNpz`, `LoadNpz` and `ViewNpz` for the types of others, by family.

mod any;
mod array;
pub mod leaf;
mod list;
mod map;
mod pointer;
mod scalar;
mod tuple;
mod view;
