//! What records requests and connections, with handles that are looked up once.

use super::kinds::{Ended, Outcome, Probe, Protocol};
use super::labels::{self, CLASSES, METHODS, OUTCOMES};
use super::process;
use super::table::{self, CLASS, METHOD, OUTCOME, PROBE, PROTOCOL};
use http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use std::sync::{Arc, OnceLock};

/// Records the requests of one stack. Clones share their handles.
#[derive(Clone)]
pub(crate) struct Meter(Option<Arc<Handles>>);

/// Those of series with labels are made when they are first needed, so that there are none of what never happens.
struct Handles {
    active: Gauge,
    received: Counter,
    sent: Counter,
    methods: [OnceLock<Box<OfMethod>>; METHODS.len()],
    probes: [[OnceLock<Counter>; CLASSES.len()]; 2],
}

type OfMethod = [[OnceLock<OfRequests>; OUTCOMES.len()]; CLASSES.len()];

struct OfRequests {
    count: Counter,
    duration: Histogram,
}

impl Meter {
    /// Records with the recorder that is set by now, and tells it of all metrics.
    pub(crate) fn new() -> Self {
        table::describe();
        process::log_lines_dropped(0);
        Self(Some(Arc::new(Handles {
            active: gauge!(table::ACTIVE),
            received: counter!(table::RECEIVED),
            sent: counter!(table::SENT),
            methods: Default::default(),
            probes: Default::default(),
        })))
    }

    /// Records nothing.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// A request has arrived. [`Measured::end`] has to follow.
    #[inline]
    pub(crate) fn begin(&self, method: &Method, probe: Option<Probe>) -> Measured {
        if let Some(handles) = &self.0 {
            handles.active.increment(1.0);
        }
        Measured {
            handles: self.0.clone(),
            method: labels::method(method),
            probe,
            outcome: Outcome::Answered,
        }
    }

    /// Something was refused of which no request came.
    pub(crate) fn refused(&self, status: StatusCode) {
        if let Some(handles) = &self.0 {
            let of = (METHODS.len() - 1, Some(status), Outcome::Refused);
            handles.of_requests(of).count.increment(1);
        }
    }

    /// A connection has shown that it speaks this. It does until what is returned is dropped.
    pub(crate) fn connection(&self, protocol: Protocol) -> OpenConnection {
        let open = match self.0 {
            Some(_) => gauge!(table::CONNECTIONS, PROTOCOL => protocol.label()),
            None => Gauge::noop(),
        };
        open.increment(1.0);
        OpenConnection(open)
    }

    /// The bytes of a body whose length nobody knows.
    pub(crate) fn received(&self) -> Received {
        Received(self.0.clone())
    }
}

impl Handles {
    /// Of the method with this place.
    #[inline]
    fn of_requests(&self, of: (usize, Option<StatusCode>, Outcome)) -> &OfRequests {
        let (method, status, outcome) = of;
        let class = labels::class(status);
        let of_method = self.methods[method].get_or_init(Box::default);
        of_method[class][outcome as usize].get_or_init(|| {
            let (method, class) = (METHODS[method], CLASSES[class]);
            let outcome = OUTCOMES[outcome as usize];
            OfRequests {
                count: counter!(table::REQUESTS, METHOD => method, CLASS => class, OUTCOME => outcome),
                duration: histogram!(table::DURATION, METHOD => method, CLASS => class, OUTCOME => outcome),
            }
        })
    }

    fn probes(&self, probe: Probe, status: Option<StatusCode>) -> &Counter {
        let class = labels::class(status);
        self.probes[probe as usize][class].get_or_init(
            || counter!(table::PROBES, PROBE => probe.label(), CLASS => CLASSES[class]),
        )
    }
}

/// What is to be recorded of a request when it ends.
pub(crate) struct Measured {
    handles: Option<Arc<Handles>>,
    method: u8,
    probe: Option<Probe>,
    pub(crate) outcome: Outcome,
}

impl Measured {
    /// Whether anybody wants to know.
    pub(crate) fn is_wanted(&self) -> bool {
        self.handles.is_some()
    }

    /// The request has a body of this length.
    #[inline]
    pub(crate) fn on_body(&self, length: u64) {
        if let Some(handles) = self.handles.as_ref().filter(|_| length > 0) {
            handles.received.increment(length);
        }
    }

    /// All of the response has been sent, or no more will be.
    #[inline]
    pub(crate) fn end(&self, ended: &Ended) {
        let Some(handles) = &self.handles else { return };
        handles.active.decrement(1.0);
        if ended.bytes > 0 {
            handles.sent.increment(ended.bytes);
        }
        if let Some(probe) = self.probe {
            handles.probes(probe, ended.status).increment(1);
            return;
        }
        let outcome = if ended.is_complete {
            self.outcome
        } else {
            Outcome::CutOff
        };
        let of = (usize::from(self.method), ended.status, outcome);
        let requests = handles.of_requests(of);
        requests.count.increment(1);
        requests.duration.record(ended.duration);
    }
}

/// Counts the bytes of a request's body as they are read.
pub(crate) struct Received(Option<Arc<Handles>>);

impl Received {
    pub(crate) fn on_read(&self, bytes: u64) {
        if let Some(handles) = &self.0 {
            handles.received.increment(bytes);
        }
    }
}

/// A connection, for as long as it speaks what it does.
pub(crate) struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
