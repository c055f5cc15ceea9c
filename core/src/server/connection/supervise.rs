//! One connection of hyper's under its deadlines.

use super::activity::{Activity, Overdue};
use super::service::{Http1Service, Http2Service};
use super::stream::Streams;
use super::timer::Timer;
use crate::service::HttpService;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::futures::OwnedNotified;

/// How a connection ended without an error.
#[derive(Debug)]
pub(super) enum End {
    /// Closed by the client, or after what was asked.
    Served,
    /// Not ended: it has nothing to do, and may be taken down to its socket.
    Quiet,
    /// Not ended: a request on it has asked for another protocol than HTTP.
    Upgrading,
    /// To be cut.
    Overdue(Overdue),
}

/// hyper's connections, which share no trait.
pub(super) trait Graceful: Future<Output = hyper::Result<()>> + Unpin {
    /// Finish what is in flight, take nothing new; at once if there is nothing.
    fn graceful_shutdown(&mut self);
}

impl<IO, S> Graceful for http1::Connection<TokioIo<IO>, Http1Service<S>>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    fn graceful_shutdown(&mut self) {
        Self::graceful_shutdown(Pin::new(self));
    }
}

impl<IO, S> Graceful for http1::UpgradeableConnection<TokioIo<IO>, Http1Service<S>>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    fn graceful_shutdown(&mut self) {
        Self::graceful_shutdown(Pin::new(self));
    }
}

impl<IO, S> Graceful for http2::Connection<TokioIo<IO>, Http2Service<S>, Streams>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    fn graceful_shutdown(&mut self) {
        Self::graceful_shutdown(Pin::new(self));
    }
}

pin_project! {
    /// A connection under its deadlines.
    pub(super) struct Supervised<'a, C> {
        connection: &'a mut C,
        #[pin]
        timer: Timer,
        #[pin]
        drain: OwnedNotified,
        activity: Arc<Activity>,
        is_waiting: bool,
    }

    impl<C> PinnedDrop for Supervised<'_, C> {
        fn drop(this: Pin<&mut Self>) {
            let activity = &this.activity;
            activity.shared.on_connection_end(activity.in_flight());
        }
    }
}

impl<'a, C> Supervised<'a, C> {
    pub(super) fn new(connection: &'a mut C, activity: Arc<Activity>) -> Self {
        activity.shared.on_connection_begin();
        Self {
            connection,
            timer: Timer::new(&activity),
            drain: activity.shared.drain_begins(),
            activity,
            is_waiting: false,
        }
    }
}

impl<C: Graceful> Future for Supervised<'_, C> {
    type Output = hyper::Result<End>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        this.activity.on_poll();
        // Polled once: the notification wakes this task, and the flag is cheaper to ask at every poll.
        if !*this.is_waiting {
            *this.is_waiting = true;
            let _ = this.drain.as_mut().poll(cx);
        }
        // Whether it is known that nothing has arrived that nobody has read.
        let mut has_asked = false;
        loop {
            // First, so that a request that has arrived by now is served and not closed upon.
            let polled = Pin::new(&mut **this.connection).poll(cx);
            this.activity.unsent.close_if_flushed();
            if let Poll::Ready(result) = polled {
                return Poll::Ready(result.map(|()| End::Served));
            }
            if this.activity.is_held() {
                continue;
            }
            if this.activity.upgrade.is_asked() {
                return Poll::Ready(Ok(End::Upgrading));
            }
            if this.activity.must_yield() {
                return Poll::Ready(Ok(End::Overdue(Overdue::Head)));
            }
            if !this.activity.must_end() {
                if this.activity.shared.is_crowded() && this.activity.can_rest() {
                    return Poll::Ready(Ok(End::Quiet));
                }
                match this.timer.as_mut().overdue(this.activity, cx) {
                    None if this.activity.poll_evicted(cx).is_pending() => return Poll::Pending,
                    None => continue,
                    Some(Overdue::Quiet) if this.activity.can_rest() => {
                        return Poll::Ready(Ok(End::Quiet));
                    }
                    Some(Overdue::Quiet) => {
                        this.activity.on_quiet();
                        continue;
                    }
                    Some(Overdue::HalfClosed) => {
                        this.activity.on_look();
                        continue;
                    }
                    Some(Overdue::Idle) => {}
                    Some(overdue) => return Poll::Ready(Ok(End::Overdue(overdue))),
                }
            }
            if !has_asked {
                has_asked = true;
                this.activity.unread.ask();
                continue;
            }
            if this.activity.unread.is_some() {
                // tokio is about to hear of it, and wakes us.
                return Poll::Pending;
            }
            if this.activity.calls() == 0 {
                this.activity.on_all_read();
            }
            this.activity.on_ending();
            this.connection.graceful_shutdown();
        }
    }
}
