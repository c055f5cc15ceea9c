//! The body of a request, and one that a service may answer with.

use crate::BoxError;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
#[cfg(feature = "server")]
use http_body_util::LengthLimitError;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A request's body that is malformed, or whose client went away: no fault of the service.
///
/// A service that fails with this as its error, or anywhere among its causes, gives the client a 400.
#[derive(Debug, thiserror::Error)]
#[error("the request's body cannot be read")]
pub struct ReadError(#[source] BoxError);

/// Bytes that are at hand, that arrive over a connection, or that any other body yields.
///
/// Only the last of the three costs an allocation.
///
/// ```
/// use dualrun::Body;
///
/// let text = Body::from("hello");
/// let stream = Body::new(http_body_util::Empty::new());
/// # let _ = (text, stream);
/// ```
pub struct Body(Kind);

enum Kind {
    Full(Full<Bytes>),
    #[cfg(feature = "server")]
    Incoming(hyper::body::Incoming),
    #[cfg(feature = "server")]
    Limited(Limited<hyper::body::Incoming>),
    Boxed(UnsyncBoxBody<Bytes, BoxError>),
}

impl Body {
    /// No bytes.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// Any other body.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Kind::Boxed(body.map_err(Into::into).boxed_unsync()))
    }

    #[cfg(feature = "server")]
    pub(crate) fn incoming(body: hyper::body::Incoming) -> Self {
        Self(Kind::Incoming(body))
    }

    /// The same body, which fails with [`http_body_util::LengthLimitError`] beyond `limit` bytes.
    pub(crate) fn limited(self, limit: usize) -> Self {
        match self.0 {
            #[cfg(feature = "server")]
            Kind::Incoming(body) => Self(Kind::Limited(Limited::new(body, limit))),
            #[cfg(feature = "server")]
            Kind::Limited(body) => Self::new(Limited::new(body, limit)),
            Kind::Full(body) if is_within(&body, limit) => Self(Kind::Full(body)),
            Kind::Full(body) => Self::new(Limited::new(body, limit)),
            Kind::Boxed(body) => Self::new(Limited::new(body, limit)),
        }
    }
}

fn is_within(body: &Full<Bytes>, limit: usize) -> bool {
    http_body::Body::size_hint(body).lower() <= limit as u64
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.get_mut().0 {
            Kind::Full(body) => Pin::new(body)
                .poll_frame(cx)
                .map_err(|never| match never {}),
            #[cfg(feature = "server")]
            Kind::Incoming(body) => Pin::new(body)
                .poll_frame(cx)
                .map_err(|error| ReadError(error.into()).into()),
            #[cfg(feature = "server")]
            Kind::Limited(body) => Pin::new(body).poll_frame(cx).map_err(|error| {
                if error.is::<LengthLimitError>() {
                    error
                } else {
                    ReadError(error).into()
                }
            }),
            Kind::Boxed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(body) => body.is_end_stream(),
            #[cfg(feature = "server")]
            Kind::Incoming(body) => body.is_end_stream(),
            #[cfg(feature = "server")]
            Kind::Limited(body) => body.is_end_stream(),
            Kind::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(body) => body.size_hint(),
            #[cfg(feature = "server")]
            Kind::Incoming(body) => body.size_hint(),
            #[cfg(feature = "server")]
            Kind::Limited(body) => body.size_hint(),
            Kind::Boxed(body) => body.size_hint(),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Kind::Full(Full::new(bytes.into())))
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl fmt::Debug for Body {
    /// Says what kind of body it is, not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.0 {
            Kind::Full(_) => "full",
            #[cfg(feature = "server")]
            Kind::Incoming(_) | Kind::Limited(_) => "incoming",
            Kind::Boxed(_) => "boxed",
        };
        f.debug_tuple("Body")
            .field(&format_args!("{kind}"))
            .finish()
    }
}
