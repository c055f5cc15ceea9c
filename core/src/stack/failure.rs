//! What can go wrong around a service, with one text for the client and one for the log.

use crate::BoxError;
use crate::body::ReadError;
use crate::metrics::Outcome;
use http::StatusCode;
use http_body_util::LengthLimitError;
use std::error::Error;

/// A request that the service did not answer. The `Display` text is for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("too many requests in flight")]
    Overloaded,
    #[error("the request's body is over the limit")]
    BodyTooLarge,
    #[error("the request's body cannot be read")]
    BodyUnreadable,
    #[error("the request is malformed")]
    Malformed,
    #[error("the request's head is too large")]
    HeadTooLarge,
    #[error("the request's target is too long")]
    TargetTooLong,
    #[error("the request asks for a method or a transfer coding that is not implemented")]
    NotImplemented,
    #[error("the service did not answer before the deadline")]
    TimedOut,
    #[error("the service panicked")]
    Panicked,
    #[error("the service failed")]
    Service(#[source] BoxError),
    #[error("the response is over the limit of {limit} bytes")]
    ResponseTooLarge { limit: usize },
    #[error("the response's body failed")]
    ResponseBody(#[source] BoxError),
}

impl Failure {
    /// A service's error. One that comes from reading the request's body is the client's doing.
    pub(crate) fn of_service(error: BoxError) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
        while let Some(error) = cause {
            if error.is::<LengthLimitError>() {
                return Self::BodyTooLarge;
            }
            if error.is::<ReadError>() {
                return Self::BodyUnreadable;
            }
            cause = error.source();
        }
        Self::Service(error)
    }

    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyUnreadable | Self::Malformed => StatusCode::BAD_REQUEST,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::Panicked
            | Self::Service(_)
            | Self::ResponseTooLarge { .. }
            | Self::ResponseBody(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) const fn outcome(&self) -> Outcome {
        match self {
            Self::Overloaded
            | Self::BodyTooLarge
            | Self::BodyUnreadable
            | Self::Malformed
            | Self::HeadTooLarge
            | Self::TargetTooLong
            | Self::NotImplemented => Outcome::Refused,
            Self::TimedOut => Outcome::TimedOut,
            Self::Panicked => Outcome::Panicked,
            Self::Service(_) | Self::ResponseTooLarge { .. } | Self::ResponseBody(_) => {
                Outcome::Failed
            }
        }
    }

    /// What the client may know.
    pub(crate) const fn client_text(&self) -> &'static str {
        match self {
            Self::Overloaded => "too many requests, try again",
            Self::BodyTooLarge => "request body too large",
            Self::BodyUnreadable => "request body cannot be read",
            Self::Malformed => "malformed request",
            Self::HeadTooLarge => "request head too large",
            Self::TargetTooLong => "request target too long",
            Self::NotImplemented => "not implemented",
            Self::TimedOut => "timed out",
            Self::Panicked
            | Self::Service(_)
            | Self::ResponseTooLarge { .. }
            | Self::ResponseBody(_) => "internal server error",
        }
    }
}
