//! Any serde type as one text entry: for hyperparameters and the like.
//!
//! What `#[npz(json)]` calls, and usable as `#[npz(with = "npz_core::json")]`.

use ndarray::{Ix0, arr0};
use serde::{Serialize, de::DeserializeOwned};

use super::{Expect, Node, Plan};
use crate::error::{Error, ErrorKind, Result};

/// Plans `value` as JSON text.
///
/// # Errors
/// When serde can't write it as JSON.
pub fn plan<T: Serialize + ?Sized>(value: &T, plan: &mut Plan<'_>) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|error| {
        let message = format!("can't be written as JSON: {error}");
        Error::new(ErrorKind::Value, message).with_source(error)
    })?;
    plan.array(arr0(text))
}

/// Needs a text.
pub fn expect(at: &mut Expect<'_>) {
    at.array::<String, Ix0>();
}

/// Loads a value from JSON text.
///
/// # Errors
/// When the text is no JSON, or not a `T`'s.
pub fn load<T: DeserializeOwned>(at: &Node<'_>) -> Result<T> {
    let text = at.array::<String, Ix0>()?.into_scalar();
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("the JSON text is not of the type expected: {error}");
        at.error(ErrorKind::Value, message).with_source(error)
    })
}
