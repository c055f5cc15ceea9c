//! Serves one connection: finds out what it speaks, and lets it rest while it has nothing to say.

use super::activity::Activity;
use super::calls::Calls;
use super::coalesce::Coalesced;
use super::detect::{Protocol, detect, next};
use super::shared::Shared;
use super::socket::Socket;
use super::supervise::{End, Supervised};
use crate::service::HttpService;
use crate::stack::Stack;
use bytes::Bytes;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
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
    let given_up = async {
        drain_begins(&shared).await;
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
    match protocol {
        Protocol::Http1 => http1(io, replay, start, peer, stack, shared).await,
        // Boxed, so that the many HTTP/1 connections do not pay for the size of the few others.
        Protocol::Http2 => Box::pin(http2(io, replay, start, peer, stack, shared)).await,
    }
}

/// `replay` are the bytes that detection has read. The first head is due from `start`.
///
/// hyper holds some 16 KB for a connection, also while it is idle. So an idle one is taken down to its socket,
/// and built anew when bytes arrive.
async fn http1<IO, S>(
    mut io: IO,
    mut replay: Bytes,
    mut start: Instant,
    peer: IpAddr,
    mut stack: Stack<S>,
    shared: Arc<Shared>,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    let mut may_rest = true;
    loop {
        let activity = Arc::new(Activity::new(Arc::clone(&shared), start, may_rest));
        if may_rest {
            activity.on_first_head();
        }
        let socket = Socket::new(io, Protocol::Http1, replay, Arc::clone(&activity));
        let socket = Coalesced::new(socket, Arc::clone(&activity));
        let calls = Calls {
            stack,
            activity: Arc::clone(&activity),
            peer,
        };
        let mut connection = http1::Builder::new()
            .max_header_size(MAX_HEAD)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(socket), calls);
        let ended = Supervised::new(&mut connection, Arc::clone(&activity)).await;
        if !matches!(ended, Ok(End::Quiet)) {
            return report(peer, ended);
        }
        let parts = connection.into_parts();
        io = parts.io.into_inner().into_inner().into_inner();
        stack = parts.service.stack;
        replay = parts.read_buf;
        // The beginning of a next request that came with the last one: hyper has to keep it.
        may_rest = replay.is_empty();
        if may_rest {
            // Empty, but it holds hyper's whole read buffer.
            drop(std::mem::take(&mut replay));
            match rest(&mut io, activity.idle_end(), &shared).await {
                Some(bytes) => replay = bytes,
                None => return,
            }
        }
        start = Instant::now();
    }
}

/// The first bytes of the next request; none if it is closed before, or is to be.
async fn rest<IO>(io: &mut IO, end: Instant, shared: &Shared) -> Option<Bytes>
where
    IO: AsyncRead + Unpin,
{
    let next = timeout_at(end, next(io));
    tokio::select! {
        // A request that has arrived by now is served and not closed upon.
        biased;
        bytes = next => bytes.ok()?.ok()?,
        () = drain_begins(shared) => None,
    }
}

async fn drain_begins(shared: &Shared) {
    let begins = shared.drain_begins();
    if !shared.is_draining() {
        begins.await;
    }
}

async fn http2<IO, S>(
    io: IO,
    replay: Bytes,
    start: Instant,
    peer: IpAddr,
    stack: Stack<S>,
    shared: Arc<Shared>,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService,
{
    let idle = shared.timeouts.idle;
    let activity = Arc::new(Activity::new(shared, start, false));
    let socket = Socket::new(io, Protocol::Http2, replay, Arc::clone(&activity));
    let calls = Calls {
        stack,
        activity: Arc::clone(&activity),
        peer,
    };
    let mut connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(idle)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_header_list_size(MAX_HEAD as u32)
        .serve_connection(TokioIo::new(socket), calls);
    report(peer, Supervised::new(&mut connection, activity).await);
}

fn report(peer: IpAddr, ended: hyper::Result<End>) {
    match ended {
        Ok(End::Served | End::Quiet) => {}
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
