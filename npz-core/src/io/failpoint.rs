//! Places where a test makes a save fail: after each step of the protocol, and in worker threads.
//!
//! Without the feature `failpoints` there is nothing here: [`hit`] is an `Ok(())` that the compiler
//! sees through. With it, the environment variable `NPZ_FAILPOINTS` says what happens where:
//!
//! ```text
//! NPZ_FAILPOINTS='save.flushed=error:28'      fails with this error of the system, every time
//! NPZ_FAILPOINTS='save.writing=panic@3'       panics at the third time
//! NPZ_FAILPOINTS='save.writing=error@3+'      fails (EIO) from the third time on
//! NPZ_FAILPOINTS='*=trace;save.renamed=abort' tells every place, and dies at one
//! ```
//!
//! The tests read from a trace which places there are, so that a new one is tested from the day it
//! is written.

use std::io;

/// Fails, panics or stops here if a test asked for it. Names are `area.step`.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
#[allow(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
pub(crate) fn hit(_: &'static str) -> io::Result<()> {
    Ok(())
}

/// Fails, panics or stops here if a test asked for it. Names are `area.step`.
#[cfg(feature = "failpoints")]
pub(crate) fn hit(name: &'static str) -> io::Result<()> {
    rules::all().iter().try_for_each(|rule| rule.meet(name))
}

#[cfg(feature = "failpoints")]
mod rules {
    use std::io;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const VARIABLE: &str = "NPZ_FAILPOINTS";

    /// `EIO`, where a rule names no error.
    const DEFAULT_ERROR: i32 = 5;

    #[derive(Debug, PartialEq)]
    enum Action {
        Trace,
        Error(i32),
        Panic,
        Abort,
    }

    #[derive(Debug)]
    pub(super) struct Rule {
        /// None for every place.
        name: Option<String>,
        action: Action,
        /// From which time on, and whether only then.
        first: usize,
        once: bool,
        met: AtomicUsize,
    }

    /// What the environment says. Something else than a rule must not look like a save that passed.
    pub(super) fn all() -> &'static [Rule] {
        static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
        RULES.get_or_init(|| {
            let text = std::env::var(VARIABLE).unwrap_or_default();
            let rules = text.split(';').filter(|rule| !rule.is_empty());
            rules.map(|rule| parse(rule).unwrap_or_else(|| panic!("{VARIABLE}: {rule}"))).collect()
        })
    }

    fn parse(rule: &str) -> Option<Rule> {
        let (name, what) = rule.split_once('=')?;
        let (action, when) = what.split_once('@').unwrap_or((what, "1+"));
        let action = match action.split_once(':') {
            Some(("error", number)) => Action::Error(number.parse().ok()?),
            None if action == "error" => Action::Error(DEFAULT_ERROR),
            None if action == "trace" => Action::Trace,
            None if action == "panic" => Action::Panic,
            None if action == "abort" => Action::Abort,
            _ => return None,
        };
        let first = when.trim_end_matches('+').parse().ok()?;
        let name = (name != "*").then(|| name.to_owned());
        Some(Rule { name, action, first, once: !when.ends_with('+'), met: AtomicUsize::new(0) })
    }

    impl Rule {
        pub(super) fn meet(&self, name: &'static str) -> io::Result<()> {
            if self.name.as_deref().is_some_and(|own| own != name) {
                return Ok(());
            }
            let time = self.met.fetch_add(1, Ordering::Relaxed) + 1;
            if time < self.first || (self.once && time > self.first) {
                return Ok(());
            }
            match self.action {
                Action::Trace => eprintln!("failpoint {name}"),
                Action::Error(number) => return Err(io::Error::from_raw_os_error(number)),
                Action::Panic => panic!("failpoint {name}"),
                Action::Abort => std::process::abort(),
            }
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn rules_act_when_they_say() {
            let failed = |rule: &str| -> Vec<bool> {
                let rule = parse(rule).unwrap();
                (0..4).map(|_| rule.meet("a.b").is_err()).collect()
            };
            assert_eq!(failed("a.b=error"), [true; 4]);
            assert_eq!(failed("*=error:28@2"), [false, true, false, false]);
            assert_eq!(failed("a.b=error@3+"), [false, false, true, true]);
            assert_eq!(failed("other=error"), [false; 4]);
            let error = parse("a=error:28").unwrap().meet("a").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            for bad in ["", "a", "a=", "a=trace@", "a=error:x", "a=trace:1", "a=panic@-1"] {
                assert!(parse(bad).is_none(), "{bad}");
            }
        }
    }
}
