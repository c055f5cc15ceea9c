//! A subscriber of one's own: what other layers see of a request.

use crate::support::log::ask_every_subscriber;
use crate::support::{app, request};
use dualrun::log::{self, Delivery};
use dualrun::options::{LogFilter, LogFormat};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;

/// A layer of somebody else's, as one that exports spans is.
#[derive(Clone, Default)]
struct Exporter(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    begun: Vec<BTreeMap<&'static str, String>>,
    closed: usize,
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}");
        self.0
            .insert(field.name(), text.trim_matches('"').to_owned());
    }
}

impl<S: Subscriber> tracing_subscriber::Layer<S> for Exporter {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut fields = BTreeMap::from([("name", attributes.metadata().name().to_owned())]);
        attributes.record(&mut Fields(&mut fields));
        self.0.lock().unwrap().begun.push(fields);
    }

    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {}

    fn on_close(&self, _: Id, _: Context<'_, S>) {
        self.0.lock().unwrap().closed += 1;
    }
}

/// What another layer sees of one request, with this filter for the lines.
async fn seen(filter: &str) -> Seen {
    let filter: LogFilter = filter.parse().unwrap();
    let (lines, _guard) = log::layer(LogFormat::Json, Delivery::Batched);
    let exporter = Exporter::default();
    let subscriber = tracing_subscriber::registry()
        .with(lines.with_filter(Targets::from(filter)))
        .with(exporter.clone());
    ask_every_subscriber();
    let _default = tracing::subscriber::set_default(subscriber);
    let mut request = request("GET", "/health?token=hunter2");
    request
        .headers_mut()
        .insert("x-request-id", "abc-1".parse().unwrap());
    dualrun::testing::call(app(), request).await;
    std::mem::take(&mut *exporter.0.lock().unwrap())
}

#[tokio::test]
async fn another_layer_sees_each_request_as_a_span_even_if_nothing_is_logged() {
    for filter in ["info", "off"] {
        let seen = seen(filter).await;
        let [span] = &seen.begun[..] else {
            panic!("{filter}: {seen:?}")
        };
        for (field, value) in [
            ("name", "request"),
            ("request_id", "abc-1"),
            ("method", "GET"),
            ("path", "/health"),
        ] {
            assert_eq!(span[field], value, "{filter}: {field}");
        }
        assert_eq!(span["trace_id"].len(), 32, "{filter}");
        assert_eq!(seen.closed, 1, "{filter}");
    }
}
