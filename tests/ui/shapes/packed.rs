//! Fields of a packed struct can't be borrowed, which the compiler says at the field.
use npz_core::SaveNpz;

#[derive(SaveNpz)]
#[repr(C, packed)]
struct Packed {
    tag: u8,
    value: f64,
}

fn main() {}
