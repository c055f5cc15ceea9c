//! What a handler finds in a request's extensions, the same on every runtime.
//!
//! ```
//! use dualrun::{Body, context::{ClientAddr, Deadline, Platform, RequestId, TraceContext}};
//!
//! fn handler(request: &http::Request<Body>) -> Option<String> {
//!     let RequestId { .. } = request.extensions().get()?;
//!     let ClientAddr(ip) = request.extensions().get()?;
//!     Some(format!("hello, {ip}"))
//! }
//! ```

mod lifecycle;
mod request_id;
mod trace;

pub use self::lifecycle::Lifecycle;
pub use self::request_id::{InvalidRequestId, RequestId};
pub(crate) use self::trace::Parent;
pub use self::trace::{SpanId, TraceContext, TraceId};

use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The address of the client, as far as the trusted proxies can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddr(pub IpAddr);

/// When the client gets a 504, whatever the service does. Work that cannot end by then need not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(pub Instant);

impl Deadline {
    /// The time that is left, zero if it is over.
    pub fn remaining(&self) -> Duration {
        self.0
            .saturating_duration_since(tokio::time::Instant::now().into_std())
    }
}

/// The runtime that the request came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Platform {
    /// The HTTP server of a container.
    Server,
    /// AWS Lambda.
    Lambda,
}
