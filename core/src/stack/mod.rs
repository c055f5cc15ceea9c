//! What every request passes on its way to the service and back, the same on every runtime.
//!
//! | file | on the way in | on the way out |
//! |---|---|---|
//! | `request_id`, `client_addr` | id, trace, client, deadline and platform into the extensions | `x-request-id` |
//! | `sent` | which of the headers that are looked for are there | |
//! | `base_path` (of the crate) | taken off the path | |
//! | `request_span` (of the log) | the service is called, and polled, in the request's span | so is the body |
//! | `access_log` | | one log line, when the response's body has ended, and the end of the request's exported span |
//! | `answer`, `error_body` | | failures become JSON; `HEAD`, 204 and 304 lose their bodies |
//! | `admission` | 503 when too many requests are in flight; health checks are exempt | |
//! | `body_limit` | 413, at once or when the body turns out to be too large | |
//! | `memory`, `metered` | waits until there is memory for the body | |
//! | `deadline` | | 504 when the time is over |
//! | `metrics` (of the crate) | | what is recorded when the response's last byte is gone |
//! | `receipt` | | what lasts until the last byte of the response is gone |
//! | `isolate` | awaits the service's readiness | a panic is one failure |
//!
//! These are parts of one future, not a tower of layers: each layer would move the request and the response
//! once more and wrap the body once more, and those moves were what the tower mostly cost.
//!
//! Whatever goes wrong is a `Failure` until the end, where `answer` alone knows what the client may see of
//! it and what belongs into the log.

mod access_log;
mod admission;
pub(crate) mod answer;
mod body_limit;
mod client_addr;
mod deadline;
mod error_body;
mod failure;
mod future;
mod isolate;
mod memory;
mod metered;
mod receipt;
mod request_id;
mod response_body;
mod sent;
#[cfg(test)]
mod tests;

pub(crate) use self::access_log::TARGET as ACCESS_LOG;
pub use self::error_body::{ErrorBody, NotFound};
pub(crate) use self::failure::Failure;
pub(crate) use self::future::StackFuture;
pub(crate) use self::memory::{Budget, FREE, Reserved};
pub(crate) use self::receipt::{Guard, Progress, Receipt};
pub(crate) use self::request_id::{X_REQUEST_ID, new as new_request_id};
pub(crate) use self::response_body::ResponseBody;

use self::access_log::{About, Line};
use self::admission::Admission;
use self::body_limit::Length;
use self::deadline::Timer;
use self::future::Call;
use self::isolate::{Instead, Room, ServiceCall};
use self::memory::{Charge, Held};
use self::metered::Metered;
use self::response_body::InFlight;
use self::sent::Sent;
use crate::context::{ClientAddr, Deadline, Lifecycle, Parent, Platform, RequestId, TraceContext};
use crate::log::RequestSpan;
use crate::metrics::{Meter, Probe};
use crate::options::{AccessLog, BasePath, UrlPath};
#[cfg(feature = "otel")]
use crate::otel::Incoming;
use crate::service::HttpService;
use crate::{Body, Options};
use http::{Extensions, HeaderValue, Method, Request, Version};
use std::fmt;
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
    /// The trace that the runtime says it belongs to, for when the client names none.
    pub(crate) trace: Option<Parent>,
    pub(crate) client: Client,
    pub(crate) platform: Platform,
    /// What is wrong with it already. The service does not get to see it then.
    pub(crate) fault: Option<Failure>,
    /// Told when the response's body has ended, or will never come.
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

impl<S> fmt::Debug for Stack<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack").finish_non_exhaustive()
    }
}

