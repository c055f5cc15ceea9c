//! One connection: finds out what it speaks, and serves it to its end.

mod activity;
mod coalesce;
mod detect;
mod frames;
mod half_close;
mod head_memory;
mod http1;
mod http2;
mod parked;
mod refusal;
mod service;
mod socket;
mod stamp;
mod stream;
mod supervise;
mod target;
#[cfg(test)]
mod tests;
mod timer;
mod unread;
mod unsent;
mod upgrade;

use self::detect::{Detection, Protocol};
use self::supervise::End;
use super::idle::Seat;
use super::listener::Transport;
use super::shared::Shared;
use crate::service::HttpService;
use crate::stack::Stack;
use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The largest head of a request, as an ALB allows it: 64 KB for all headers (AWS, "Quotas for your
/// Application Load Balancers"). One above gets a 431.
const MAX_HEAD: usize = 64 * 1024;
/// A connection that is younger is about to bring a request, so a drain waits for that.
const YOUNG: Duration = Duration::from_secs(1);

/// What stays the same for a connection, whatever it does.
struct Accepted {
    peer: IpAddr,
    start: Instant,
    shared: Arc<Shared>,
    /// Where it stands among those that could be closed for another.
    seat: Arc<Seat>,
}

impl Drop for Accepted {
    fn drop(&mut self) {
        // Who is gone cannot make room for anybody.
        self.seat.leave();
    }
}

/// Serves what comes of `handshake` to its end.
pub(super) async fn serve<IO, S>(
    handshake: impl Future<Output = io::Result<IO>>,
    peer: IpAddr,
    stack: Stack<S>,
    shared: Arc<Shared>,
) where
    IO: Transport,
    S: HttpService,
{
    let accepted = Accepted {
        peer,
        start: Instant::now(),
        shared,
        seat: Arc::default(),
    };
    let Some((io, detection)) = first_bytes(handshake, &accepted).await else {
        // Nothing was asked: closed, failed or timed out before the first request.
        return;
    };
    let replay = detection.bytes();
    match detection.protocol() {
        Protocol::Http1 => http1::serve(io, replay, stack, accepted).await,
        // Boxed, so that the many HTTP/1 connections do not pay for the size of the few others.
        Protocol::Http2 => Box::pin(http2::serve(io, replay, stack, accepted)).await,
    }
}

/// Waits until a connection has shown what it speaks. None if it does not, or is closed.
async fn first_bytes<IO: Transport>(
    handshake: impl Future<Output = io::Result<IO>>,
    accepted: &Accepted,
) -> Option<(IO, Detection)> {
    let Accepted {
        start,
        shared,
        seat,
        ..
    } = accepted;
    let end = *start + shared.timeouts.head;
    shared.idle.enter(seat, *start);
    let given_up = async || {
        given_up(shared, seat).await;
        sleep_until(*start + YOUNG).await;
    };
    let mut io = tokio::select! {
        biased;
        io = timeout_at(end, handshake) => io.ok()?.ok()?,
        () = given_up() => return None,
    };
    let mut detection = Detection::default();
    let detected = tokio::select! {
        biased;
        detected = timeout_at(end, detection.read_from(&mut io)) => detected.ok()?.ok()?,
        () = given_up() => false,
    };
    // What has arrived by now is served and not closed upon, whether tokio knows of it or not.
    let detected = detected
        || io.has_unread()
            && timeout_at(end, detection.read_from(&mut io))
                .await
                .ok()?
                .ok()?;
    detected.then_some((io, detection))
}

/// Ready when a connection that has nothing to do is to be closed.
async fn given_up(shared: &Shared, seat: &Seat) {
    let drain = shared.drain_begins();
    if shared.is_draining() {
        return;
    }
    tokio::select! {
        () = drain => {}
        () = poll_fn(|cx| seat.poll_evicted(cx)) => {}
    }
}

fn report(peer: IpAddr, ended: hyper::Result<End>) {
    match ended {
        Ok(End::Served | End::Quiet | End::Upgrading) => {}
        Ok(End::Overdue(overdue)) => tracing::debug!(client = %peer, ?overdue, "connection cut"),
        Err(error) => {
            tracing::debug!(client = %peer, error = &error as &dyn Error, "connection failed");
        }
    }
}
