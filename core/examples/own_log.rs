//! A log of one's own: each event is a line of JSON on stdout, and an error is one for a person on stderr too.
//!
//! ```text
//! cargo run -p dualrun --example own_log             # DUALRUN_LOG=warn and the like hold for the lines
//! cargo run -p dualrun --example own_log -- simple   # text on stdout only, and the panic with it
//! ```

use dualrun::log::{self, AlreadySet, Delivery, WorkerGuard};
use dualrun::options::LogFormat;
use dualrun::{BoxError, Options};
use std::{env, io, thread};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// A subscriber that dualrun's layer shares with another, each with a filter of its own. The other could as well be one that
/// exports spans: it sees one for each request.
///
/// It is set in `main`, before `dualrun::server::run`, which then keeps it.
fn shared() -> Result<WorkerGuard, BoxError> {
    let options = Options::from_env()?;
    let (lines, guard) = log::layer(LogFormat::Json, Delivery::Batched);
    let for_people = fmt::layer().with_writer(io::stderr);
    tracing_subscriber::registry()
        .with(lines.with_filter(Targets::from(options.log)))
        .with(for_people.with_filter(LevelFilter::ERROR))
        .try_init()?;
    log::log_panics();
    Ok(guard)
}

/// All that a program needs that wants no other layer.
fn simple() -> Result<WorkerGuard, AlreadySet> {
    log::try_init(LogFormat::Text, LevelFilter::INFO, Delivery::Immediate)
}

fn main() -> Result<(), BoxError> {
    // Kept until the end, when it writes the last lines.
    let _guard = match env::args().nth(1).as_deref() {
        Some("simple") => simple()?,
        _ => shared()?,
    };
    tracing::debug!("below the level");
    tracing::info!(items = 3, "cart loaded");
    let packing = thread::spawn(|| panic!("no box"));
    if packing.join().is_err() {
        tracing::error!("cart not packed");
    }
    (1..=1000).for_each(|number| tracing::info!(number, "item returned"));
    Ok(())
}
