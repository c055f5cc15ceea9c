//! Turns requests away when too many are in flight, rather than letting all of them be slow.

use super::Failure;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Admits up to `limit` requests, counted until their responses are sent.
#[derive(Clone)]
pub(super) struct Admission {
    /// All who hold a clone of it are in flight; this one is not. One atomic step less each way than a counter that
    /// is shared.
    places: Arc<()>,
    limit: usize,
}

impl Admission {
    pub(super) fn new(limit: NonZeroUsize) -> Self {
        Self {
            places: Arc::default(),
            limit: limit.get(),
        }
    }

    /// A place for this request. Health checks get in without one: a load balancer that is told "unhealthy"
    /// would kill the task that is merely busy.
    pub(super) fn admit(&self, is_health_check: bool) -> Result<Option<Permit>, Failure> {
        // The place is taken first, so that two requests cannot both get the last one.
        let place = Arc::clone(&self.places);
        let in_flight = Arc::strong_count(&place) - 1;
        if in_flight <= self.limit {
            Ok(Some(Permit(place)))
        } else if is_health_check {
            Ok(None)
        } else {
            Err(Failure::Overloaded)
        }
    }
}

/// A place, given back on drop.
pub(crate) struct Permit(#[expect(dead_code, reason = "it counts as long as it is held")] Arc<()>);
