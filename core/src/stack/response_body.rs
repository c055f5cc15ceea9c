//! The body of every response: the service's own or ours, and what has to last until it has ended.

use super::receipt::{Guard, Receipt};
use crate::BoxError;
use crate::context::TraceId;
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
    /// Counts its bytes and notices its end.
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
    pub(super) fn new(body: Either<B, Full<Bytes>>, mut in_flight: Option<InFlight<G>>) -> Self {
        if let Some(in_flight) = &mut in_flight {
            let has_ended = body.is_end_stream();
            if let Some(progress) = in_flight.receipt.span.progress() {
                progress.has_ended = has_ended;
            }
        }
        Self { body, in_flight }
    }

    /// The trace of the request, until the body has ended.
    pub(crate) fn trace_id(&self) -> Option<TraceId> {
        self.in_flight.as_ref()?.receipt.span.trace_id()
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
        let mut in_flight = this.in_flight.as_mut();
        let entered = in_flight
            .as_mut()
            .map(|in_flight| in_flight.receipt.span.enter());
        let frame = ready!(this.body.as_mut().poll_frame(cx));
        drop(entered);
        let progress = in_flight.and_then(|in_flight| in_flight.receipt.span.progress());
        if let Some(progress) = progress {
            let data = frame
                .as_ref()
                .and_then(|frame| frame.as_ref().ok()?.data_ref());
            progress.bytes += data.map_or(0, |data| data.len() as u64);
            progress.has_ended = frame.is_none() || this.body.is_end_stream();
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
