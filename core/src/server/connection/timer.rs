//! The one timer of a connection.

use super::activity::{Activity, Overdue};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

pin_project! {
    /// Wakes the connection no later than it is overdue.
    ///
    /// To set a timer costs more than to look at it, so one that would wake too early is left as it is, and
    /// set anew when it does. On a busy connection that is about once in an idle timeout.
    pub(super) struct Timer {
        #[pin]
        sleep: Sleep,
        // When it wakes, as a time after the connection's start.
        at: Duration,
        is_set: bool,
    }
}

impl Timer {
    pub(super) fn new(activity: &Activity) -> Self {
        let at = activity.shared.timeouts.head;
        Self {
            sleep: sleep_until(activity.instant(at)),
            at,
            is_set: false,
        }
    }

    /// What the connection is overdue with. If it is not, it will be asked again in time.
    pub(super) fn overdue(
        mut self: Pin<&mut Self>,
        activity: &Activity,
        cx: &mut Context<'_>,
    ) -> Option<Overdue> {
        let due = activity.due();
        loop {
            let mut this = self.as_mut().project();
            match due {
                Some((at, _)) if at < *this.at => self.as_mut().set(activity, at),
                _ if *this.is_set && !this.sleep.is_elapsed() => return None,
                _ => {
                    *this.is_set = true;
                    if this.sleep.as_mut().poll(cx) == Poll::Pending {
                        return None;
                    }
                    let now = Instant::now();
                    match due {
                        Some((at, overdue)) if activity.instant(at) <= now => return Some(overdue),
                        Some((at, _)) => self.as_mut().set(activity, at),
                        None => {
                            let idle = activity.shared.timeouts.idle;
                            let at = now.duration_since(activity.instant(Duration::ZERO)) + idle;
                            self.as_mut().set(activity, at);
                        }
                    }
                }
            }
        }
    }

    fn set(self: Pin<&mut Self>, activity: &Activity, at: Duration) {
        let this = self.project();
        this.sleep.reset(activity.instant(at));
        (*this.at, *this.is_set) = (at, false);
    }
}
