//! A log of one's own: each event is a line of JSON on stdout, and an error is one for a person on stderr too.
//!
//! ```text
//! cargo run -p dualrun --example own_log
//! cargo run -p dualrun --example own_log -- simple   # text on stdout only, and the panic with it
//! ```

use dualrun::log::{self, AlreadySet, Delivery, WorkerGuard};
use dualrun::options::LogFormat;
use std::{env, io, thread};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// A subscriber that dualrun's layer shares with another, each with a level of its own.
fn shared() -> WorkerGuard {
    let (lines, guard) = log::layer(LogFormat::Json, Delivery::Batched);
    let for_people = fmt::layer().with_writer(io::stderr);
    tracing_subscriber::registry()
        .with(lines.with_filter(LevelFilter::INFO))
        .with(for_people.with_filter(LevelFilter::ERROR))
        .init();
    guard
}

/// All that a program needs that wants no other layer.
fn simple() -> Result<WorkerGuard, AlreadySet> {
    log::try_init(LogFormat::Text, LevelFilter::INFO, Delivery::Immediate)
}

fn main() -> Result<(), AlreadySet> {
    // Kept until the end, when it writes the last lines.
    let _guard = match env::args().nth(1).as_deref() {
        Some("simple") => simple()?,
        _ => shared(),
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
