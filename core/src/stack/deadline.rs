//! The request's deadline.

use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::{Instant, Sleep, sleep_until};

pin_project! {
    /// Ready at the deadline. The timer behind it is made by the first poll, so that a service that answers
    /// at once pays for none.
    pub(super) struct Timer {
        deadline: Instant,
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl Timer {
    pub(super) const fn new(deadline: Instant) -> Self {
        Self {
            deadline,
            sleep: None,
        }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.sleep.is_none() {
            this.sleep.set(Some(sleep_until(*this.deadline)));
        }
        this.sleep
            .as_pin_mut()
            .map_or(Poll::Pending, |sleep| sleep.poll(cx))
    }
}
