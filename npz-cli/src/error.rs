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
        if error.message() == BROKEN_PIPE {
            return Self::BrokenPipe;
        }
        Self::Data(error)
    }
}

impl From<io::Error> for Failure {
    /// Of the standard output; errors of files are told with their paths.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::BrokenPipe;
        }
        Self::Usage(format!("can't write to the standard output: {error}"))
    }
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
    const WORDS: [(&str, &str); 5] = [
        ("np.load may open it: try LoadOptions::lenient", "np.load may open it: try --lenient"),
        ("np.load passes over them, as LoadOptions::lenient does", "--lenient passes over them"),
        ("; NpzReader::bytes reads it", ""),
        (": use read_npy", ""),
        ("needs npz-core's feature", "needs npz-cli's feature"),
    ];
    WORDS.iter().fold(message.to_owned(), |line, (theirs, ours)| line.replace(theirs, ours))
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
    // What was printed before should stand before it.
    let _ = out.flush();
    let style = out.error_style();
    let line = failure.to_string();
    let line = printable(&line);
    let _ = writeln!(io::stderr(), "{} {line}", style.bad("npz:"));
}

/// Ends the program.
pub(crate) fn exit(result: Result<Status>, mut out: Output) -> ExitCode {
    let result = result.and_then(|status| out.flush().map(|()| status).map_err(Failure::from));
    match result {
        Ok(Status::Done) => ExitCode::SUCCESS,
        Ok(Status::Found) => ExitCode::from(1),
        Ok(Status::Failed) => ExitCode::from(2),
        // Who has seen enough of us is content.
        Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
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
