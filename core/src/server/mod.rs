//! The container runtime: HTTP/1.1 and h2c on one port, and an end that loses no request.
//!
//! [`run`] is a whole `main`. [`serve`] is for programs that have a runtime, a listener and a reason to
//! stop of their own.

mod accept;
mod activity;
mod calls;
mod coalesce;
mod connection;
mod detect;
mod frames;
mod healthcheck;
mod run;
mod serve;
mod shared;
mod signals;
mod socket;
mod supervise;
#[cfg(test)]
mod tests;
mod timer;

pub use self::run::run;
pub use self::serve::{Drained, Stop, serve};
pub use crate::options::Options;
