//! Failures, how they are told, and exit statuses.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use npz_core::{Error, ErrorKind};

use crate::output::Output;
use crate::text::printable;

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// What a command that ran to its end has to say by its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// 0
    Done,
    /// 1: what was looked for was found: a difference, a fault.
    Found,
    /// 2: some of it failed, and was told.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => Self::SUCCESS,
            Status::Found => Self::from(1),
            Status::Failed => Self::from(2),
        }
    }
}

/// The message of an error that is about the reader of the standard output.
pub(crate) const BROKEN_PIPE: &str = "the pipe is closed";

/// Why a command can't go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something about a file.
    Data(Error),
    /// Something about what was asked for.
    Usage(String),
    /// Whoever reads our output has gone.
    BrokenPipe,
    /// Ctrl-C.
    Interrupted,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// The system failed to `doing` what is at `path`.
    pub(crate) fn io(path: &Path, doing: &str, error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            _ => ErrorKind::Io,
        };
        let message = format!("can't {doing} it: {error}");
        Self::Data(Error::new(kind, message).with_source(error).with_path(path))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if error.kind() == ErrorKind::Cancelled || crate::interrupt::happened() {
            return Self::Interrupted;
        }
        // Only the standard output is a pipe that others close.
        let mut cause = std::error::Error::source(&error);
        while let Some(found) = cause {
            if found.downcast_ref::<io::Error>().is_some_and(is_broken_pipe) {
                return Self::BrokenPipe;
            }
            cause = found.source();
        }
        Self::Data(error)
    }
}

impl From<io::Error> for Failure {
    /// Of the standard output; errors of files are told with their paths.
    fn from(error: io::Error) -> Self {
        if is_broken_pipe(&error) {
            return Self::BrokenPipe;
        }
        Self::Usage(format!("can't write to the standard output: {error}"))
    }
}

fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(error) => f.write_str(&in_our_words(&error.to_string())),
            Self::Usage(message) => f.write_str(message),
            Self::BrokenPipe => f.write_str(BROKEN_PIPE),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// What an error says, without where it was, in the words of the command line.
pub(crate) fn message(error: &Error) -> String {
    in_our_words(error.message())
}

fn in_our_words(message: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        (
            "try LoadOptions::lenient, with the feature of that name",
            "np.load may open it: try --lenient",
        ),
        ("np.load may open it: try LoadOptions::lenient", "np.load may open it: try --lenient"),
        ("np.load passes over them, as LoadOptions::lenient does", "--lenient passes over them"),
        ("; NpzReader::bytes reads it", ""),
        (": use read_npy", ""),
        ("needs npz-core's feature", "needs npz-cli's feature"),
        ("; load it as Void<16> and convert it yourself", ""),
        ("; load it as Void<32> and convert it yourself", ""),
    ];
    let mut line =
        WORDS.iter().fold(message.to_owned(), |line, (theirs, ours)| line.replace(theirs, ours));
    // What a file may ask for can't be changed here.
    for (before, after) in [("; raise Limits::", " if you trust the file"), (" (Limits::", ")")] {
        while let Some((start, rest)) = line.split_once(before) {
            let name = |c: char| c.is_ascii_lowercase() || c == '_';
            let Some(rest) = rest.trim_start_matches(name).strip_prefix(after) else { break };
            line = format!("{start}{rest}");
        }
    }
    line
}

/// The word for a kind of error in JSON.
pub(crate) fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Io => "io",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Corrupt => "corrupt",
        ErrorKind::Truncated => "truncated",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Dtype => "dtype",
        ErrorKind::Shape => "shape",
        ErrorKind::Misaligned => "misaligned",
        ErrorKind::Name => "name",
        ErrorKind::Duplicate => "duplicate",
        ErrorKind::Value => "value",
        ErrorKind::Limit => "limit",
        ErrorKind::Cancelled => "cancelled",
        ErrorKind::Conflict => "conflict",
        ErrorKind::Mismatch => "mismatch",
        _ => "other",
    }
}

/// Tells an error on the standard error, one line, and goes on.
pub(crate) fn tell(out: &mut Output, failure: &Failure) {
    out.note(Status::Failed);
    let start = out.error_style().bad("npz:");
    say(out, &start, &failure.to_string());
}

/// Tells on the standard error what isn't wrong, but good to know.
pub(crate) fn note(out: &mut Output, line: &str) {
    let start = out.error_style().warn("npz: note:");
    say(out, &start, line);
}

fn say(out: &mut Output, start: &str, line: &str) {
    // What was printed before should stand before it.
    let _ = out.flush();
    let _ = writeln!(io::stderr(), "{start} {}", printable(line));
}

/// Ends the program where the command line asks for help, or can't be understood.
pub(crate) fn usage(told: &clap::Error) -> ExitCode {
    let printed = told.print().and_then(|()| io::stdout().flush());
    match printed {
        Err(error) if !told.use_stderr() && !is_broken_pipe(&error) => {
            let _ = writeln!(io::stderr(), "npz: {}", Failure::from(error));
            ExitCode::from(2)
        }
        _ => ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2)),
    }
}

/// Ends the program.
pub(crate) fn exit(result: Result<Status>, mut out: Output) -> ExitCode {
    let result = result.and_then(|status| out.flush().map(|()| status).map_err(Failure::from));
    match result {
        Ok(status) => status.into(),
        // Who has seen enough of us is content, and may still ask what was found.
        Err(Failure::BrokenPipe) => out.status().into(),
        Err(Failure::Interrupted) => {
            tell(&mut out, &Failure::Interrupted);
            ExitCode::from(130)
        }
        Err(failure) => {
            tell(&mut out, &failure);
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_nothing_of_the_library() {
        for (theirs, ours) in [
            (
                "more than 32 levels; raise Limits::literal_depth if you trust the file",
                "more than 32 levels",
            ),
            (
                "a.npz: entry \"x\": its 9 bytes are more than the 8 allowed (Limits::entry_bytes)",
                "a.npz: entry \"x\": its 9 bytes are more than the 8 allowed",
            ),
            (
                "by bzip2 (method 12), expected stored or deflated; try LoadOptions::lenient, with \
                 the feature of that name",
                "by bzip2 (method 12), expected stored or deflated; np.load may open it: try --lenient",
            ),
            ("entry \"a (Limits::b\": c", "entry \"a (Limits::b\": c"),
        ] {
            assert_eq!(in_our_words(theirs), ours);
        }
    }
}
