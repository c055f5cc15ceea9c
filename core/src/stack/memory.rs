//! One budget for what clients have us keep in memory: the heads and bodies of all requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The unit in which the budget is kept.
const UNIT: u64 = 1024;
/// So much of a head or a body is free. It covers most requests, so those pay for no accounting and are served
/// however little is left; the limits of connections and of requests in flight bound it.
pub(crate) const FREE: u64 = 8 * 1024;
/// One request counts for no more than this part of the budget, however large its body is: where larger bodies are
/// allowed, they are meant to be passed on and not to be collected.
const SHARE: u64 = 8;

/// The memory for requests. Clones are the same budget.
#[derive(Clone)]
pub(crate) struct Budget {
    units: Arc<Semaphore>,
    share: u32,
}

/// A part of the budget, given back on drop.
pub(crate) struct Reserved(OwnedSemaphorePermit);

impl Budget {
    pub(crate) fn new(bytes: u64) -> Self {
        let units = usize::try_from(bytes / UNIT).unwrap_or(usize::MAX);
        let units = units.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        let share = u64::try_from(units).unwrap_or(u64::MAX) / SHARE;
        Self {
            units: Arc::new(Semaphore::new(units)),
            share: u32::try_from(share).unwrap_or(u32::MAX).max(1),
        }
    }

    /// Waits for room for so many bytes.
    pub(crate) async fn reserve(self, bytes: u64) -> Option<Reserved> {
        let units = self.units(bytes);
        self.take(units).await
    }

    /// How many units so many bytes take beyond what is free; none for 0.
    fn units(&self, bytes: u64) -> u32 {
        let units = bytes.saturating_sub(FREE).div_ceil(UNIT);
        u32::try_from(units).unwrap_or(u32::MAX).min(self.share)
    }

    /// Room for `units` of them, if there is any.
    fn try_take(&self, units: u32) -> Option<Reserved> {
        // The budget is never closed, so there are too few.
        let taken = Arc::clone(&self.units).try_acquire_many_owned(units);
        taken.ok().map(Reserved)
    }

    /// Waits for room for `units` of them, in the order of those who wait.
    async fn take(self, units: u32) -> Option<Reserved> {
        self.units
            .acquire_many_owned(units)
            .await
            .ok()
            .map(Reserved)
    }

    /// Room for so many bytes, if there is any. `Ok(None)` if they are few enough to be free.
    pub(crate) fn try_reserve(&self, bytes: u64) -> Result<Option<Reserved>, Exhausted> {
        match self.units(bytes) {
            0 => Ok(None),
            units => self.try_take(units).map(Some).ok_or(Exhausted),
        }
    }
}

/// What a body takes whose length nobody knows before its end. Clones are the same body's.
#[derive(Clone)]
pub(super) struct Charge(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    units: u32,
    reserved: Option<Reserved>,
    is_waiting: bool,
    was_refused: bool,
}

impl Charge {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// One that waits for room for so many bytes.
    pub(super) fn wait(
        budget: &Budget,
        bytes: u64,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let charge = Self::new();
        let units = budget.units(bytes);
        {
            let mut taken = charge.lock();
            (taken.units, taken.is_waiting) = (units, true);
        }
        let (room, waiting) = (budget.clone().take(units), charge.clone());
        (charge, async move { waiting.add(room.await) })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts for so many bytes in all. Otherwise, what is to be waited for and then [added](Self::add).
    pub(super) fn grow(
        &self,
        budget: &Budget,
        bytes: u64,
    ) -> Option<impl Future<Output = Option<Reserved>> + Send + 'static> {
        let units = budget.units(bytes);
        let mut taken = self.lock();
        let more = units.saturating_sub(taken.units);
        if more == 0 {
            return None;
        }
        taken.units = units;
        if let Some(reserved) = budget.try_take(more) {
            taken.add(reserved);
            return None;
        }
        taken.is_waiting = true;
        Some(budget.clone().take(more))
    }

    pub(super) fn add(&self, reserved: Option<Reserved>) {
        let mut taken = self.lock();
        taken.is_waiting = false;
        if let Some(reserved) = reserved {
            taken.add(reserved);
        }
    }

    /// There was no memory for more of the body, and it must not wait.
    pub(super) fn refuse(&self) {
        let mut taken = self.lock();
        (taken.is_waiting, taken.was_refused) = (false, true);
    }

    /// Whether the body stands still because there is no memory for more of it.
    pub(super) fn is_waiting(&self) -> bool {
        self.lock().is_waiting
    }
}

impl Taken {
    fn add(&mut self, more: Reserved) {
        match &mut self.reserved {
            Some(reserved) => reserved.0.merge(more.0),
            None => self.reserved = Some(more),
        }
    }
}

/// What a request takes of the budget.
pub(super) enum Held {
    /// Nothing, or what its body's length says.
    Fixed(#[expect(dead_code, reason = "it counts as long as it is held")] Option<Reserved>),
    /// What has been read of its body.
    Growing(Charge),
}

impl Held {
    /// Whether the request stands still because there is no memory for it.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self, Self::Growing(charge) if charge.is_waiting())
    }

    /// Whether the service could not read its body to the end, since there is no memory for it.
    pub(super) fn was_refused(&self) -> bool {
        matches!(self, Self::Growing(charge) if charge.lock().was_refused)
    }
}

/// There is not so much left.
#[derive(Debug, thiserror::Error)]
#[error("no memory for more of the request's body")]
pub(crate) struct Exhausted;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_requests_are_free_and_large_ones_count_until_they_are_gone() {
        let budget = Budget::new(80 * 1024);
        assert!(budget.try_reserve(FREE).unwrap().is_none());
        // 10 KiB is the most that one of them counts for.
        let all: Vec<_> = (0..8)
            .map(|_| budget.try_reserve(1 << 30).unwrap())
            .collect();
        assert!(budget.try_reserve(FREE + 1).is_err());
        assert!(budget.try_reserve(FREE).unwrap().is_none());
        drop(all);
        assert!(budget.try_reserve(FREE + 1).unwrap().is_some());
    }

    #[tokio::test]
    async fn those_who_wait_get_their_turn() {
        let budget = Budget::new(8 * 1024);
        let first = budget.try_reserve(FREE + 1024).unwrap();
        let rest: Vec<_> = (0..7)
            .map(|_| budget.try_reserve(1 << 20).unwrap())
            .collect();
        let (charge, room) = Charge::wait(&budget, 1 << 20);
        let waiting = tokio::spawn(room);
        tokio::task::yield_now().await;
        assert!(charge.is_waiting());
        drop(first);
        waiting.await.unwrap();
        assert!(!charge.is_waiting());
        drop(rest);
    }
}
