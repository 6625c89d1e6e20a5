//! Every word that may stand in `#[npz(...)]`. A new attribute starts with a line here; `attr`
//! then reads its value.

use crate::suggest::nearest;

/// What an attribute is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Struct,
    Enum,
    Variant,
    Field,
}

impl On {
    fn described(self) -> &'static str {
        match self {
            On::Struct => "struct",
            On::Enum => "enum",
            On::Variant => "variant",
            On::Field => "field",
        }
    }

    /// With the article that tells how many of it there are.
    fn one(self) -> &'static str {
        match self {
            On::Struct => "the struct",
            On::Enum => "the enum",
            On::Variant => "a variant",
            On::Field => "a field",
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

impl Word {
    /// Whether the word may be written several times, since every time adds something.
    pub(crate) fn repeats(&self) -> bool {
        self.name == "alias"
    }
}

static WORDS: &[Word] = &[
    Word { name: "rename", form: r#"`rename = "name"`"#, on: &[On::Field, On::Variant] },
    Word { name: "alias", form: r#"`alias = "old"` or `alias("old", "older")`"#, on: &[On::Field] },
    Word { name: "skip", form: "`skip`", on: &[On::Field] },
    Word { name: "skip_if", form: r#"`skip_if = "path::to::function"`"#, on: &[On::Field] },
    Word {
        name: "default",
        form: r#"`default` or `default = "path::to::function"`"#,
        on: &[On::Field],
    },
    Word { name: "optional", form: "`optional`", on: &[On::Field] },
    Word { name: "flatten", form: "`flatten`", on: &[On::Field] },
    Word {
        name: "shape",
        form: r#"`shape(vocab, 3, _)` or `shape = "vocab, 3, _"`"#,
        on: &[On::Field],
    },
    Word { name: "with", form: r#"`with = "path::to::module"`"#, on: &[On::Field] },
    Word { name: "json", form: "`json`", on: &[On::Field] },
    Word { name: "cast", form: r#"`cast` or `cast = "any"`"#, on: &[On::Field] },
    Word {
        name: "rename_all",
        form: r#"`rename_all = "camelCase"`"#,
        on: &[On::Struct, On::Enum, On::Variant],
    },
    Word { name: "tag", form: r#"`tag = "name"`"#, on: &[On::Enum] },
    Word { name: "separator", form: r#"`separator = "/"`"#, on: &[On::Struct, On::Enum] },
    Word { name: "version", form: "`version = 2`", on: &[On::Struct, On::Enum] },
    Word {
        name: "migrate",
        form: r#"`migrate = "path::to::function"`"#,
        on: &[On::Struct, On::Enum],
    },
    Word {
        name: "bound",
        form: r#"`bound = "T: Trait"` or `bound(save = "T: Trait", load = "T: Trait")`"#,
        on: &[On::Struct, On::Enum, On::Field],
    },
    Word { name: "packed", form: "`packed`", on: &[On::Struct] },
    Word { name: "align", form: "`align`", on: &[On::Struct] },
    Word { name: "allow_unexpected", form: "`allow_unexpected`", on: &[On::Struct] },
    Word { name: "element_only", form: "`element_only`", on: &[On::Struct] },
    Word { name: "crate", form: r#"`crate = "path::to::npz_core"`"#, on: &[On::Struct, On::Enum] },
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
    let right: Vec<_> = word.on.iter().map(|on| on.one()).collect();
    let right = match right.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        one => one.concat(),
    };
    format!("`{}` belongs on {right}, not on {}", word.name, on.one())
}

fn unknown(typed: &str, on: On) -> String {
    let here = || WORDS.iter().filter(|word| word.on.contains(&on)).map(|word| word.name);
    let (article, capital) = if on == On::Enum { ("an", "An") } else { ("a", "A") };
    let meant = match nearest(typed, here()) {
        Some(name) => format!("did you mean `{name}`? {}", capital),
        None => article.to_owned(),
    };
    let known: Vec<_> = here().map(|name| format!("`{name}`")).collect();
    let (target, known) = (on.described(), known.join(", "));
    format!("unknown npz attribute `{typed}`; {meant} {target} can have {known}")
}
