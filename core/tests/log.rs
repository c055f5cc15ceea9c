//! The log as a program sets it up, and what then reaches its stdout.

mod support;

use dualrun::log::{self, Delivery};
use dualrun::options::LogFormat;
use serde_json::Value;
use std::process::Command;
use std::sync::{Arc, Mutex};
use support::example;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;

/// What the example writes to stdout and to stderr.
fn own_log(arguments: &[&str]) -> (String, String) {
    let output = Command::new(example("own_log"))
        .args(arguments)
        .env_clear()
        .output()
        .expect("`cargo build -p dualrun --example own_log` makes it");
    assert!(output.status.success(), "{output:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn a_layer_beside_another_writes_its_own_lines_all_of_them_and_no_panics() {
    let (stdout, stderr) = own_log(&[]);
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [loaded, failed, rest @ ..] = &lines[..] else {
        panic!("{stdout}")
    };
    assert_eq!(
        (&loaded["level"], &loaded["message"], &loaded["items"]),
        (&"INFO".into(), &"cart loaded".into(), &3.into())
    );
    assert_eq!(
        (&failed["level"], &failed["message"]),
        (&"ERROR".into(), &"cart not packed".into())
    );
    assert!(rest.iter().map(|line| &line["number"]).eq(1..=1000));

    let [panic @ .., failed] = &stderr.lines().collect::<Vec<_>>()[..] else {
        panic!("nothing")
    };
    assert!(panic.contains(&"no box"), "{stderr}");
    assert!(failed.ends_with("cart not packed"), "{stderr}");
    assert!(!stderr.contains("cart loaded"), "{stderr}");
}

#[test]
fn the_log_of_run_has_panics_too() {
    let (stdout, stderr) = own_log(&["simple"]);
    assert_eq!(stderr, "");
    let events = stdout.lines().map(|line| line.split_once("Z ").unwrap().1);
    let [loaded, panic, failed, rest @ ..] = &events.collect::<Vec<_>>()[..] else {
        panic!("{stdout}")
    };
    assert_eq!(*loaded, " INFO cart loaded items=3");
    assert!(
        panic.starts_with("ERROR panic location=core/examples/own_log.rs:")
            && panic.ends_with(r#" panic="no box""#),
        "{panic}"
    );
    assert_eq!(*failed, "ERROR cart not packed");
    assert_eq!(rest.len(), 1000);
}

/// A layer of somebody else's, which notes the events' levels.
#[derive(Clone, Default)]
struct Levels(Arc<Mutex<Vec<String>>>);

impl Levels {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl<S: Subscriber> tracing_subscriber::Layer<S> for Levels {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = event.metadata().level().to_string();
        self.0.lock().unwrap().push(level);
    }
}

#[test]
fn a_filter_of_the_layer_is_none_of_the_layers_below_and_above() {
    let (lines, _guard) = log::layer(LogFormat::Json, Delivery::Batched);
    let [below, above] = [Levels::default(), Levels::default()];
    let subscriber = tracing_subscriber::registry()
        .with(below.clone())
        .with(lines.with_filter(LevelFilter::OFF))
        .with(above.clone());
    tracing::subscriber::with_default(subscriber, || {
        tracing::warn!("for both");
        tracing::info!("for both");
    });
    for levels in [below, above] {
        assert_eq!(levels.take(), ["WARN", "INFO"]);
    }
}

#[test]
fn where_a_subscriber_is_set_it_stays_and_the_log_is_refused() {
    let first = Levels::default();
    let subscriber = tracing_subscriber::registry().with(first.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let refused = log::try_init(LogFormat::Json, LevelFilter::INFO, Delivery::Batched);
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("already set"), "{error}");
    tracing::info!("for the first");
    assert_eq!(first.take(), ["INFO"]);
}
