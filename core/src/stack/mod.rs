//! What every request passes on its way to the service and back, the same on every runtime.
//!
//! | file | on the way in | on the way out |
//! |---|---|---|
//! | `request_id`, `client_addr` | id, client, deadline and platform into the extensions | `x-request-id` |
//! | `base_path` (of the crate) | taken off the path | |
//! | `access_log` | | one log line, when the response's body has ended |
//! | `answer` | | failures become JSON, `HEAD` loses its body |
//! | `admission` | 503 when too many requests are in flight; health checks are exempt | |
//! | `body_limit` | 413, at once or when the body turns out to be too large | |
//! | `deadline` | | 504 when the time is over |
//! | `isolate` | awaits the service's readiness | a panic is one failure |
//!
//! These are parts of one future, not a tower of layers: each layer would move the request and the response
//! once more and wrap the body once more, and those moves were what the tower mostly cost.
//!
//! Whatever goes wrong is a `Failure` until the end, where `answer` alone knows what the client may see of
//! it and what belongs into the log.

mod access_log;
mod admission;
mod answer;
mod body_limit;
mod client_addr;
mod deadline;
mod failure;
mod future;
mod isolate;
mod request_id;
mod response_body;

pub(crate) use self::failure::Failure;
pub(crate) use self::future::StackFuture;
pub(crate) use self::request_id::X_REQUEST_ID;
pub(crate) use self::response_body::ResponseBody;

use self::access_log::Line;
use self::admission::Admission;
use self::deadline::Timer;
use self::isolate::Isolated;
use crate::base_path::BasePath;
use crate::context::{ClientAddr, Deadline, Platform, RequestId};
use crate::options::AccessLog;
use crate::service::HttpService;
use crate::{Body, Options};
use http::{Method, Request};
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::Instant;

/// A request as a runtime hands it in, with what only the runtime knows.
pub(crate) struct Arrival<G> {
    pub(crate) request: Request<Body>,
    /// When it arrived; its deadline counts from here.
    pub(crate) at: Instant,
    /// When the runtime itself would give up on it.
    pub(crate) cut_at: Option<Instant>,
    /// The id that the runtime knows it by, for when the client sent none.
    pub(crate) id: Option<RequestId>,
    pub(crate) client: Client,
    pub(crate) platform: Platform,
    /// Dropped when the response's body has ended, or will never come.
    pub(crate) guard: G,
}

/// Who the runtime says has sent a request.
#[derive(Clone, Copy)]
pub(crate) enum Client {
    /// This one, for certain: a gateway says so outside of the headers.
    Known(IpAddr),
    /// Whoever `X-Forwarded-For` names, behind this peer.
    Behind(IpAddr),
}

/// A service with everything around it. Clones share what they count.
#[derive(Clone)]
pub(crate) struct Stack<S> {
    service: S,
    admission: Admission,
    request_timeout: Duration,
    body_limit: u64,
    trusted_hops: u8,
    access_log: AccessLog,
    base_path: BasePath,
}

impl<S: HttpService> Stack<S> {
    /// Puts everything around `service`.
    pub(crate) fn new(service: S, options: &Options) -> Self {
        Self {
            service,
            admission: Admission::new(options.max_in_flight),
            request_timeout: options.request_timeout,
            body_limit: options.body_limit,
            trusted_hops: options.trusted_hops,
            access_log: options.access_log,
            base_path: options.base_path.clone(),
        }
    }

    /// Answers a request, whatever happens.
    pub(crate) fn call<G>(&self, arrival: Arrival<G>) -> StackFuture<S, G> {
        let Arrival {
            mut request,
            at,
            cut_at,
            id,
            client,
            platform,
            guard,
        } = arrival;
        let id = request_id::of(request.headers(), id);
        let client = match client {
            Client::Known(ip) => ip,
            Client::Behind(peer) => client_addr::of(request.headers(), self.trusted_hops, peer),
        };
        let deadline = at + self.request_timeout;
        let deadline = cut_at.map_or(deadline, |cut_at| deadline.min(cut_at));
        self.base_path.strip_from(&mut request);
        let extensions = request.extensions_mut();
        extensions.insert(id.clone());
        extensions.insert(ClientAddr(client));
        extensions.insert(Deadline(deadline.into_std()));
        extensions.insert(platform);

        let line = (self.access_log != AccessLog::Off)
            .then(|| Box::new(Line::of(&request, self.access_log, at, id.clone(), client)));
        let is_head = request.method() == Method::HEAD;
        let (permit, inner) = match self.admit(&mut request) {
            Ok(permit) => (permit, Isolated::new(&self.service, request)),
            Err(failure) => (None, Isolated::failed(failure)),
        };
        StackFuture {
            inner,
            timer: Timer::new(deadline),
            id: Some(id),
            is_head,
            attached: Some(response_body::Attached {
                line,
                _permit: permit,
                guard,
            }),
        }
    }

    fn admit(&self, request: &mut Request<Body>) -> Result<Option<admission::Permit>, Failure> {
        let permit = self.admission.admit(request)?;
        body_limit::limit_body(request, self.body_limit)?;
        Ok(permit)
    }
}
