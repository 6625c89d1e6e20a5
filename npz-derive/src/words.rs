//! Every word that may stand in `#[npz(...)]`. A new attribute starts with a line here; `attr`
//! then reads its value.

use crate::suggest::nearest;

/// What an attribute is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Struct,
    Field,
}

impl On {
    fn described(self) -> &'static str {
        match self {
            On::Struct => "struct",
            On::Field => "field",
        }
    }
}

/// A known word.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) name: &'static str,
    /// How it is written, for messages.
    pub(crate) form: &'static str,
    on: &'static [On],
}

static WORDS: &[Word] = &[
    Word { name: "rename", form: r#"`rename = "name"`"#, on: &[On::Field] },
    Word { name: "skip", form: "`skip`", on: &[On::Field] },
    Word {
        name: "default",
        form: r#"`default` or `default = "path::to::function"`"#,
        on: &[On::Field],
    },
    Word { name: "flatten", form: "`flatten`", on: &[On::Field] },
    Word { name: "cast", form: r#"`cast` or `cast = "any"`"#, on: &[On::Field] },
    Word { name: "rename_all", form: r#"`rename_all = "camelCase"`"#, on: &[On::Struct] },
    Word {
        name: "bound",
        form: r#"`bound = "T: Trait"` or `bound(save = "T: Trait", load = "T: Trait")`"#,
        on: &[On::Struct, On::Field],
    },
    Word { name: "packed", form: "`packed`", on: &[On::Struct] },
    Word { name: "align", form: "`align`", on: &[On::Struct] },
    Word { name: "allow_unexpected", form: "`allow_unexpected`", on: &[On::Struct] },
    Word { name: "element_only", form: "`element_only`", on: &[On::Struct] },
    Word { name: "crate", form: r#"`crate = "path::to::npz_core"`"#, on: &[On::Struct] },
];

/// The known word that is spelled so and may stand `on` this, or what to say about it.
pub(crate) fn find(typed: &str, on: On) -> Result<&'static Word, String> {
    match WORDS.iter().find(|word| word.name == typed) {
        Some(word) if word.on.contains(&on) => Ok(word),
        Some(word) => Err(misplaced(word, on)),
        None => Err(unknown(typed, on)),
    }
}

fn misplaced(word: &Word, on: On) -> String {
    let (right, wrong) = match on {
        On::Field => ("the struct", "a field"),
        On::Struct => ("a field", "the struct"),
    };
    format!("`{}` belongs on {right}, not on {wrong}", word.name)
}

fn unknown(typed: &str, on: On) -> String {
    let here = || WORDS.iter().filter(|word| word.on.contains(&on)).map(|word| word.name);
    let meant = match nearest(typed, here()) {
        Some(name) => format!("did you mean `{name}`? A"),
        None => "a".to_owned(),
    };
    let known: Vec<_> = here().map(|name| format!("`{name}`")).collect();
    let (target, known) = (on.described(), known.join(", "));
    format!("unknown npz attribute `{typed}`; {meant} {target} can have {known}")
}
