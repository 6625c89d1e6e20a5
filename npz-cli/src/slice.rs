//! NumPy slice syntax.
