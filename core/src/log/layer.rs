//! The layer of a subscriber that hands each event to the sink, as a line.

use super::format::{Format, Line};
use super::sink::{Sink, WorkerGuard};
use super::spans::OfSpan;
use super::value::{Each, Value};
use crate::options::LogFormat;
use std::cell::RefCell;
use std::io::Write;
use tracing::field::Visit;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// When lines reach stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// At most 5 ms later, many at a time, by a thread of their own: for a server.
    Batched,
    /// Before the thread that logs goes on: for a process that may be stopped at any time, as Lambda does between two
    /// invocations. If the reader of stdout stands still, so does the program.
    Immediate,
}

/// A layer that writes each event as a line. [`layer`] makes it.
#[derive(Debug)]
pub struct Layer {
    format: Format,
    sink: Sink,
}

/// A layer for a subscriber of your own, and the guard that writes the last lines when dropped.
///
/// It logs every event that reaches it; filter by level in the subscriber. It leaves the panic hook alone, which
/// [`log_panics`](super::log_panics) sets.
///
/// ```no_run
/// use dualrun::log::{self, Delivery};
/// use dualrun::options::LogFormat;
/// use tracing_subscriber::filter::LevelFilter;
/// use tracing_subscriber::prelude::*;
///
/// let (lines, _guard) = log::layer(LogFormat::Json, Delivery::Batched);
/// let for_people = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
/// tracing_subscriber::registry()
///     .with(lines.with_filter(LevelFilter::INFO))
///     .with(for_people.with_filter(LevelFilter::ERROR))
///     .init();
/// tracing::info!(items = 3, "cart loaded");
/// ```
#[must_use = "the layer logs nothing until a subscriber has it, and the guard writes the last lines"]
pub fn layer(format: LogFormat, delivery: Delivery) -> (Layer, WorkerGuard) {
    let format = Format::of(format);
    match delivery {
        Delivery::Batched => batched(format, std::io::stdout()),
        Delivery::Immediate => {
            let sink = Sink::Immediate;
            (Layer { format, sink }, WorkerGuard::idle())
        }
    }
}

/// A layer whose lines a thread writes to `output`.
pub(super) fn batched(format: Format, output: impl Write + Send + 'static) -> (Layer, WorkerGuard) {
    let (sink, guard) = Sink::start(output, move |count| format.dropped(count));
    (Layer { format, sink }, guard)
}

impl Layer {
    /// Keeps fields of a span, as they are to stand in the lines of its events.
    fn keep<S>(&self, id: &Id, context: &Context<'_, S>, record: impl FnOnce(&mut dyn Visit))
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let mut fields = OfSpan::default();
        // Before the extensions are locked: to format a value may log something.
        record(&mut Each(|name, value: Value<'_>| {
            fields.record(self.format, name, value);
        }));
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<OfSpan>() {
            Some(earlier) => earlier.merge(fields),
            None => extensions.insert(fields),
        }
    }
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.keep(id, &context, |fields| attributes.record(fields));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        self.keep(id, &context, |fields| record.record(fields));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        thread_local! {
            static LINE: RefCell<Line> = RefCell::default();
        }
        let write = |line: &mut Line| {
            self.format.write(line, event, context.event_scope(event));
            self.sink.push(&line.text);
            line.shrink();
        };
        let written = LINE.try_with(|line| {
            // An event within an event, from the formatting of a value, has to do without the buffer.
            let mut own = Line::default();
            let mut shared = line.try_borrow_mut();
            write(shared.as_deref_mut().unwrap_or(&mut own));
        });
        // So does one from a destructor of the thread's own variables.
        if written.is_err() {
            write(&mut Line::default());
        }
    }
}
