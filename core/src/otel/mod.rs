//! Traces: spans by OTLP to a collector, where OpenTelemetry's variables name one. Feature `otel`.
//!
//! `run` needs no code for it. With `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318`, it exports the span of each request,
//! and a service's own spans (`#[instrument]`) as its children. [`Settings`] has all variables.
//!
//! | file | what it is |
//! |---|---|
//! | `settings`, `reader`, `pairs` | OpenTelemetry's variables, and what is wrong with them |
//! | `resource` | what the spans are of: the service, and what the environment tells of its place |
//! | `request`, `attributes` | the span of a request |
//! | `beginning`, `tracer` | gives that span the ids that the request has already |
//! | `traces` | what exports, as programs hold it, and the layer for their subscriber |
//! | `pipeline`, `client` | the queue, the thread that empties it, and its requests |
//! | `losses` | spans that were not exported, counted and told |
//!
//! # The span of a request
//!
//! It is a server span by OpenTelemetry's [conventions](https://opentelemetry.io/docs/specs/semconv/http/http-spans/), from the
//! request's arrival until its response's last byte is sent. Its ids are those of the request's
//! [`TraceContext`](crate::context::TraceContext), so whatever is called with its
//! [`headers`](crate::context::TraceContext::headers) is a child of it. There is no route in its name, since the runtime knows of
//! none. A handler can add `http.route`, with [`OpenTelemetrySpanExt`](tracing_opentelemetry::OpenTelemetrySpanExt).
//!
//! The span has failed if the status is 500 or above, or if an error was logged in it. `error.type` is `timeout`, `panic`,
//! `cut_off`, or the status.
//!
//! Spans and events from the level `info` up are exported, whatever `DUALRUN_LOG` says, except those of the HTTP and Lambda
//! libraries. Events are events of the span that they are in. The access log's line is not one.
//!
//! # Sampling
//!
//! What the caller says counts (`parentbased_always_on`), until `OTEL_TRACES_SAMPLER` says otherwise. The decision is in the
//! headers for outgoing calls. Health checks begin no trace, so they are only recorded where their caller records.
//!
//! # A collector that does not answer
//!
//! No request waits for it. Spans wait in a queue (`OTEL_BSP_MAX_QUEUE_SIZE`, 2,048), and a thread of its own sends them.
//! What finds the queue full, and what the collector does not take, is counted and told in the log, at most once a minute:
//! `"message":"spans lost","count":512,"cause":"..."`. The end of a server waits 2 seconds at most for the last spans.
//!
//! On Lambda, each invocation sends its spans once its answer is sent, and before it asks for the next event: the environment may
//! be frozen afterwards. The client does not wait for that, but its time is paid for: some milliseconds with a collector in the
//! same environment. With one that does not answer it is half a second, once for each `OTEL_EXPORTER_OTLP_TIMEOUT`.
//!
//! # A program of one's own
//!
//! A subscriber of one's own takes a layer. `run` then sends the last spans; around [`serve`](crate::server::serve()) it is
//! [`Traces::shut_down`], and around Lambda's [`Adapter`](crate::lambda::Adapter) a [`Traces::flush`] after each invocation.
//!
//! ```no_run
//! use dualrun::log::{self, Delivery};
//! use dualrun::otel::{Settings, Traces};
//! use dualrun::{BoxError, Options};
//! use tracing_subscriber::{filter::Targets, prelude::*};
//!
//! fn main() -> Result<(), BoxError> {
//!     let options = Options::from_env()?;
//!     let traces = Settings::from_env()?.map(Traces::start).transpose()?;
//!     let (lines, _guard) = log::layer(options.log_format, Delivery::Batched);
//!     tracing_subscriber::registry()
//!         .with(lines.with_filter(Targets::from(options.log)))
//!         .with(traces.as_ref().map(Traces::layer))
//!         .try_init()?;
//!     log::log_panics();
//!     // and then `dualrun::server::run(build)`, which sends the last spans at its end
//!     Ok(())
//! }
//! ```

mod attributes;
mod beginning;
mod client;
mod losses;
mod pairs;
mod pipeline;
mod reader;
mod request;
mod resource;
mod settings;
#[cfg(test)]
mod tests;
mod tracer;
mod traces;

/// The libraries in whose terms spans can be changed; those of another version do not fit.
pub use {opentelemetry, tracing_opentelemetry};

pub use self::settings::Settings;
pub use self::traces::{StartError, Traces};

pub(crate) use self::request::{Incoming, ServerSpan};
pub(crate) use self::traces::{current, shut_down, try_init};

use std::time::Duration;

/// What the end of a server waits for the last spans. ECS kills a task 30 seconds after SIGTERM; lame duck and drain take 25.
pub(crate) const AT_THE_END: Duration = Duration::from_secs(2);
