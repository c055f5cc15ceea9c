//! The container runtime: HTTP/1.1 and h2c on one port, and an end that loses no request.
//!
//! [`run`] is a whole `main`. For programs that have a `main` of their own there are its parts: [`serve`] for
//! any [`Listener`] and any reason to stop, [`Signals`] and [`healthcheck`].
//!
//! | file | what it is |
//! |---|---|
//! | `run` | a whole `main`: configuration, log, signals, build, bind, serve, exit code |
//! | `serve` | the life of a server: accept, lame duck, drain, cut |
//! | `listener` | what connections come from, and what they are |
//! | `accept` | accepts connections, whatever goes wrong with some of them |
//! | `shared` | what all connections share |
//! | `idle` | which connection has been idle longest, and makes room for a new one |
//! | `metrics` | the page that Prometheus reads |
//! | `memory` | how much memory the process may have |
//! | `stop_timeout` | tells if ECS may not wait until the end |
//! | `healthcheck`, `signals` | what a container needs beside |
//! | `connection/mod` | one connection, up to where it is clear what it speaks |
//! | `connection/detect` | tells HTTP/2 from HTTP/1 |
//! | `connection/http1` | awake while it has something to do, taken down to its socket in between |
//! | `connection/http2` | the same connection to its end |
//! | `connection/supervise` | a connection of hyper's under its deadlines |
//! | `connection/activity` | what a connection is doing, and by when it must have done it |
//! | `connection/stamp`, `connection/timer` | times that are read late, and the one timer that wakes it |
//! | `connection/socket`, `connection/service` | tell the activity what comes and goes |
//! | `connection/target` | whom and what a request is for |
//! | `connection/head_memory` | what a large head takes of the memory for requests |
//! | `connection/refusal` | what is answered to that which is not a request |
//! | `connection/frames` | follows an HTTP/2 client's frames |
//! | `connection/coalesce` | puts small writes together |
//! | `connection/unread` | asks the system before a connection is given up |
//! | `connection/unsent` | what holds until the last byte is with the kernel |
//! | `connection/stream`, `connection/parked` | the same for the streams of HTTP/2, and by when they must get on |
//! | `connection/half_close` | tells a client that waits from one that is gone |
//! | `connection/upgrade` | connections that speak something else after a request |

mod accept;
mod connection;
mod healthcheck;
mod idle;
mod listener;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
mod run;
mod serve;
mod shared;
mod signals;
mod stop_timeout;

pub use self::healthcheck::{Unhealthy, healthcheck};
pub use self::listener::Listener;
pub use self::run::run;
pub use self::serve::{Drained, Server, Stop, serve};
pub use self::signals::Signals;
