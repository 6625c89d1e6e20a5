//! Derive macros of npz-core.
