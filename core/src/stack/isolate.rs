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
    pub(super) enum Isolated<S: HttpService> {
        // Boxed, since few services ever wait, and every request would pay for the room.
        Waiting {
            waiting: Box<Waiting<S>>,
        },
        Running {
            #[pin]
            future: S::Future,
        },
        Failed {
            failure: Option<Failure>,
        },
    }
}

/// A request whose service is not ready for it.
pub(super) struct Waiting<S> {
    service: S,
    request: Option<Request<Body>>,
}

impl<S: HttpService> Isolated<S> {
    /// Most services are always ready. Those are called at once, which spares the request a move into the
    /// future and out again; others are asked again, by a task that can wait for them.
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
                Poll::Ready(Err(error)) => Some(Self::failed(Failure::of_service(error.into()))),
                Poll::Pending => Some(Self::Waiting {
                    waiting: Box::new(Waiting {
                        service,
                        request: request.take(),
                    }),
                }),
            }
        };
        match catch_unwind(AssertUnwindSafe(start)) {
            Ok(Some(started)) => started,
            _ => Self::failed(Failure::Panicked),
        }
    }

    pub(super) const fn failed(failure: Failure) -> Self {
        Self::Failed {
            failure: Some(failure),
        }
    }

    fn poll_service(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Response<S::ResponseBody>, Failure>> {
        let of_service = |error: S::Error| Failure::of_service(error.into());
        if let StateProjection::Waiting { waiting } = self.as_mut().project() {
            ready!(waiting.service.poll_ready(cx)).map_err(of_service)?;
            if let Some(request) = waiting.request.take() {
                let future = waiting.service.call(request);
                self.set(Self::Running { future });
            }
        }
        match self.project() {
            StateProjection::Running { future } => future.poll(cx).map_err(of_service),
            StateProjection::Failed { failure } => {
                Poll::Ready(Err(failure.take().unwrap_or(Failure::Panicked)))
            }
            StateProjection::Waiting { .. } => Poll::Pending,
        }
    }
}

impl<S: HttpService> Future for Isolated<S> {
    type Output = Result<Response<S::ResponseBody>, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // After a panic the future is only dropped, never polled again, so nobody sees a broken state of it.
        catch_unwind(AssertUnwindSafe(|| self.poll_service(cx)))
            .unwrap_or_else(|_| Poll::Ready(Err(Failure::Panicked)))
    }
}
