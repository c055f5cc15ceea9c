//! How far the process is on its way to the end, for handlers and tasks that outlive a request.

use crate::metrics;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Tells when the drain begins, keeps the process alive for tasks that are to finish, and holds the readiness.
///
/// A service gets it as the second parameter of its [`build`](crate::Build), a handler finds it in the
/// request's extensions. Clones are the same lifecycle.
///
/// On the server the drain begins after the lame-duck time, or at once on SIGINT; on Lambda it begins at SIGTERM.
/// Whatever lasts longer than a request, such as a stream of events or a WebSocket, should end then: what
/// has not ended when the drain time is over is cut.
#[derive(Clone, Default)]
pub struct Lifecycle(Arc<State>);

#[derive(Default)]
struct State {
    draining: CancellationToken,
    tasks: TaskTracker,
    is_ready_off: AtomicBool,
    is_stopping: AtomicBool,
}

impl Lifecycle {
    /// One that no runtime drives, for tests of a `build` or a handler.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until the drain begins; ready at once if it has. It can be dropped and called again.
    pub async fn drain_begins(&self) {
        self.0.draining.cancelled().await;
    }

    /// [`drain_begins`](Self::drain_begins) as a future of its own, such as for `StreamExt::take_until`.
    pub fn into_drain_begins(self) -> impl Future<Output = ()> + Send + 'static {
        self.0.draining.clone().cancelled_owned()
    }

    /// Whether the drain has begun.
    pub fn is_draining(&self) -> bool {
        self.0.draining.is_cancelled()
    }

    /// Spawns a task that the drain waits for, as long as its time lasts.
    ///
    /// The task has to end by itself once the drain begins. On Lambda it has what is left of the half
    /// second between SIGTERM and the end of the process.
    ///
    /// # Panics
    ///
    /// If called from outside of a tokio runtime.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.tasks.spawn(task)
    }

    /// Turns readiness off or on again: whether `DUALRUN_READY_PATH` asks for traffic. It is on at first,
    /// and off from SIGTERM on, whatever is set here.
    pub fn set_ready(&self, is_ready: bool) {
        self.0.is_ready_off.store(!is_ready, Relaxed);
        metrics::ready(self.is_ready());
    }

    /// Whether the process wants traffic.
    pub fn is_ready(&self) -> bool {
        !self.0.is_ready_off.load(Relaxed) && !self.0.is_stopping.load(Relaxed)
    }

    pub(crate) fn begin_stop(&self) {
        self.0.is_stopping.store(true, Relaxed);
        metrics::ready(false);
    }

    pub(crate) fn begin_drain(&self) {
        self.begin_stop();
        self.0.draining.cancel();
        self.0.tasks.close();
    }

    /// How many tasks have not ended.
    pub(crate) fn tasks(&self) -> usize {
        self.0.tasks.len()
    }

    /// Waits until all tasks have ended, after the drain has begun.
    pub(crate) async fn tasks_end(&self) {
        self.0.tasks.wait().await;
    }
}

impl fmt::Debug for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lifecycle")
            .field("is_draining", &self.is_draining())
            .field("is_ready", &self.is_ready())
            .field("tasks", &self.tasks())
            .finish()
    }
}
