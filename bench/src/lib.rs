//! What the benchmarks stand on: processes under test, figures, results, and what they cost.

pub mod callgrind;
pub mod cost;
pub mod dark;
pub mod figures;
pub mod measured;
pub mod page;
pub mod process;
pub mod quota;
pub mod runtimes;
pub mod servers;
