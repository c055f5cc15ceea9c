//! Turns requests away when too many are in flight, rather than letting all of them be slow.

use super::Failure;
use crate::Body;
use crate::app::HEALTH_PATH;
use http::Request;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Admits up to `limit` requests, counted until their responses are sent.
#[derive(Clone)]
pub(super) struct Admission {
    in_flight: Arc<AtomicUsize>,
    limit: usize,
}

impl Admission {
    pub(super) fn new(limit: NonZeroUsize) -> Self {
        Self {
            in_flight: Arc::default(),
            limit: limit.get(),
        }
    }

    /// A place for this request. Health checks get in without one: a load balancer that is told "unhealthy"
    /// would kill the task that is merely busy.
    pub(super) fn admit(&self, request: &Request<Body>) -> Result<Option<Permit>, Failure> {
        // The count goes up first, so that two requests cannot both take the last place.
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let permit = Permit(Arc::clone(&self.in_flight));
        if before < self.limit {
            Ok(Some(permit))
        } else if request.uri().path() == HEALTH_PATH {
            Ok(None)
        } else {
            Err(Failure::Overloaded)
        }
    }
}

/// One place among the requests in flight, given back on drop.
pub(crate) struct Permit(Arc<AtomicUsize>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
