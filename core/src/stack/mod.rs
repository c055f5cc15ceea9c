//! What every request passes on its way to the service and back, the same on every runtime.
//!
//! From the outside in:
//!
//! | layer | on the way in | on the way out |
//! |---|---|---|
//! | `identify` | request id, client address, deadline and platform into the extensions | `x-request-id` |
//! | `access_log` | | one log line, when the response's body has ended |
//! | `answer` | | failures become JSON, `HEAD` loses its body |
//! | `admission` | 503 when too many requests are in flight; health checks are exempt | |
//! | `body_limit` | 413, at once or when the body turns out to be too large | |
//! | `deadline` | | 504 when the time is over |
//! | `isolate` | awaits the service's readiness | a panic is one failure |
//!
//! The layers inside `answer` do not make responses; they fail with a `Failure`, and `answer` alone knows
//! what the client may see of it and what belongs into the log.

mod access_log;
mod admission;
mod answer;
mod body_limit;
mod client_addr;
mod deadline;
mod failure;
mod guarded;
mod identify;
mod isolate;
mod request_id;

pub(crate) use self::failure::Failure;
pub(crate) use self::guarded::Guarded;
pub(crate) use self::identify::Arrival;

use self::access_log::Log;
use self::admission::Admission;
use self::answer::Answer;
use self::body_limit::BodyLimit;
use self::deadline::Deadlined;
use self::identify::Identify;
use self::isolate::Isolate;
use crate::Options;
use crate::service::HttpService;

/// A service with everything around it. It is always ready and never fails.
pub(crate) type Stack<S> = Identify<Log<Answer<Admission<BodyLimit<Deadlined<Isolate<S>>>>>>>;

/// Puts everything around `service`. Clones of the result share what they count.
pub(crate) fn around<S: HttpService>(service: S, options: &Options) -> Stack<S> {
    let isolated = Isolate::new(service);
    let deadlined = Deadlined::new(isolated);
    let limited = BodyLimit::new(deadlined, options.body_limit);
    let admitted = Admission::new(limited, options.max_in_flight);
    let answered = Answer::new(admitted);
    let logged = Log::new(answered, options.access_log);
    Identify::new(logged, options.trusted_hops, options.request_timeout)
}
