//! The tests of the binary as a process, in one program: it is linked once.
//!
//! | module | what it tests |
//! |---|---|
//! | `start`, `stop` | how it starts or refuses to, and how it ends |
//! | `healthcheck` | the command that Docker and ECS call |
//! | `metrics` | metrics of the process |
//! | `observe` | the queries of `docs/observe.md`, against its lines |
//! | `memory` | what it takes while many connections ask nothing |
//! | `support` | the process, and what asks it |
//!
//! None of them looks at the tests' own process, so none needs one to itself.

mod healthcheck;
mod memory;
mod metrics;
mod observe;
mod start;
mod stop;
mod support;