/// What holds for every request.
#[derive(Clone)]
struct Rules {
    admission: Admission,
    request_timeout: Duration,
    body_limit: u64,
    trusted_hops: u8,
    access_log: AccessLog,
    base_path: BasePath,
    health_path: UrlPath,
    ready_path: Option<UrlPath>,
    lifecycle: Lifecycle,
    meter: Meter,
    /// None on Lambda, which bounds its requests itself.
    budget: Option<Budget>,
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
        known.insert(Lifecycle::new());
        known.insert(TraceContext::new());
        let rules = Rules {
            admission: Admission::new(options.max_in_flight),
            request_timeout: options.request_timeout,
            body_limit: options.body_limit,
            trusted_hops: options.trusted_hops,
            access_log: options.access_log,
            base_path: options.base_path.clone(),
            health_path: options.health_path.clone(),
            ready_path: options.ready_path.clone(),
            lifecycle: Lifecycle::new(),
            meter: Meter::new(),
            budget: None,
            known,
        };
        Self {
            service,
            rules: Arc::new(rules),
        }
    }

    /// The same with a lifecycle that somebody drives. Clones that were made before keep theirs.
    pub(crate) fn with_lifecycle(mut self, lifecycle: &Lifecycle) -> Self {
        let rules = Arc::make_mut(&mut self.rules);
        rules.lifecycle = lifecycle.clone();
        rules.known.insert(lifecycle.clone());
        self
    }

    /// The same with nothing recorded: for requests that nobody has sent.
    #[cfg(feature = "server")]
    pub(crate) fn without_metrics(mut self) -> Self {
        Arc::make_mut(&mut self.rules).meter = Meter::none();
        self
    }

    /// What records its requests.
    pub(crate) fn meter(&self) -> &Meter {
        &self.rules.meter
    }

    /// Which requests get a line in the log.
    pub(crate) fn access_log(&self) -> AccessLog {
        self.rules.access_log
    }

    /// The same with a budget for the bodies of requests.
    pub(crate) fn with_budget(mut self, budget: Budget) -> Self {
        Arc::make_mut(&mut self.rules).budget = Some(budget);
        self
    }

    /// Answers a request, whatever happens.
    #[inline(always)]
    pub(crate) fn call<G: Guard>(
        &self,
        mut request: Request<Body>,
        arrival: Arrival<G>,
    ) -> StackFuture<S, G> {
        let Arrival {
            at,
            cut_at,
            id,
            trace,
            client,
            platform,
            fault,
            guard,
        } = arrival;
        let rules = &*self.rules;
        let headers = request.headers();
        let sent = Sent::with(headers);
        let id = request_id::of(sent.request_id.then_some(headers), id);
        let client = match client {
            Client::Behind(peer) if sent.forwarded_for => {
                client_addr::of(headers, rules.trusted_hops, peer)
            }
            Client::Known(ip) | Client::Behind(ip) => ip,
        };
        let trace = TraceContext::of(sent.trace.then_some(headers), trace);
        let deadline = at + rules.request_timeout;
        let deadline = cut_at.map_or(deadline, |cut_at| deadline.min(cut_at));
        rules.base_path.strip_from(&mut request);
        let probe = rules.probe(request.uri().path());
        let is_health_check = probe == Some(Probe::Health);
        let progress = Progress::new(at, rules.meter.begin(request.method(), probe));
        let span = RequestSpan::of(&request, &id, trace.trace_id(), progress);
        #[cfg(feature = "otel")]
        let (span, trace) = {
            let incoming = Incoming {
                request: &request,
                id: &id,
                client,
                platform,
                is_health_check: probe.is_some(),
            };
            span.export(&incoming, trace)
        };
        let mut known = rules.known.clone();
        set(&mut known, id.clone());
        set(&mut known, ClientAddr(client));
        set(&mut known, Deadline(deadline.into_std()));
        set(&mut known, platform);
        set(&mut known, trace);
        request.extensions_mut().extend(known);

        let about = About {
            mode: rules.access_log,
            client,
            is_health_check,
        };
        let line =
            (rules.access_log != AccessLog::Off).then(|| Box::new(Line::of(&request, about)));
        let is_head = request.method() == Method::HEAD;
        let mut receipt = Receipt {
            span,
            line,
            permit: None,
            memory: Held::Fixed(None),
        };
        // In one place only, so that the request is not moved more often than it has to be.
        let inner = match rules.admit(fault, &mut request, &mut receipt) {
            Ok(None) => {
                let _entered = receipt.span.enter();
                ServiceCall::new(&self.service, request)
            }
            Ok(Some(room)) => ServiceCall::after(room, self.service.clone(), request),
            Err(instead) => ServiceCall::never(instead),
        };
        StackFuture {
            call: Call {
                inner,
                timer: Timer::new(deadline),
            },
            id: Some(id),
            is_head,
            is_health_check,
            in_flight: Some(InFlight { receipt, guard }),
        }
    }
}

impl Rules {
    /// Whether whoever asks for this path looks whether the service is there.
    #[inline]
    fn probe(&self, path: &str) -> Option<Probe> {
        if path == self.health_path.as_str() {
            Some(Probe::Health)
        } else if self
            .ready_path
            .as_ref()
            .is_some_and(|ready| path == ready.as_str())
        {
            Some(Probe::Readiness)
        } else {
            None
        }
    }

    /// Whether a request goes to the service, and what it is to wait for before that. What it holds is written down.
    fn admit(
        &self,
        fault: Option<Failure>,
        request: &mut Request<Body>,
        receipt: &mut Receipt,
    ) -> Result<Option<Room>, Instead> {
        if let Some(failure) = fault {
            return Err(failure.into());
        }
        let probe = self.probe(request.uri().path());
        if probe == Some(Probe::Readiness) {
            return Err(Instead::Readiness(self.lifecycle.is_ready()));
        }
        receipt.permit = self.admission.admit(probe == Some(Probe::Health))?;
        let length = body_limit::limit_body(request, self.body_limit)?;
        if let Length::Known(length) = length {
            if let Some(progress) = receipt.span.progress() {
                progress.measured.on_body(length);
            }
        }
        let Some(budget) = &self.budget else {
            return Ok(None);
        };
        // A stream of HTTP/2 that is not read holds the window of its connection, and so the streams that have their room.
        let may_wait = request.version() < Version::HTTP_2;
        match length {
            Length::Known(length) => match budget.try_reserve(length) {
                Ok(reserved) => receipt.memory = Held::Fixed(reserved),
                Err(memory::Exhausted) if !may_wait => return Err(Failure::Overloaded.into()),
                Err(memory::Exhausted) => {
                    let (charge, room) = Charge::wait(budget, length);
                    receipt.memory = Held::Growing(charge);
                    return Ok(Some(Box::pin(room)));
                }
            },
            Length::Unknown => {
                let charge = Charge::new();
                let body = std::mem::take(request.body_mut());
                let metered = Metered::new(body, budget.clone(), charge.clone(), may_wait)
                    .recorded(self.meter.received());
                *request.body_mut() = Body::new(metered);
                receipt.memory = Held::Growing(charge);
            }
        }
        Ok(None)
    }
}

/// Gives what is there another value.
fn set<T: Send + Sync + 'static>(extensions: &mut Extensions, value: T) {
    if let Some(place) = extensions.get_mut() {
        *place = value;
    }
}
