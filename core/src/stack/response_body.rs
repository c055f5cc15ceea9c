//! The body of every response: the service's own or ours, and what has to last until it has ended.

use super::access_log::Line;
use super::admission::Permit;
use crate::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Held until the body has ended or is dropped: a request is in flight for as long.
pub(crate) struct Attached<G> {
    pub(super) line: Option<Box<Line>>,
    pub(super) permit: Option<Permit>,
    pub(super) guard: G,
}

pin_project! {
    /// Counts its bytes and notices its end, if there is a line in the log to be written.
    pub(crate) struct ResponseBody<B, G> {
        #[pin]
        body: Either<B, Full<Bytes>>,
        attached: Attached<G>,
    }
}

impl<B, G> ResponseBody<B, G>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    pub(super) fn new(body: Either<B, Full<Bytes>>, mut attached: Attached<G>) -> Self {
        if let Some(line) = &mut attached.line {
            line.is_complete = body.is_end_stream();
        }
        Self { body, attached }
    }

    /// What the runtime has attached to the request.
    pub(crate) const fn guard(&self) -> &G {
        &self.attached.guard
    }
}

impl<B, G> Body for ResponseBody<B, G>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        let frame = ready!(this.body.as_mut().poll_frame(cx));
        if let Some(line) = &mut this.attached.line {
            let data = frame
                .as_ref()
                .and_then(|frame| frame.as_ref().ok()?.data_ref());
            line.bytes += data.map_or(0, |data| data.len() as u64);
            line.is_complete = frame.is_none() || this.body.is_end_stream();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
