//! Puts all mutants of a list into one build, each behind a switch: a build of minutes is then shared by
//! thousands of them, and one costs no more than the tests that judge it.
//!
//!     npz-mutants LIST ROOT LEFT_OUT < /dev/null
//!
//! LIST is what `cargo mutants --list --json` says, and a mutant's number its place there. The files below ROOT
//! are changed; LEFT_OUT has the numbers of those that don't compile. Printed is, a line each, where in the
//! new files a mutant stands: its number, the file, and the first and last byte of its own text and of all
//! that belongs to it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::ops::Range;
use std::{env, fs};

use proc_macro2::Span;
use serde_json::Value;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A mutant of the list.
struct Mutant {
    number: usize,
    genre: String,
    start: usize,
    replacement: String,
}

/// Text that is put around a part of a file. `own` has, of each mutant, where in `before` its own text is.
struct Edit {
    around: Range<usize>,
    before: String,
    after: String,
    own: Vec<(usize, Range<usize>)>,
}

struct Finder<'a> {
    text: &'a str,
    wanted: HashMap<(&'static str, usize), Vec<&'a Mutant>>,
    edits: Vec<Edit>,
}

fn bytes(span: Span) -> Range<usize> {
    span.byte_range()
}

fn is_on(number: usize) -> String {
    format!("crate::mutant::on({number})")
}

impl<'a> Finder<'a> {
    fn take(&mut self, genre: &'static str, start: usize) -> Vec<&'a Mutant> {
        self.wanted.remove(&(genre, start)).unwrap_or_default()
    }

    /// `(if on { mutated } else { as it was })`, with a branch for each mutant.
    fn branch(&mut self, around: Range<usize>, mutants: &[(usize, String)]) {
        let (mut before, mut own) = (String::from("("), Vec::new());
        for (number, text) in mutants {
            let from = before.len();
            before += &format!("if {} {{ {text} }} else ", is_on(*number));
            own.push((*number, from..before.len()));
        }
        before += "{ ";
        self.edits.push(Edit { around, before, after: " })".to_owned(), own });
    }

    fn block(&mut self, block: &syn::Block) {
        // The list has what stands between the braces.
        let Some(first) = block.stmts.first() else { return };
        let start = bytes(block.brace_token.span.open()).start;
        for mutant in self.take("FnValue", bytes(first.span()).start) {
            let before =
                format!(" if {} {{ return {}; }} ", is_on(mutant.number), mutant.replacement);
            let own = vec![(mutant.number, 0..before.len())];
            self.edits.push(Edit {
                around: start + 1..start + 1,
                before,
                after: String::new(),
                own,
            });
        }
    }
}

/// Conditions with `let` can't stand in parentheses.
fn has_let(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(both) => has_let(&both.left) || has_let(&both.right),
        _ => false,
    }
}

