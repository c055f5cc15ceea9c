//! The tests of the function, in one program: it is linked once.
//!
//! | module | what it tests |
//! |---|---|
//! | `runtime` | the function as a process |
//! | `events` | the example events |
//! | `support` | the service's configuration |
//!
//! None of them looks at the tests' own process, so none needs one to itself.

mod events;
mod runtime;
mod support;
