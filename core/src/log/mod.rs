//! The log: each [`tracing`] event becomes one line on stdout, written by a thread of its own.
//!
//! The runtimes' `run` sets it up. A program with its own `main` calls [`try_init`]; a program with its own
//! subscriber adds a [`layer`] to it.
//!
//! # Lines
//!
//! A line is a JSON object or text for a person, as [`LogFormat`] says. Here is one of the access log in both formats
//! (the JSON is broken in two only here):
//!
//! ```text
//! {"timestamp":"2026-01-31T09:26:53.589793Z","level":"INFO","message":"request","request_id":"abc-1","method":"GET",
//!  "path":"/","status":200,"bytes":23,"duration_ms":0.264,"client":"203.0.113.7","target":"dualrun::access"}
//! 2026-01-31T09:26:53.589793Z  INFO request request_id=abc-1 method=GET path=/ status=200 bytes=23 …
//! ```
//!
//! In JSON, numbers and booleans keep their types. Everything else is text: an error with its causes, other values as
//! their `Debug` shows them. Spans are not logged.
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
mod panic;
mod sink;
#[cfg(test)]
pub(crate) mod testing;
mod text;

pub(crate) use self::cut::cut;
pub use self::layer::{Delivery, Layer, layer};
pub use self::sink::WorkerGuard;

use crate::options::LogFormat;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

/// The program already has a global subscriber, set by itself or by a library.
#[derive(Debug, thiserror::Error)]
#[error("a global tracing subscriber is already set; add `dualrun::log::layer` to that one")]
pub struct AlreadySet(());

/// Logs the whole program's events from `level` up, and its panics, as `run` does. For a `main` of your own.
///
/// Keep the guard until `main` ends: dropping it writes the last lines. `std::process::exit` drops nothing.
///
/// ```no_run
/// use dualrun::log::{self, Delivery};
/// use dualrun::options::LogFormat;
/// use tracing::level_filters::LevelFilter;
///
/// fn main() -> Result<(), log::AlreadySet> {
///     let _guard = log::try_init(LogFormat::Auto, LevelFilter::INFO, Delivery::Batched)?;
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
    level: LevelFilter,
    delivery: Delivery,
) -> Result<WorkerGuard, AlreadySet> {
    let (layer, guard) = layer(format, delivery);
    let subscriber = tracing_subscriber::registry().with(level).with(layer);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| AlreadySet(()))?;
    panic::log_panics();
    Ok(guard)
}
