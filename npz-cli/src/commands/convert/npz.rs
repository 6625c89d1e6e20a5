//! Writing archives.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use npz_core::{Compression, Method, NpzEditor, NpzWriter, SaveOptions};

use super::{Args, Item, total};
use crate::cast;
use crate::error::{Result, Status};
use crate::interrupt;
use crate::later::{cause, later};
use crate::lenient::mend;
use crate::names::rename_all;
use crate::output::Output;
use crate::source::{Format, Source};
use crate::through::through;
use crate::write::{aligned_as, save_options};

/// Of archives that were deflated, where nothing else is asked for.
const LEVEL: u8 = 6;

pub(super) fn write(
    args: &Args,
    sources: &[Source],
    items: &[Item<'_>],
    out: &mut Output,
) -> Result<()> {
    let mut save = save_options(total(items));
    if let Some(level) = args.deflate {
        save = save.compression(Compression::Deflate(level));
    }
    if let [source] = sources
        && source.format() == Format::Npz
    {
        let edit = |input: &Path, output: &Path| edit(args, source, items, save, (input, output));
        return through(source.path(), &args.output, out, edit).map(drop);
    }
    for source in sources {
        for (key, value) in source.metadata() {
            save = save.metadata(key, value);
        }
    }
    if args.output.as_os_str() == "-" {
        let mut writer = NpzWriter::with_options(&mut *out, &save)?;
        add(args, &mut writer, items)?;
        writer.finish()?;
        return Ok(());
    }
    let mut writer = NpzWriter::create_with(&args.output, &save)?;
    add(args, &mut writer, items)?;
    writer.finish()?;
    Ok(())
}

/// From archive to archive what isn't cast is copied as it is, and the metadata say all that they
/// did.
fn edit(
    args: &Args,
    source: &Source,
    items: &[Item<'_>],
    mut save: SaveOptions,
    (input, output): (&Path, &Path),
) -> Result<Status> {
    let mut cast = items.iter().filter(|item| !item.is_kept(args)).peekable();
    let is_deflated = |item: &Item<'_>| item.entry().method == Some(Method::Deflated);
    if args.deflate.is_none() && cast.peek().is_some() && cast.clone().all(is_deflated) {
        save = save.compression(Compression::Deflate(LEVEL));
    }
    let load = args.read.options().load;
    let save = aligned_as(input, &load, save);
    let mut editor = NpzEditor::open_as(input, &save, &load)?;
    let kept: HashMap<usize, &str> =
        items.iter().map(|item| (item.index, item.name.as_str())).collect();
    if args.read.lenient {
        let names = source.entries().iter().enumerate();
        let names: HashMap<&str, &str> =
            names.filter_map(|(index, entry)| Some((entry.name()?, *kept.get(&index)?))).collect();
        mend(&mut editor, source, |name| names.get(name).map(|&new| new.to_owned()))?;
    }
    for item in cast {
        interrupt::check()?;
        let (entry, name) = (item.entry(), item.name.as_str());
        let (Some(member), Some(header)) = (entry.member(), &entry.header) else { continue };
        let logical = entry.logical_dtype.as_deref();
        let place = |error| source.place_at(item.index, error);
        let Some(header) = cast::header(&args.cast, name, header, logical).map_err(place)? else {
            continue;
        };
        // One after the other when they are written: all of them may be more than memory holds.
        let make = move || cast::apply(&args.cast, name, source.read(item.index)?).map_err(place);
        editor.put_raw(member, &later(header, None, make)?)?;
    }
    let mut renamed = Vec::new();
    for (index, entry) in source.entries().iter().enumerate() {
        let member = entry.member().unwrap_or_default();
        match kept.get(&index) {
            None => editor.remove(member)?,
            Some(&name) if Some(name) != entry.name() => {
                renamed.push((member.to_owned(), name.to_owned()));
            }
            Some(_) => {}
        }
    }
    rename_all(&mut editor, &renamed)?;
    if let Some(level) = args.deflate {
        editor.recompress_all(Compression::Deflate(level))?;
    }
    editor.commit_to(output).map_err(cause)?;
    Ok(Status::Done)
}

fn add<W: Write>(args: &Args, writer: &mut NpzWriter<W>, items: &[Item<'_>]) -> Result<()> {
    for item in items {
        interrupt::check()?;
        let Item { source, index, name } = item;
        if item.is_kept(args) {
            writer.add_raw(name, source.raw(*index)?)?;
        } else {
            writer.add_any(name, &cast::apply(&args.cast, name, source.read(*index)?)?)?;
        }
    }
    Ok(())
}
