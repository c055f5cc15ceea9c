//! The body of every response: the service's own or ours, and what has to last until it has ended.

use super::receipt::{Guard, Receipt};
use crate::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What a request in flight holds on to, and who is to have it when the response's body has ended.
pub(crate) struct InFlight<G> {
    pub(super) receipt: Receipt,
    pub(super) guard: G,
}

pin_project! {
    /// Counts its bytes and notices its end, if there is a line in the log to be written.
    pub(crate) struct ResponseBody<B, G: Guard> {
        #[pin]
        body: Either<B, Full<Bytes>>,
        in_flight: Option<InFlight<G>>,
    }

    impl<B, G: Guard> PinnedDrop for ResponseBody<B, G> {
        fn drop(this: Pin<&mut Self>) {
            if let Some(InFlight { receipt, guard }) = this.project().in_flight.take() {
                guard.on_body_end(receipt);
            }
        }
    }
}

impl<B, G: Guard> ResponseBody<B, G>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    pub(super) fn new(body: Either<B, Full<Bytes>>, mut in_flight: InFlight<G>) -> Self {
        if let Some(line) = &mut in_flight.receipt.line {
            line.has_ended = body.is_end_stream();
        }
        Self {
            body,
            in_flight: Some(in_flight),
        }
    }

    /// What the runtime has attached to the request, until the body has ended.
    pub(crate) fn guard(&self) -> Option<&G> {
        self.in_flight.as_ref().map(|in_flight| &in_flight.guard)
    }
}

impl<B, G: Guard> Body for ResponseBody<B, G>
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
        let in_flight = this.in_flight.as_mut();
        if let Some(line) = in_flight.and_then(|in_flight| in_flight.receipt.line.as_mut()) {
            let data = frame
                .as_ref()
                .and_then(|frame| frame.as_ref().ok()?.data_ref());
            line.bytes += data.map_or(0, |data| data.len() as u64);
            line.has_ended = frame.is_none() || this.body.is_end_stream();
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
