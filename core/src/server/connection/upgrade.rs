//! A connection that speaks something else after a request, such as a WebSocket over HTTP/1.1.
//!
//! hyper hands the socket to whoever has asked for it. So it is the socket that knows when the connection ends, and
//! that has to fail when the drain's time is over.

use super::activity::Activity;
use crate::context::TraceId;
use crate::log::cut;
use crate::metrics::{Meter, OpenConnection, Protocol};
use crate::options::AccessLog;
use crate::stack::ACCESS_LOG;
use http::HeaderValue;
use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Poll, Waker};
use tokio::time::Instant;

/// How far a connection is on its way to speaking something else. On most it stays at its beginning.
#[derive(Default)]
pub(super) struct Upgrade {
    /// hyper may let go of the socket right after its next response, without another flush.
    is_expected: AtomicBool,
    /// A request has asked for it, and the connection is to be put into the form that can do it.
    is_asked: AtomicBool,
    is_possible: AtomicBool,
    is_done: AtomicBool,
    /// What few connections need.
    rest: OnceLock<Box<Rest>>,
}

#[derive(Default)]
struct Rest {
    received: AtomicU64,
    sent: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    request: Option<Request>,
    has_ended: bool,
    waker: Option<Waker>,
}

/// The request that has asked for it, as the log knows it.
pub(super) struct Request {
    pub(super) id: HeaderValue,
    pub(super) trace_id: Option<TraceId>,
    pub(super) path: String,
    pub(super) client: IpAddr,
    /// Which requests get a line.
    pub(super) log: AccessLog,
    pub(super) meter: Meter,
}

impl Upgrade {
    fn rest(&self) -> &Rest {
        self.rest.get_or_init(Box::default)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let state = &self.rest().state;
        state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn expect(&self) {
        self.is_expected.store(true, SeqCst);
    }

    pub(super) fn is_expected(&self) -> bool {
        self.is_expected.load(SeqCst)
    }

    pub(super) fn ask(&self) {
        self.is_asked.store(true, SeqCst);
    }

    /// Whether the connection has to be changed before the request can go on.
    pub(super) fn is_asked(&self) -> bool {
        self.is_asked.load(SeqCst) && !self.is_possible()
    }

    pub(super) fn make_possible(&self) {
        self.is_possible.store(true, SeqCst);
    }

    pub(super) fn is_possible(&self) -> bool {
        self.is_possible.load(SeqCst)
    }

    /// The service has agreed.
    pub(super) fn agree(&self, request: Request) {
        self.lock().request = Some(request);
    }

    pub(super) fn is_done(&self) -> bool {
        self.is_done.load(SeqCst)
    }

    pub(super) fn on_received(&self, count: usize) {
        self.rest().received.fetch_add(count as u64, SeqCst);
    }

    pub(super) fn on_sent(&self, count: usize) {
        self.rest().sent.fetch_add(count as u64, SeqCst);
    }

    fn on_end(&self) {
        let mut state = self.lock();
        state.has_ended = true;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    async fn ended(&self) {
        poll_fn(|cx| {
            let mut state = self.lock();
            if state.has_ended {
                return Poll::Ready(());
            }
            state.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// In the socket, so that its end is noticed wherever that is.
pub(super) struct SocketEnd(pub(super) Arc<Activity>);

impl Drop for SocketEnd {
    fn drop(&mut self) {
        if self.0.upgrade.is_possible() {
            self.0.upgrade.on_end();
        }
    }
}

/// Waits until a connection has ended that hyper has let go of, and logs that.
pub(super) async fn until_ended(activity: &Activity) {
    let upgrade = &activity.upgrade;
    let request = {
        let mut state = upgrade.lock();
        if state.has_ended {
            return;
        }
        state.request.take()
    };
    upgrade.is_done.store(true, SeqCst);
    let mut line = request.map(EndLine::new);
    upgrade.ended().await;
    if let Some(line) = &mut line {
        let count = |count: &AtomicU64| Some(count.load(SeqCst));
        (line.received, line.sent) = (count(&upgrade.rest().received), count(&upgrade.rest().sent));
        line.is_complete = true;
    }
}

/// What the log says when a connection that spoke something else has ended. Written on drop, and so also when it is cut.
pub(super) struct EndLine {
    _open: OpenConnection,
    request: Request,
    start: Instant,
    pub(super) received: Option<u64>,
    pub(super) sent: Option<u64>,
    pub(super) is_complete: bool,
}

impl EndLine {
    pub(super) fn new(request: Request) -> Self {
        Self {
            _open: request.meter.connection(Protocol::Websocket),
            request,
            start: Instant::now(),
            received: None,
            sent: None,
            is_complete: false,
        }
    }
}

impl Drop for EndLine {
    fn drop(&mut self) {
        let is_wanted = match self.request.log {
            AccessLog::Off => false,
            AccessLog::Errors => !self.is_complete,
            AccessLog::Requests | AccessLog::All => true,
        };
        if !is_wanted {
            return;
        }
        tracing::info!(
            target: ACCESS_LOG,
            // It has what the line of a request has.
            parent: None,
            request_id = self.request.id.to_str().unwrap_or_default(),
            trace_id = self.request.trace_id.map(tracing::field::display),
            path = &*cut(&self.request.path),
            received = self.received,
            sent = self.sent,
            duration_ms = self.start.elapsed().as_micros() as f64 / 1000.0,
            client = %self.request.client,
            cut_off = (!self.is_complete).then_some(true),
            "upgraded connection ended"
        );
    }
}

/// A stream that does not answer a request any longer, and keeps its connection from being idle.
pub(super) struct UpgradedStream(pub(super) Arc<Activity>);

impl UpgradedStream {
    /// Whether the drain's time has run out.
    pub(super) fn is_cut(&self) -> bool {
        self.0.shared.is_cutting()
    }
}

impl Drop for UpgradedStream {
    fn drop(&mut self) {
        self.0.on_upgraded_stream_end();
    }
}
