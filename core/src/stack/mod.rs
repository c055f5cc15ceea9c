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
use self::response_body::Attached;
use crate::base_path::BasePath;
use crate::context::{ClientAddr, Deadline, Platform, RequestId};
use crate::options::AccessLog;
use crate::service::HttpService;
use crate::{Body, Options};
use http::{Extensions, HeaderValue, Method, Request};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What only the runtime knows of a request.
pub(crate) struct Arrival<G> {
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

/// A service with everything around it. Clones share all but the service.
#[derive(Clone)]
pub(crate) struct Stack<S> {
    service: S,
    // Not beside the service: each connection has a clone of it, and a thousand of those fit no cache.
    rules: Arc<Rules>,
}

/// What holds for every request.
struct Rules {
    admission: Admission,
    request_timeout: Duration,
    body_limit: u64,
    trusted_hops: u8,
    access_log: AccessLog,
    base_path: BasePath,
    /// What a handler finds in every request's extensions, with values that mean nothing: to clone a map
    /// takes half of what it takes to fill one that grows.
    known: Extensions,
}

impl<S: HttpService> Stack<S> {
    /// Puts everything around `service`.
    pub(crate) fn new(service: S, options: &Options) -> Self {
        let mut known = Extensions::new();
        known.insert(RequestId::new(HeaderValue::from_static("")));
        known.insert(ClientAddr(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
        known.insert(Deadline(Instant::now().into_std()));
        known.insert(Platform::Server);
        let rules = Rules {
            admission: Admission::new(options.max_in_flight),
            request_timeout: options.request_timeout,
            body_limit: options.body_limit,
            trusted_hops: options.trusted_hops,
            access_log: options.access_log,
            base_path: options.base_path.clone(),
            known,
        };
        Self {
            service,
            rules: Arc::new(rules),
        }
    }

    /// Answers a request, whatever happens.
    pub(crate) fn call<G>(
        &self,
        mut request: Request<Body>,
        arrival: Arrival<G>,
    ) -> StackFuture<S, G> {
        let Arrival {
            at,
            cut_at,
            id,
            client,
            platform,
            guard,
        } = arrival;
        let rules = &*self.rules;
        let id = request_id::of(request.headers(), id);
        let client = match client {
            Client::Known(ip) => ip,
            Client::Behind(peer) => client_addr::of(request.headers(), rules.trusted_hops, peer),
        };
        let deadline = at + rules.request_timeout;
        let deadline = cut_at.map_or(deadline, |cut_at| deadline.min(cut_at));
        rules.base_path.strip_from(&mut request);
        let mut known = rules.known.clone();
        set(&mut known, id.clone());
        set(&mut known, ClientAddr(client));
        set(&mut known, Deadline(deadline.into_std()));
        set(&mut known, platform);
        request.extensions_mut().extend(known);

        let line = (rules.access_log != AccessLog::Off)
            .then(|| Box::new(Line::of(&request, rules.access_log, at, id.clone(), client)));
        let is_head = request.method() == Method::HEAD;
        let mut attached = Attached {
            line,
            permit: None,
            guard,
        };
        StackFuture {
            inner: match rules.admit(&mut request) {
                Ok(permit) => {
                    attached.permit = permit;
                    Isolated::new(&self.service, request)
                }
                Err(failure) => Isolated::failed(failure),
            },
            timer: Timer::new(deadline),
            id: Some(id),
            is_head,
            attached: Some(attached),
        }
    }
}

impl Rules {
    fn admit(&self, request: &mut Request<Body>) -> Result<Option<admission::Permit>, Failure> {
        let permit = self.admission.admit(request)?;
        body_limit::limit_body(request, self.body_limit)?;
        Ok(permit)
    }
}

/// Gives what is there another value.
fn set<T: Send + Sync + 'static>(extensions: &mut Extensions, value: T) {
    if let Some(place) = extensions.get_mut() {
        *place = value;
    }
}
