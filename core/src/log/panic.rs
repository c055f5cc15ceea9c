//! Panics as log lines, so that they are not torn over several lines of stderr.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

/// Has panics logged as events, as [`try_init`](super::try_init) does. For a program with its own subscriber.
///
/// It replaces the panic hook, so nothing of a panic goes to stderr any more.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
        tracing::error!(
            location = info.location().map(tracing::field::display),
            backtrace = backtrace.map(tracing::field::display),
            panic = text(info).unwrap_or("(not text)"),
            "panic"
        );
    }));
}

/// What `panic!` was given, if it is text: a literal, or formatted.
fn text<'a>(info: &'a PanicHookInfo<'_>) -> Option<&'a str> {
    let payload = info.payload();
    let literal = payload.downcast_ref::<&str>().copied();
    literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}
