//! The id of a request, as handlers, clients and the log know it.

use http::HeaderValue;
use std::fmt;
use std::str::FromStr;

/// The longest id that is taken over. A UUID has 36 characters, an X-Ray trace id 35.
const LONGEST: usize = 128;

/// The request's id: the client's, if it sent a sane one, otherwise a new one of 32 hexadecimal digits.
///
/// It is in the response's `x-request-id`, in error bodies and in the log. A test of a handler makes one of
/// a text:
///
/// ```
/// use dualrun::context::RequestId;
///
/// let id: RequestId = "abc-1".parse()?;
/// assert_eq!(id.as_str(), "abc-1");
/// # Ok::<(), dualrun::context::InvalidRequestId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestId {
    value: HeaderValue,
}

/// A text that is empty, over 128 characters, or has others than letters, digits and `-_.:/+=@`.
#[derive(Debug, thiserror::Error)]
#[error("not a request id: it takes 1 to 128 letters, digits and -_.:/+=@")]
pub struct InvalidRequestId;

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

    /// Whether an id can be put into logs, URLs and other systems' headers as it is.
    pub(crate) fn is_sane(id: &[u8]) -> bool {
        let is_plain = |c: &u8| c.is_ascii_alphanumeric() || b"-_.:/+=@".contains(c);
        (1..=LONGEST).contains(&id.len()) && id.iter().all(is_plain)
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(text: &str) -> Result<Self, InvalidRequestId> {
        if !Self::is_sane(text.as_bytes()) {
            return Err(InvalidRequestId);
        }
        HeaderValue::from_str(text)
            .map(Self::new)
            .map_err(|_| InvalidRequestId)
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
