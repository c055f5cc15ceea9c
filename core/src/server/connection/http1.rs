//! A connection that speaks HTTP/1: awake while it has something to do, taken down to its socket in between.

use super::activity::Activity;
use super::coalesce::Coalesced;
use super::detect::{Protocol, next};
use super::refusal::{LINGER, refuse};
use super::service::{ConnectionService, Http1Service};
use super::socket::Socket;
use super::supervise::{End, Supervised};
use super::{Accepted, MAX_HEAD, given_up, report, upgrade};
use crate::metrics::{self, OpenConnection};
use crate::server::listener::Transport;
use crate::service::HttpService;
use crate::stack::Stack;
use bytes::Bytes;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout, timeout_at};

/// hyper's side of a connection.
type Connection<IO, S> = http1::Connection<TokioIo<Coalesced<Socket<IO>>>, Http1Service<S>>;

/// Serves `io` to its end. `replay` are the bytes that detection has read.
///
/// hyper holds some 16 KB for a connection, also while it is idle. So an idle one is taken down to its socket,
/// and built anew when bytes arrive.
pub(super) async fn serve<IO, S>(
    mut io: IO,
    mut replay: Bytes,
    mut stack: Stack<S>,
    accepted: Accepted,
) where
    IO: Transport,
    S: HttpService,
{
    let peer = accepted.peer;
    let open = stack.meter().connection(metrics::Protocol::Http1);
    let mut start = accepted.start;
    let mut may_rest = true;
    loop {
        let activity = Arc::new(Activity::new(&accepted, start, may_rest));
        if may_rest {
            activity.on_first_head();
        }
        let socket = Socket::new(io, Protocol::Http1, replay, Arc::clone(&activity));
        let service = ConnectionService {
            stack,
            activity: Arc::clone(&activity),
            peer,
        };
        let connection = http1::Builder::new()
            .half_close(true)
            .max_header_size(MAX_HEAD)
            .max_buf_size(MAX_HEAD)
            .serve_connection(
                TokioIo::new(Coalesced::new(socket, Arc::clone(&activity))),
                Http1Service(service),
            );
        // Boxed, so that an idle connection does not keep the room for it.
        let mut connection = Box::new(connection);
        match Supervised::new(&mut *connection, Arc::clone(&activity)).await {
            Ok(End::Quiet) => {}
            Ok(End::Upgrading) => {
                return Box::pin(serve_with_upgrades(*connection, &activity, open)).await;
            }
            ended => return Box::pin(end(*connection, ended, &activity)).await,
        }
        (io, stack, replay) = take_down(connection);
        // The beginning of a next request that came with the last one: hyper has to keep it.
        may_rest = replay.is_empty();
        if may_rest {
            // Empty, but it holds hyper's whole read buffer.
            drop(std::mem::take(&mut replay));
            let idle_since = activity.idle_since();
            drop(activity);
            match rest(&mut io, idle_since, &accepted).await {
                Some(bytes) => replay = bytes,
                None => return,
            }
        }
        start = Instant::now();
    }
}

/// What is needed of a connection of hyper's to make another. What is not is given back here, and not when that ends.
#[allow(clippy::boxed_local, reason = "the box is what is given back")]
fn take_down<IO, S>(connection: Box<Connection<IO, S>>) -> (IO, Stack<S>, Bytes)
where
    IO: Transport,
    S: HttpService,
{
    let parts = connection.into_parts();
    let io = parts.io.into_inner().into_inner().into_inner();
    (io, parts.service.0.stack, parts.read_buf)
}

/// The first bytes of the next request; none if it is closed before, or is to be.
async fn rest<IO: Transport>(io: &mut IO, since: Instant, accepted: &Accepted) -> Option<Bytes> {
    let Accepted { shared, seat, .. } = accepted;
    shared.idle.enter(seat, since);
    let end = since + shared.timeouts.idle;
    let bytes = tokio::select! {
        biased;
        bytes = timeout_at(end, next(io)) => bytes.ok(),
        () = given_up(shared, seat) => None,
    };
    match bytes {
        Some(bytes) => bytes.ok()?,
        // What has arrived by now is served and not closed upon, whether tokio knows of it or not.
        None if io.has_unread() => next(io).await.ok()?,
        None => None,
    }
}

/// Goes on with a connection on which a request has asked for another protocol than HTTP, such as a WebSocket. It does
/// not rest any more.
async fn serve_with_upgrades<IO, S>(
    connection: Connection<IO, S>,
    activity: &Arc<Activity>,
    open: OpenConnection,
) where
    IO: Transport,
    S: HttpService,
{
    activity.upgrade.make_possible();
    let peer = activity.peer;
    let mut connection = connection.with_upgrades();
    let ended = Supervised::new(&mut connection, Arc::clone(activity)).await;
    report(peer, ended);
    drop((connection, open));
    upgrade::until_ended(activity).await;
}

/// What is left to do when hyper has nothing more to do with a connection.
async fn end<IO, S>(connection: Connection<IO, S>, ended: hyper::Result<End>, activity: &Activity)
where
    IO: Transport,
    S: HttpService,
{
    let peer = activity.peer;
    let refused = activity.refused();
    let mut io = {
        // All but the socket is given back at the end of this block, above all what has been read of a head: a refusal
        // can wait for seconds until its client has taken it.
        let parts = connection.into_parts();
        if let Some(failure) = &refused {
            parts.service.0.stack.meter().refused(failure.status());
        }
        parts.io.into_inner()
    };
    if let Some(failure) = refused {
        let id = refuse(io, &failure).await;
        let error = ended.as_ref().err().map(|error| error as &dyn Error);
        // No request came of it, so the access log has no line.
        tracing::info!(
            client = %peer,
            request_id = id.as_str(),
            status = failure.status().as_u16(),
            error,
            "malformed request refused"
        );
        return;
    }
    let is_served = matches!(ended, Ok(End::Served));
    report(peer, ended);
    if is_served && activity.upgrade.is_expected() {
        // After a request for another protocol than HTTP, hyper leaves it to others to close our side. How the
        // client takes it does not matter any more.
        let _ = timeout(LINGER, io.shutdown()).await;
    }
}
