//! What a handler finds in a request's extensions, the same on every runtime.
//!
//! ```
//! use dualrun::{Body, context::{ClientAddr, Deadline, Platform, RequestId}};
//!
//! fn handler(request: &http::Request<Body>) -> Option<String> {
//!     let RequestId { .. } = request.extensions().get()?;
//!     let ClientAddr(ip) = request.extensions().get()?;
//!     Some(format!("hello, {ip}"))
//! }
//! ```

use http::HeaderValue;
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The request's id: the client's, if it sent a sane one, otherwise a new one of 32 hexadecimal digits.
///
/// It is in the response's `x-request-id`, in error bodies and in the log.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestId {
    value: HeaderValue,
}

impl RequestId {
    /// Nothing but visible ASCII is in `value`.
    pub(crate) const fn new(value: HeaderValue) -> Self {
        Self { value }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.value.to_str().unwrap_or_default()
    }

    /// The id as the value of a header.
    pub fn into_header_value(self) -> HeaderValue {
        self.value
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestId").field(&self.as_str()).finish()
    }
}

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
