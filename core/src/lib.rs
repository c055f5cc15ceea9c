//! Write a [`tower`] service once; run it as a container on ECS Fargate and on AWS Lambda.
//!
//! You give a function that turns your configuration into a service. dualrun loads the configuration,
//! calls the function, and serves what it returns with everything that production asks for around it:
//! request ids, an access log, deadlines, limits, one 500 per panic, and a drain that loses no request.
//!
//! ```no_run
//! use dualrun::{Body, BoxError, service::HttpService};
//! use http::{Request, Response};
//! use std::{convert::Infallible, process::ExitCode};
//!
//! #[derive(serde::Deserialize)]
//! struct Config { greeting: String }
//!
//! async fn build(config: Config) -> Result<impl HttpService, BoxError> {
//!     Ok(tower::service_fn(move |_: Request<Body>| {
//!         let greeting = config.greeting.clone();
//!         async move { Ok::<_, Infallible>(Response::new(Body::from(greeting))) }
//!     }))
//! }
//!
//! fn main() -> ExitCode { dualrun::server::run(build) }
//! ```
//!
//! - [`config`]: `load::<T>()`, every problem in one report, no value ever printed.
//! - [`options`]: the `DUALRUN_*` variables, their defaults and what they mean.
//! - [`contract`]: what a program needs to start, as it tells tools.
//! - [`log`]: events as lines of JSON or text, for programs that bring their own `main` or subscriber.
//! - [`service`]: [`HttpService`](service::HttpService), what a service must be. An axum `Router` is one,
//!   so is a `service_fn`, so is a stack of tower-http layers around either.
//! - [`body`]: [`Body`], what a request carries.
//! - [`context`]: what a handler finds in the request's extensions, equal on every runtime.
//! - [`stack`]: what every request passes on its way to the service and back.
//! - [`app`]: the example service, with its two routes.
#![cfg_attr(feature = "otel", doc = "- [`otel`]: traces, exported by OTLP.")]
#![cfg_attr(
    feature = "metrics",
    doc = "- [`metrics`]: what is recorded of requests, and where it goes."
)]
#![cfg_attr(feature = "server", doc = "- [`server`]: the container runtime.")]
#![cfg_attr(
    feature = "testing",
    doc = "- [`testing`]: call a service the way a runtime does, without a socket."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(
    clippy::expect_used,
    clippy::unwrap_used,
    missing_debug_implementations
)]
#![cfg_attr(
    not(all(feature = "lambda", feature = "server")),
    allow(
        dead_code,
        unused_imports,
        reason = "each runtime uses a part of what they share"
    )
)]

pub mod app;
pub mod body;
mod build;
mod chain;
pub mod config;
pub mod context;
pub mod contract;
#[cfg(feature = "server")]
mod health;
mod hex;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod log;
#[cfg(not(feature = "metrics"))]
mod metrics;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod options;
#[cfg(feature = "otel")]
pub mod otel;
mod random;
#[cfg(all(feature = "lambda", feature = "server"))]
mod run;
#[cfg(feature = "server")]
pub mod server;
pub mod service;
pub mod stack;
#[cfg(any(feature = "lambda", feature = "server"))]
mod start;
#[cfg(feature = "testing")]
pub mod testing;

pub use self::body::Body;
pub use self::build::Build;
pub use self::options::Options;
#[cfg(all(feature = "lambda", feature = "server"))]
pub use self::run::run;
pub use self::stack::{ErrorBody, NotFound};

/// The version of this library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Any error that can be sent to another thread.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[cfg(all(doctest, feature = "server", feature = "testing"))]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/library.md")]
    struct Library;
    #[doc = include_str!("../docs/telemetry.md")]
    struct Telemetry;
}
