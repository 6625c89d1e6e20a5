//! Elements as values of their own: alone an array without dimensions, in lists one array of one
//! dimension. `#[derive(NpyRecord)]` makes its impls of these, as the scalars' are made.

use ndarray::{Array0, Array1, ArrayView1, Ix0, Ix1};

use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::npy::{self, Header};
use crate::options::Cast;
use crate::tree::{Expect, Node, Plan};

/// Plans one item.
///
/// # Errors
/// As [`Plan::array`].
pub fn plan<'a, A: Element>(item: &'a A, plan: &mut Plan<'a>) -> Result<()> {
    plan.scalar(item)
}

/// Plans a list.
///
/// # Errors
/// As [`Plan::array`].
pub fn plan_slice<'a, A: Element>(items: &'a [A], plan: &mut Plan<'a>) -> Result<()> {
    plan.array(ArrayView1::from(items))
}

/// Needs one item.
pub fn expect<A: Element>(at: &mut Expect<'_>) {
    at.array::<A, Ix0>();
}

/// Needs a list; of `len` items, if that is given.
pub fn expect_slice<A: Element>(at: &mut Expect<'_>, len: Option<usize>) {
    at.array_where::<A>(Some(1), |header, cast| check_slice::<A>(header, cast, len));
}

/// Reads one item.
///
/// # Errors
/// As [`Node::array`].
pub fn load<A: Element>(at: &Node<'_>) -> Result<A> {
    at.array::<A, Ix0>().map(Array0::into_scalar)
}

/// Reads a list.
///
/// # Errors
/// As [`Node::array`].
pub fn load_slice<A: Element>(at: &Node<'_>) -> Result<Vec<A>> {
    at.array::<A, Ix1>().map(|array| array.into_raw_vec_and_offset().0)
}

fn check_slice<A: Element>(header: &Header, cast: Cast, len: Option<usize>) -> Result<()> {
    npy::check::<A, Ix1>(header, cast)?;
    match len {
        Some(len) if header.shape() != [len] => Err(Error::new(
            ErrorKind::Shape,
            format!("expected shape ({len},), found {}", repr_shape(header.shape())),
        )),
        _ => Ok(()),
    }
}

/// Reads the array of one dimension into a list that exists.
pub fn update_slice<A: Element>(items: &mut Vec<A>, at: &Node<'_>) -> Result<()> {
    let mut array = Array1::from(std::mem::take(items));
    let result = at.array_into(&mut array);
    *items = array.into_raw_vec_and_offset().0;
    result
}
