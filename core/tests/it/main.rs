//! The tests of the library, in one program: it is linked once.
//!
//! | module | what it tests |
//! |---|---|
//! | `app`, `services` | the example service, and services that are not ours |
//! | `parity` | both runtimes answer alike |
//! | `config`, `contract` | the configuration's report; what a program says that it needs |
//! | `house`, `upkeep`, `rust_version` | what is written twice, and what must not be there; the oldest Rust |
//! | `stack`, `access_log`, `log`, `own_subscriber`, `either_log` | what every request passes, and what is logged |
//! | `protocols`, `standards`, `bad_input` | what clients send over a socket: good, by the standards, and bad |
//! | `upgrade`, `listeners` | other protocols, and listeners other than TCP |
//! | `in_flight`, `slow_reader`, `full` | clients that do not read, read slowly, or are too many |
//! | `metrics` | what is recorded of requests |
//! | `trace` | which trace a request belongs to |
//! | `drain`, `arrived`, `lifecycle` | the end of a server |
//! | `bad_events`, `streaming`, `relay`, `function_end` | Lambda: events that hurt, streamed answers, whole functions |
//! | `support` | servers, clients and services for all of them |
//!
//! `../global_subscriber.rs` is a program of its own: it sets the global subscriber, and a process has only one. So is
//! `../allocations.rs`, whose allocator counts, and `../otel`, with the feature of that name.

mod access_log;
mod app;
mod arrived;
mod bad_events;
mod bad_input;
mod config;
mod contract;
mod drain;
mod either_log;
mod full;
mod function_end;
mod house;
mod in_flight;
mod lifecycle;
mod listeners;
mod log;
mod metrics;
mod own_subscriber;
mod parity;
mod protocols;
mod relay;
mod rust_version;
mod services;
mod slow_reader;
mod stack;
mod standards;
mod streaming;
mod support;
mod trace;
mod upgrade;
mod upkeep;
