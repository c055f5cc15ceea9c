//! A layer of somebody else's, beside or in the place of the log's.

use std::sync::{Arc, Mutex};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Notes the events' levels.
#[derive(Clone, Default)]
pub(crate) struct Levels(Arc<Mutex<Vec<String>>>);

impl Levels {
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl<S: Subscriber> Layer<S> for Levels {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = event.metadata().level().to_string();
        self.0.lock().unwrap().push(level);
    }
}
