//! The fields of spans, written once when they are recorded, and put into the line of each event within.

use super::format::Format;
use super::names::Names;
use super::value::Value;
use std::ops::Range;
use tracing_subscriber::registry::{LookupSpan, Scope};

/// What a span keeps of its fields, for each format that some layer writes.
#[derive(Default)]
pub(super) struct OfSpan([Fields; 2]);

/// Enough for the span of a request, and for most others.
const FIELDS: usize = 4;
const ROOM: usize = 256;

/// Fields as they stand in a line.
#[derive(Default)]
struct Fields {
    text: Vec<u8>,
    each: Vec<(&'static str, Range<usize>)>,
}

impl OfSpan {
    /// Keeps a field, in the place of an earlier value of its own.
    pub(super) fn record(&mut self, format: Format, name: &'static str, value: Value<'_>) {
        let name = format.key(name);
        let fields = &mut self.0[format as usize];
        if fields.each.is_empty() {
            // To grow by and by would cost more than to write them.
            fields.text.reserve(ROOM);
            fields.each.reserve(FIELDS);
        }
        fields.forget(name);
        let start = fields.text.len();
        format.field(&mut fields.text, name, value);
        fields.each.push((name, start..fields.text.len()));
    }

    /// Adds later values to these.
    pub(super) fn merge(&mut self, later: Self) {
        for (fields, later) in self.0.iter_mut().zip(later.0) {
            for (name, place) in later.each {
                fields.forget(name);
                let start = fields.text.len();
                fields.text.extend_from_slice(&later.text[place]);
                fields.each.push((name, start..fields.text.len()));
            }
        }
    }
}

impl Fields {
    /// Takes a field out, with its text, so that a span that is recorded for ever does not grow for ever.
    fn forget(&mut self, name: &str) {
        let Some(index) = self.each.iter().position(|(other, _)| *other == name) else {
            return;
        };
        let (_, gone) = self.each.remove(index);
        self.text.drain(gone.clone());
        for (_, place) in &mut self.each[index..] {
            *place = place.start - gone.len()..place.end - gone.len();
        }
    }
}

/// Room in which the fields of an event's spans are put together.
#[derive(Default)]
pub(super) struct Collected {
    text: Vec<u8>,
    spans: Vec<Range<usize>>,
}

impl Collected {
    /// Appends the fields of all spans around an event, outer to inner. Of several with one name, the innermost stands, and
    /// none that the event has itself.
    pub(super) fn write<'a, S: LookupSpan<'a>>(
        &mut self,
        line: &mut Vec<u8>,
        format: Format,
        names: &mut Names,
        scope: Scope<'a, S>,
    ) {
        self.text.clear();
        self.spans.clear();
        for span in scope {
            let extensions = span.extensions();
            let Some(OfSpan(formats)) = extensions.get() else {
                continue;
            };
            let fields = &formats[format as usize];
            let start = self.text.len();
            for (name, place) in &fields.each {
                if names.add(name) {
                    self.text.extend_from_slice(&fields.text[place.clone()]);
                }
            }
            self.spans.push(start..self.text.len());
        }
        for span in self.spans.drain(..).rev() {
            line.extend_from_slice(&self.text[span]);
        }
    }
}
