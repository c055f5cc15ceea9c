//! What is recorded of the process. Seldom, so each is looked up.

use super::table;
use metrics::{counter, gauge};

/// Whether the process wants traffic.
pub(crate) fn ready(is_ready: bool) {
    gauge!(table::READY).set(f64::from(u8::from(is_ready)));
}

/// Nobody reads the log, or it cannot be written. None, too, makes the series: its first loss is an increase, then.
pub(crate) fn log_lines_dropped(count: u64) {
    counter!(table::DROPPED).increment(count);
}
