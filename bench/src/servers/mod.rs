//! The server beside what people would use instead.
//!
//! | file | what it is |
//! |---|---|
//! | `peer` | what is compared, and how each is started |
//! | `check` | that it answers rightly, and how soon after its start |
//! | `scenario` | the loads |
//! | `load` | wrk and h2load |
//! | `idle` | many connections that ask nothing |
//! | `results` | what was measured, as its file keeps it |
//! | `table`, `chart`, `goals` | the same for people |

pub mod chart;
pub mod check;
pub mod goals;
pub mod idle;
pub mod load;
pub mod peer;
pub mod results;
pub mod scenario;
pub mod table;

/// Where whatever is measured listens.
pub const ADDR: &str = "127.0.0.1:8080";
