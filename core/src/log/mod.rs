//! The log: each [`tracing`] event becomes one line on stdout, written by a thread of its own.
//!
//! The runtimes' `run` sets it up, before it calls `build`. A program with its own `main` calls [`try_init`]. A program with
//! its own subscriber adds a [`layer`] to it, sets it in `main` before `run`, which then keeps it, and calls [`log_panics`].
//!
//! # Lines
//!
//! A line is a JSON object or text for a person, as [`LogFormat`] says. Here is one of the access log in both formats
//! (the JSON is broken in two only here):
//!
//! ```text
//! {"timestamp":"2026-01-31T09:26:53.589793Z","level":"INFO","message":"request","request_id":"abc-1",
//!  "trace_id":"0af7651916cd43dd8448eb211c80319c","method":"GET","path":"/","status":200,"bytes":23,"duration_ms":0.264,
//!  "client":"203.0.113.7","target":"dualrun::access"}
//! 2026-01-31T09:26:53.589793Z  INFO request request_id=abc-1 trace_id=0af7651916cd43dd8448eb211c80319c method=GET …
//! ```
//!
//! In JSON, numbers and booleans keep their types. Everything else is text: an error with its causes, other values as
//! their `Debug` shows them.
//!
//! # Spans
//!
//! A line has the fields of all spans around its event, outer to inner, behind the event's own. Of several fields with one
//! name, the innermost counts, and the event's own before all. No name is twice in a line; a field that is called
//! `timestamp`, `level` or `target` is `field.timestamp`, `field.level` or `field.target` in JSON.
//!
//! Each request has a span with its `request_id`, `trace_id`, `method` and `path`, in which the service is called and polled,
//! and its response's body too. Tasks that it spawns are in it with `.in_current_span()`. To other layers it is a span called
//! `request`, of the target `dualrun::request` and of an error's level, so that no filter by level takes it away. A filter of
//! your own that knows targets alone, such as `off,orders=info`, has to let that one through.
//!
//! Controls, bidirectional controls and other invisible characters are escaped: `\u202e` in JSON, `\u{202e}` in text.
//! A client can therefore neither forge a line nor hide a part of one. Parsing the JSON restores the original text.
//!
//! The access log keeps the first 1 KiB of each value that the client chose, and says how much is missing:
//! `... (58976 bytes cut)`.
//!
//! # When nobody reads
//!
//! Lines wait in a buffer of 1 MiB until the thread writes them. If the reader of stdout stands still until the buffer
//! is full, new lines are dropped, and the program never waits. Once the reader continues, a line says how many are
//! missing: `"message":"log lines dropped","count":7`.
//!
//! With [`Delivery::Immediate`] there is neither a buffer nor a thread, and the program waits for its reader.

mod cut;
mod format;
mod invisible;
mod json;
mod json_string;
mod layer;
mod names;
mod panic;
mod request_span;
mod sink;
mod spans;
mod subscriber;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub(crate) use self::cut::cut;
#[cfg(feature = "metrics")]
pub(crate) use self::json_string::JsonString;
pub use self::layer::{Delivery, Layer, layer};
pub use self::panic::log_panics;
pub(crate) use self::request_span::RequestSpan;
#[cfg(feature = "metrics")]
pub(crate) use self::sink::Lines;
pub use self::sink::WorkerGuard;

use self::subscriber::Log;
use crate::options::{LogFilter, LogFormat};

/// The program already has a global subscriber, and can have but one.
#[derive(Debug, thiserror::Error)]
#[error(
    "a global tracing subscriber is already set, by `run` or by the program itself: \
     set your own in `main`, before `run`, with `dualrun::log::layer` in it"
)]
pub struct AlreadySet(());

/// Logs those of the whole program's events that `filter` lets through, and its panics, as `run` does. For a `main` of your
/// own. The filter may be a level.
///
/// Keep the guard until `main` ends: dropping it writes the last lines. `std::process::exit` drops nothing.
///
/// ```no_run
/// use dualrun::Options;
/// use dualrun::log::{self, Delivery};
///
/// fn main() -> Result<(), dualrun::BoxError> {
///     let options = Options::from_env()?;
///     let _guard = log::try_init(options.log_format, options.log, Delivery::Batched)?;
///     tracing::info!(items = 3, "cart loaded");
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// [`AlreadySet`] if there is a global subscriber. It stays, and so does the panic hook.
pub fn try_init(
    format: LogFormat,
    filter: impl Into<LogFilter>,
    delivery: Delivery,
) -> Result<WorkerGuard, AlreadySet> {
    let (layer, guard) = layer(format, delivery);
    let log = Log::new(layer, filter.into());
    tracing::subscriber::set_global_default(log).map_err(|_| AlreadySet(()))?;
    log_panics();
    Ok(guard)
}

/// A writer to stdout for lines that are no events, in a program that brings its own log.
#[cfg(feature = "metrics")]
pub(crate) fn writer(format: LogFormat) -> WorkerGuard {
    let format = format::Format::of(format);
    let (_, guard) = sink::Sink::start(std::io::stdout(), move |count| format.dropped(count));
    guard
}
