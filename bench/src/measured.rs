//! What `bench/lambda` has measured, as its file keeps it and as a table.

use crate::figures::Figure;
use crate::process::repository;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::{fs, io};

/// One subject. Ratios are against lambda_http alone, round by round.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Measured {
    /// What was measured.
    pub subject: String,
    /// Time for a request, in microseconds.
    pub micros: Figure,
    /// The same, as a ratio.
    pub micros_ratio: Figure,
    /// CPU time for a request, in microseconds.
    pub cpu_micros: Figure,
    /// The same, as a ratio.
    pub cpu_micros_ratio: Figure,
    /// From the start of the process to its first answer, in milliseconds.
    pub start_up_millis: Figure,
    /// The same, as a ratio.
    pub start_up_ratio: Figure,
    /// Memory held after the requests, in megabytes.
    pub resident_mb: Figure,
}

fn file() -> PathBuf {
    repository().join("bench/results/lambda.json")
}

/// Reads the last results.
///
/// # Errors
///
/// If there are none, or the file is not what was written.
pub fn read() -> io::Result<Vec<Measured>> {
    Ok(serde_json::from_str(&fs::read_to_string(file())?)?)
}

/// Keeps results.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(measured: &[Measured]) -> io::Result<()> {
    fs::write(file(), serde_json::to_string_pretty(measured)? + "\n")
}

/// The medians.
pub fn table(measured: &[Measured]) -> String {
    let mut text = String::from(
        "| | µs a request | ratio | CPU µs a request | ratio | start-up, ms | ratio | memory, MB |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in measured {
        text += &format!(
            "| {} | {:.0} | {:.2} | {:.0} | {:.2} | {:.1} | {:.2} | {:.1} |\n",
            row.subject,
            row.micros.median,
            row.micros_ratio.median,
            row.cpu_micros.median,
            row.cpu_micros_ratio.median,
            row.start_up_millis.median,
            row.start_up_ratio.median,
            row.resident_mb.median,
        );
    }
    text
}
