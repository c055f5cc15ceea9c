//! The log as a program sets it up, and what then reaches its stdout.

use crate::support::examples::example;
use crate::support::levels::Levels;
use dualrun::log::{self, Delivery};
use dualrun::options::LogFormat;
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::prelude::*;

/// What the example writes to stdout and to stderr.
fn own_log(arguments: &[&str], variables: &[(&str, &str)]) -> (String, String) {
    let output = example("own_log")
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .expect("the example runs");
    assert!(output.status.success(), "{output:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn a_layer_beside_another_writes_its_own_lines_all_of_them_and_panics_with_them() {
    let (stdout, stderr) = own_log(&[], &[]);
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [loaded, panic, failed, rest @ ..] = &lines[..] else {
        panic!("{stdout}")
    };
    assert_eq!(
        (&loaded["level"], &loaded["message"], &loaded["items"]),
        (&"INFO".into(), &"cart loaded".into(), &3.into())
    );
    assert_eq!(
        (&panic["message"], &panic["panic"]),
        (&"panic".into(), &"no box".into())
    );
    assert_eq!(
        (&failed["level"], &failed["message"]),
        (&"ERROR".into(), &"cart not packed".into())
    );
    assert!(rest.iter().map(|line| &line["number"]).eq(1..=1000));

    let [panic, failed] = &stderr.lines().collect::<Vec<_>>()[..] else {
        panic!("{stderr}")
    };
    assert!(panic.contains("no box"), "{stderr}");
    assert!(failed.ends_with("cart not packed"), "{stderr}");
    assert!(!stderr.contains("cart loaded"), "{stderr}");
}

#[test]
fn the_log_of_run_has_panics_too() {
    let (stdout, stderr) = own_log(&["simple"], &[]);
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

#[test]
fn the_variable_holds_for_a_subscriber_of_ones_own_that_asks_for_it() {
    let (stdout, _) = own_log(&[], &[("DUALRUN_LOG", "error")]);
    assert_eq!(stdout.lines().count(), 2, "{stdout}");
    let output = example("own_log")
        .env("DUALRUN_LOG", "inof")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("DUALRUN_LOG") && !text.contains("inof"),
        "{text}"
    );
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
