//! `.npy` files: a header, then the elements' bytes.

pub(crate) mod header;

pub use self::header::{Decoded, Header, Order, Version};
