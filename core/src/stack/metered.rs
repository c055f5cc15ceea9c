//! A body whose length nobody knows, charged to the memory budget as it is read.

use super::memory::{Budget, Charge, Exhausted, Reserved};
use crate::metrics::Received;
use crate::{Body, BoxError};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Hands a frame on once the budget has room for it. Until then nobody reads on, so the client has to wait. Or it fails, if
/// others would have to wait with it.
pub(super) struct Metered {
    body: Body,
    budget: Budget,
    charge: Charge,
    /// Otherwise it fails.
    may_wait: bool,
    /// Bytes that have been read.
    read: u64,
    received: Option<Received>,
    waiting: Option<Waiting>,
}

struct Waiting {
    frame: Frame<Bytes>,
    room: Pin<Box<dyn Future<Output = Option<Reserved>> + Send>>,
}

impl Metered {
    pub(super) fn new(body: Body, budget: Budget, charge: Charge, may_wait: bool) -> Self {
        Self {
            body,
            budget,
            charge,
            may_wait,
            read: 0,
            received: None,
            waiting: None,
        }
    }

    /// The same, with its bytes recorded.
    pub(super) fn recorded(mut self, received: Received) -> Self {
        self.received = Some(received);
        self
    }
}

impl http_body::Body for Metered {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if this.waiting.is_none() {
            let frame = match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                end => return Poll::Ready(end),
            };
            let length = frame.data_ref().map_or(0, |data| data.len() as u64);
            this.read += length;
            if let Some(received) = &this.received {
                received.on_read(length);
            }
            match this.charge.grow(&this.budget, this.read) {
                None => return Poll::Ready(Some(Ok(frame))),
                Some(_) if !this.may_wait => {
                    this.charge.refuse();
                    return Poll::Ready(Some(Err(Exhausted.into())));
                }
                Some(room) => {
                    let room = Box::pin(room);
                    this.waiting = Some(Waiting { frame, room });
                }
            }
        }
        if let Some(waiting) = &mut this.waiting {
            let reserved = ready!(waiting.room.as_mut().poll(cx));
            this.charge.add(reserved);
        }
        let frame = this.waiting.take().map(|waiting| Ok(waiting.frame));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.waiting.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // Of what waits here the hint would not know.
        match &self.waiting {
            None => self.body.size_hint(),
            Some(_) => SizeHint::default(),
        }
    }
}
