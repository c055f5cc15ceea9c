//! What a field holds, and a visitor that hands each field over with its name.

use std::error::Error;
use std::fmt::Debug;
use tracing::field::{Field, Visit};

/// The value of a field of an event or a span.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Error(&'a (dyn Error + 'static)),
    Debug(&'a dyn Debug),
}

/// Calls a function with each field that has a value.
pub(super) struct Each<F>(pub(super) F);

impl<F: FnMut(&'static str, Value<'_>)> Visit for Each<F> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0(field.name(), Value::Text(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0(field.name(), Value::Unsigned(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0(field.name(), Value::Signed(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0(field.name(), Value::Float(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0(field.name(), Value::Bool(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.0(field.name(), Value::Error(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0(field.name(), Value::Debug(value));
    }
}
