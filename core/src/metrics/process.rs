//! What is recorded of the process. Seldom, so each is looked up.

use super::table;
use metrics::{counter, gauge};

/// Whether the process wants traffic.
pub(crate) fn ready(is_ready: bool) {
    gauge!(table::READY).set(f64::from(u8::from(is_ready)));
}

/// Nobody reads the log.
pub(crate) fn log_line_dropped() {
    counter!(table::DROPPED).increment(1);
}