/// Whether this is for other systems than the one that builds it, where nothing of it can be judged.
fn is_elsewhere(attributes: &[syn::Attribute]) -> bool {
    let here = |condition: &str| match condition.replace(' ', "").as_str() {
        "not(unix)" => !cfg!(unix),
        "windows" => cfg!(windows),
        "not(target_os=\"linux\")" => !cfg!(target_os = "linux"),
        _ => true,
    };
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| !here(&list.tokens.to_string()))
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_elsewhere(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if is_elsewhere(&item.attrs) {
            return;
        }
        self.block(&item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if is_elsewhere(&item.attrs) {
            return;
        }
        self.block(&item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.block(block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        let op = bytes(expr.op.span());
        let mutants = self.take("BinaryOperator", op.start);
        if !mutants.is_empty() && !has_let(&expr.left) && !has_let(&expr.right) {
            let all = bytes(expr.span());
            let (left, right) = (&self.text[all.start..op.start], &self.text[op.end..all.end]);
            let mutants: Vec<_> = mutants
                .iter()
                .map(|mutant| (mutant.number, format!("{left}{}{right}", mutant.replacement)))
                .collect();
            self.branch(all, &mutants);
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_unary(&mut self, expr: &'ast syn::ExprUnary) {
        let op = bytes(expr.op.span());
        let all = bytes(expr.span());
        let rest = self.text[op.end..all.end].to_owned();
        let mutants: Vec<_> = self
            .take("UnaryOperator", op.start)
            .iter()
            .map(|mutant| (mutant.number, rest.clone()))
            .collect();
        if !mutants.is_empty() {
            self.branch(all, &mutants);
        }
        visit::visit_expr_unary(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let guard = arm_guard(arm);
        for mutant in self.take("MatchArm", bytes(arm.span()).start) {
            let mut before = format!("!{}", is_on(mutant.number));
            let (around, after) = match &guard {
                Some(guard) => {
                    before += " && (";
                    (guard.clone(), ")".to_owned())
                }
                None => {
                    let end = bytes(arm.pat.span()).end;
                    before = format!(" if {before} ");
                    (end..end, String::new())
                }
            };
            let own = vec![(mutant.number, 0..before.len())];
            self.edits.push(Edit { around, before, after, own });
        }
        if let Some(guard) = guard {
            let mutants: Vec<_> = self
                .take("MatchArmGuard", guard.start)
                .iter()
                .map(|mutant| (mutant.number, mutant.replacement.clone()))
                .collect();
            if !mutants.is_empty() {
                self.branch(guard, &mutants);
            }
        }
        visit::visit_arm(self, arm);
    }
}

fn arm_guard(arm: &syn::Arm) -> Option<Range<usize>> {
    arm.guard.as_ref().map(|(_, guard)| bytes(guard.span()))
}

/// The byte at a line and column that count from one.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let (skipped, _) = text.get(start..)?.char_indices().nth(column.checked_sub(1)?)?;
    Some(start + skipped)
}

/// The text with all edits in it, and where each mutant is now: its own text, and all.
type Placed = (usize, Range<usize>, Range<usize>);

fn apply(text: &str, edits: &[Edit]) -> (String, Vec<Placed>) {
    // At one place, what ends comes before what starts; what is inside ends first and starts last.
    let mut points = Vec::new();
    for (index, edit) in edits.iter().enumerate() {
        let Range { start, end } = edit.around;
        points.push(((start, 1, usize::MAX - end, index), index, true));
        if !edit.after.is_empty() {
            points.push(((end, 0, usize::MAX - start, usize::MAX - index), index, false));
        }
    }
    points.sort_unstable();
    let (mut out, mut at) = (String::with_capacity(text.len() * 2), 0);
    let mut starts = vec![0; edits.len()];
    let mut placed = Vec::new();
    for ((place, ..), index, start) in points {
        out += &text[at..place];
        at = place;
        let edit = &edits[index];
        if start {
            starts[index] = out.len();
            out += &edit.before;
        } else {
            out += &edit.after;
        }
        if !start || edit.after.is_empty() {
            let all = starts[index]..out.len();
            placed.extend(edit.own.iter().map(|(number, own)| {
                (*number, own.start + all.start..own.end + all.start, all.clone())
            }));
        }
    }
    out += &text[at..];
    (out, placed)
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<_> = env::args().skip(1).collect();
    let [list, root, left_out] = &args[..] else {
        return Err("npz-mutants LIST ROOT LEFT_OUT".into());
    };
    let list: Vec<Value> = serde_json::from_str(&fs::read_to_string(list)?)?;
    let left_out: HashSet<usize> = fs::read_to_string(left_out)?
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let mut files: BTreeMap<&str, Vec<(usize, &Value)>> = BTreeMap::new();
    for (number, mutant) in list.iter().enumerate() {
        if !left_out.contains(&number) {
            let file = mutant["file"].as_str().ok_or("a mutant without a file")?;
            files.entry(file).or_default().push((number, mutant));
        }
    }
    for (file, found) in files {
        let path = format!("{root}/{file}");
        let text = fs::read_to_string(&path)?;
        let mutants: Vec<Mutant> = found
            .iter()
            .filter_map(|(number, mutant)| {
                let number_of =
                    |key: &str| usize::try_from(mutant["span"]["start"][key].as_u64()?).ok();
                Some(Mutant {
                    number: *number,
                    genre: mutant["genre"].as_str()?.to_owned(),
                    start: offset(&text, number_of("line")?, number_of("column")?)?,
                    replacement: mutant["replacement"].as_str()?.to_owned(),
                })
            })
            .collect();
        let mut wanted: HashMap<_, Vec<_>> = HashMap::new();
        for mutant in &mutants {
            let genres =
                ["FnValue", "BinaryOperator", "UnaryOperator", "MatchArm", "MatchArmGuard"];
            if let Some(genre) = genres.into_iter().find(|genre| *genre == mutant.genre) {
                wanted.entry((genre, mutant.start)).or_default().push(mutant);
            }
        }
        let mut finder = Finder { text: &text, wanted, edits: Vec::new() };
        finder.visit_file(&syn::parse_file(&text)?);
        let (out, placed) = apply(&text, &finder.edits);
        fs::write(&path, out)?;
        for (number, own, all) in placed {
            println!("{number} {file} {} {} {} {}", own.start, own.end, all.start, all.end);
        }
    }
    let lib = format!("{root}/npz-core/src/lib.rs");
    let switch = "
#[doc(hidden)]
#[allow(missing_docs, warnings)]
pub mod mutant {
    pub fn on(number: usize) -> bool {
        static ON: std::sync::LazyLock<Option<usize>> =
            std::sync::LazyLock::new(|| std::env::var(\"NPZ_MUTANT\").ok()?.parse().ok());
        *ON == Some(number)
    }
}
";
    // What the compiler sees to overflow does so when it runs, which is for the tests to notice.
    let allowed = "#![allow(arithmetic_overflow, unconditional_panic)]\n";
    fs::write(&lib, allowed.to_owned() + &fs::read_to_string(&lib)? + switch)?;
    Ok(())
}
