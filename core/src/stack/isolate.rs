//! Keeps the service's readiness, errors and panics to the one request.

use super::Failure;
use crate::Body;
use crate::service::HttpService;
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

pin_project! {
    /// The service's answer to one request.
    ///
    /// The service's readiness is awaited with the request in hand, so that the deadline holds for it too, and
    /// a failure to get ready fails this request only.
    #[project = StateProjection]
    pub(super) enum ServiceCall<S: HttpService> {
        // Boxed, since few services ever wait, and every request would pay for the room.
        Waiting {
            waiting: Box<Waiting<S>>,
        },
        Running {
            #[pin]
            future: S::Future,
        },
        Never {
            instead: Option<Instead>,
        },
    }
}

/// What the client gets in place of the service's response.
pub(super) enum Instead {
    Failure(Failure),
    /// The answer of the ready path.
    Readiness(bool),
}

impl From<Failure> for Instead {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// A request that there is no room for yet, or whose service is not ready for it.
pub(super) struct Waiting<S> {
    service: S,
    request: Option<Request<Body>>,
    room: Option<Room>,
}

/// Ready when there is memory for a request's body.
pub(super) type Room = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<S: HttpService> ServiceCall<S> {
    /// Most services are always ready. Those are called at once, which spares the request a move into the
    /// future and out again; others are asked again, by a task that can wait for them.
    #[inline(always)]
    pub(super) fn new(service: &S, request: Request<Body>) -> Self {
        // Taken out in one place only, so that it is not moved into the closure first.
        let mut request = Some(request);
        let start = || {
            let mut service = service.clone();
            let mut nobody = Context::from_waker(Waker::noop());
            match service.poll_ready(&mut nobody) {
                Poll::Ready(Ok(())) => request.take().map(|request| Self::Running {
                    future: service.call(request),
                }),
                Poll::Ready(Err(error)) => Some(Self::never(Failure::of_service(error.into()))),
                Poll::Pending => Some(Self::Waiting {
                    waiting: Box::new(Waiting {
                        service,
                        request: request.take(),
                        room: None,
                    }),
                }),
            }
        };
        match catch_unwind(AssertUnwindSafe(start)) {
            Ok(Some(started)) => started,
            _ => Self::never(Failure::Panicked),
        }
    }

    /// Calls the service once there is room for the request's body.
    pub(super) fn after(room: Room, service: S, request: Request<Body>) -> Self {
        Self::Waiting {
            waiting: Box::new(Waiting {
                service,
                request: Some(request),
                room: Some(room),
            }),
        }
    }

    /// Leaves the service out.
    pub(super) fn never(instead: impl Into<Instead>) -> Self {
        Self::Never {
            instead: Some(instead.into()),
        }
    }

    fn poll_service(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Response<S::ResponseBody>, Instead>> {
        let of_service = |error: S::Error| Instead::Failure(Failure::of_service(error.into()));
        if let StateProjection::Waiting { waiting } = self.as_mut().project() {
            if let Some(room) = &mut waiting.room {
                ready!(room.as_mut().poll(cx));
                waiting.room = None;
            }
            ready!(waiting.service.poll_ready(cx)).map_err(of_service)?;
            if let Some(request) = waiting.request.take() {
                let future = waiting.service.call(request);
                self.set(Self::Running { future });
            }
        }
        match self.project() {
            StateProjection::Running { future } => future.poll(cx).map_err(of_service),
            StateProjection::Never { instead } => {
                Poll::Ready(Err(instead.take().unwrap_or(Failure::Panicked.into())))
            }
            StateProjection::Waiting { .. } => Poll::Pending,
        }
    }
}

impl<S: HttpService> Future for ServiceCall<S> {
    type Output = Result<Response<S::ResponseBody>, Instead>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // After a panic the future is only dropped, never polled again, so nobody sees a broken state of it.
        catch_unwind(AssertUnwindSafe(|| self.poll_service(cx)))
            .unwrap_or_else(|_| Poll::Ready(Err(Failure::Panicked.into())))
    }
}
