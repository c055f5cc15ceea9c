//! What a line has of the spans around its event.

use super::testing::line;
use crate::options::LogFormat;
use serde_json::Value;
use tracing::{Span, error_span, field, info, info_span};

fn json(log: impl FnOnce()) -> Vec<Value> {
    let text = line(LogFormat::Json, log);
    for line in text.lines() {
        assert_eq!(members(line), distinct(line), "{line}");
    }
    let parse = |line| serde_json::from_str(line).expect("JSON");
    text.lines().map(parse).collect()
}

/// How many members an object has as it is written.
fn members(line: &str) -> usize {
    line.matches("\":").count()
}

/// How many of them a parser keeps.
fn distinct(line: &str) -> usize {
    let object: serde_json::Map<String, Value> = serde_json::from_str(line).expect("JSON");
    object.len()
}

#[test]
fn an_event_has_the_fields_of_all_spans_around_it_outer_to_inner() {
    let log = || {
        let _outer = info_span!("outer", request_id = "abc-1", step = 1).entered();
        let _inner = info_span!("inner", user = "ann", step = 2).entered();
        info!(items = 3, "cart loaded");
    };
    let [line] = &json(log)[..] else { panic!() };
    assert_eq!(
        (&line["request_id"], &line["user"], &line["items"]),
        (&"abc-1".into(), &"ann".into(), &3.into())
    );
    assert_eq!(line["step"], 2, "the inner value wins");
    let text = super::testing::line(LogFormat::Text, log);
    assert!(
        text.ends_with(" INFO cart loaded items=3 request_id=abc-1 user=ann step=2\n"),
        "{text}"
    );
}

#[test]
fn an_events_own_field_wins_over_those_of_spans() {
    let lines = json(|| {
        let _span = info_span!("span", status = 1, user = "ann").entered();
        info!(status = 2, "answered");
    });
    assert_eq!(
        (&lines[0]["status"], &lines[0]["user"]),
        (&2.into(), &"ann".into())
    );
}

#[test]
fn no_member_is_there_twice_whatever_fields_are_called() {
    let lines = json(|| {
        let _span = info_span!("span", level = "high", target = "moon", timestamp = 0).entered();
        info!(level = "low", target = "mars", a = 1, a = 2, "landed");
    });
    let line = &lines[0];
    assert_eq!(
        (&line["level"], &line["field.level"]),
        (&"INFO".into(), &"low".into())
    );
    assert_eq!(line["target"], module_path!());
    assert_eq!(
        (&line["field.target"], &line["field.timestamp"]),
        (&"mars".into(), &0.into())
    );
    assert_eq!(line["a"], 1);
}

#[test]
fn what_is_recorded_later_is_in_later_lines_in_the_place_of_what_was_there() {
    let lines = json(|| {
        let span = info_span!("span", user = field::Empty, step = 1, rest = "same");
        let _entered = span.enter();
        info!("before");
        span.record("user", "ann");
        for step in 2..=3 {
            span.record("step", step);
        }
        info!("after");
    });
    assert!(lines[0]["user"].is_null());
    assert_eq!(lines[0]["step"], 1);
    assert_eq!(
        (&lines[1]["user"], &lines[1]["step"]),
        (&"ann".into(), &3.into())
    );
    assert_eq!(lines[1]["rest"], "same");
}

#[test]
fn an_event_with_a_parent_of_its_own_has_the_fields_of_that_one() {
    let lines = json(|| {
        let other = error_span!("other", user = "bob");
        let _span = info_span!("span", user = "ann").entered();
        info!(parent: &other, "elsewhere");
        info!(parent: None, "nowhere");
        info!(parent: Span::current(), "here");
    });
    let users: Vec<&Value> = lines.iter().map(|line| &line["user"]).collect();
    assert_eq!(users, [&"bob".into(), &Value::Null, &"ann".into()]);
}

#[test]
fn nothing_invisible_gets_into_a_line_by_a_span() {
    for format in [LogFormat::Json, LogFormat::Text] {
        let line = line(format, || {
            let _span = info_span!("span", hidden = "\u{202e}a\nb").entered();
            info!("within");
        });
        assert!(!line.trim_end().contains(['\u{202e}', '\n']), "{line:?}");
    }
}
