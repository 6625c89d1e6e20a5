//! Tuples: the children `0`, `1`, …, each of its own type.

use crate::error::Result;
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

impl SaveNpz for () {
    fn plan<'a>(&'a self, _: &mut Plan<'a>) -> Result<()> {
        Ok(())
    }
}

impl LoadNpz for () {
    fn expect(_: &mut Expect<'_>) {}

    fn load(_: &Node<'_>) -> Result<Self> {
        Ok(())
    }
}

macro_rules! tuples {
    ($(($($type:ident $index:tt $name:literal),*);)*) => {$(
        impl<$($type: SaveNpz),*> SaveNpz for ($($type,)*) {
            fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
                $(plan.field($name, &self.$index)?;)*
                Ok(())
            }
        }

        impl<$($type: LoadNpz),*> LoadNpz for ($($type,)*) {
            fn expect(at: &mut Expect<'_>) {
                $(at.field::<$type>($name);)*
            }

            fn load(at: &Node<'_>) -> Result<Self> {
                Ok(($(at.field::<$type>($name)?,)*))
            }

            fn update(&mut self, at: &Node<'_>) -> Result<()> {
                $(at.update_field($name, $name, &mut self.$index, None)?;)*
                Ok(())
            }
        }
    )*};
}

tuples! {
    (A 0 "0");
    (A 0 "0", B 1 "1");
    (A 0 "0", B 1 "1", C 2 "2");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9", K 10 "10");
    (A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9", K 10 "10", L 11 "11");
}
