//! Who gets told what happens, while it happens.

use crate::aws::ecs::Task;
use crate::stack::{Stage, Stopped};

/// Gets told what happens, while it happens.
pub trait Progress {
    /// Something has changed.
    fn tell(&mut self, text: &str);

    /// A one-off task has printed a line.
    fn line(&mut self, text: &str);

    /// A one-off task is asked for. Until it is begun, nobody knows if there is one.
    fn starting(&mut self) {}

    /// A one-off task was started.
    fn begun(&mut self, _task: &Task) {}

    /// A stack's change has come so far.
    fn stage(&mut self, _stage: Stage) {}

    /// A service is asked to have no tasks, since its stack is to go.
    fn stopping(&mut self, _service: &Stopped) {}
}
