//! Serves one connection, and ends it when it is overdue or the server drains.

use super::activity::{Activity, Overdue};
use super::calls::Calls;
use super::detect::{Protocol, detect};
use super::shared::Shared;
use super::socket::Socket;
use super::timer::Timer;
use crate::service::HttpService;
use crate::stack::Stack;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use pin_project_lite::pin_project;
use std::error::Error;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::futures::OwnedNotified;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The largest head of a request, as an ALB allows it: 64 KB for all headers (AWS, "Quotas for your
/// Application Load Balancers"). One above gets a 431.
const MAX_HEAD: usize = 64 * 1024;
/// A connection that is younger is about to bring a request, so a drain waits for that.
const YOUNG: Duration = Duration::from_secs(1);
/// An HTTP/2 client that answers no ping for this long is gone.
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves `io` to its end.
pub(super) async fn serve<IO, S>(mut io: IO, peer: IpAddr, stack: Stack<S>, shared: Arc<Shared>)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    let start = Instant::now();
    let drain = shared.drain_begins();
    let given_up = async {
        if !shared.is_draining() {
            drain.await;
        }
        sleep_until(start + YOUNG).await;
    };
    let detection = timeout_at(start + shared.timeouts.head, detect(&mut io));
    let detected = tokio::select! {
        biased;
        detected = detection => detected,
        () = given_up => return,
    };
    // Nothing was asked in any of the other cases: closed, failed or timed out before the first request.
    let Ok(Ok(Some((protocol, replay)))) = detected else {
        return;
    };
    let activity = Arc::new(Activity::new(shared, start));
    let socket = TokioIo::new(Socket::new(io, protocol, replay, Arc::clone(&activity)));
    let calls = Calls {
        stack,
        activity: Arc::clone(&activity),
        peer,
    };
    let ended = match protocol {
        Protocol::Http1 => {
            let connection = http1::Builder::new()
                .max_header_size(MAX_HEAD)
                .max_buf_size(MAX_HEAD)
                .serve_connection(socket, calls);
            Supervised::new(connection, activity).await
        }
        Protocol::Http2 => {
            let idle = activity.shared.timeouts.idle;
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .keep_alive_interval(idle)
                .keep_alive_timeout(PING_TIMEOUT)
                .max_header_list_size(MAX_HEAD as u32)
                .serve_connection(socket, calls);
            // Boxed, so that the many HTTP/1 connections do not pay for the size of the few others.
            Box::pin(Supervised::new(connection, activity)).await
        }
    };
    match ended {
        Ok(End::Served) => {}
        Ok(End::Overdue(overdue)) => tracing::debug!(client = %peer, ?overdue, "connection cut"),
        // No request came of it, so the access log has no line.
        Err(error) if error.is_parse() => {
            tracing::info!(client = %peer, error = &error as &dyn Error, "malformed request refused");
        }
        Err(error) => {
            tracing::debug!(client = %peer, error = &error as &dyn Error, "connection failed");
        }
    }
}

/// How a connection ended without an error.
#[derive(Debug)]
enum End {
    Served,
    Overdue(Overdue),
}

/// hyper's connections, which share no trait.
trait Graceful: Future<Output = hyper::Result<()>> {
    /// Finish what is in flight, take nothing new; at once if there is nothing.
    fn graceful_shutdown(self: Pin<&mut Self>);
}

impl<IO, S> Graceful for http1::Connection<TokioIo<IO>, Calls<S>>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    fn graceful_shutdown(self: Pin<&mut Self>) {
        Self::graceful_shutdown(self);
    }
}

impl<IO, S> Graceful for http2::Connection<TokioIo<IO>, Calls<S>, TokioExecutor>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    fn graceful_shutdown(self: Pin<&mut Self>) {
        Self::graceful_shutdown(self);
    }
}

pin_project! {
    /// A connection under its deadlines.
    struct Supervised<C> {
        #[pin]
        connection: C,
        #[pin]
        timer: Timer,
        #[pin]
        drain: OwnedNotified,
        activity: Arc<Activity>,
        is_waiting: bool,
    }

    impl<C> PinnedDrop for Supervised<C> {
        fn drop(this: Pin<&mut Self>) {
            let activity = &this.activity;
            activity.shared.on_connection_end(activity.calls());
        }
    }
}

impl<C> Supervised<C> {
    fn new(connection: C, activity: Arc<Activity>) -> Self {
        Self {
            connection,
            timer: Timer::new(&activity),
            drain: activity.shared.drain_begins(),
            activity,
            is_waiting: false,
        }
    }
}

impl<C: Graceful> Future for Supervised<C> {
    type Output = hyper::Result<End>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Polled once: the notification wakes this task, and the flag is cheaper to ask at every poll.
        if !*this.is_waiting {
            *this.is_waiting = true;
            let _ = this.drain.as_mut().poll(cx);
        }
        loop {
            // First, so that a request that has arrived by now is served and not closed upon.
            if let Poll::Ready(result) = this.connection.as_mut().poll(cx) {
                return Poll::Ready(result.map(|()| End::Served));
            }
            if !this.activity.must_end() {
                match this.timer.as_mut().overdue(this.activity, cx) {
                    None => return Poll::Pending,
                    Some(Overdue::Idle) => {}
                    Some(overdue) => return Poll::Ready(Ok(End::Overdue(overdue))),
                }
            }
            this.activity.on_ending();
            this.connection.as_mut().graceful_shutdown();
        }
    }
}
