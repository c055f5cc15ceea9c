//! What the recorder tells, in both forms.

use super::*;
use metrics::{counter, describe_counter, gauge, histogram, with_local_recorder};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

fn recorded(record: impl FnOnce()) -> Recorder {
    let recorder = Recorder::new();
    with_local_recorder(&recorder, record);
    recorder
}

fn sender() -> Sender {
    Sender {
        namespace: "shops".into(),
        service: Some("shop".into()),
    }
}

fn at() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_574_109_732_004)
}

/// The lines for CloudWatch, all told, as JSON.
fn lines(recorder: &Recorder) -> Vec<Value> {
    let mut lines = Vec::new();
    recorder.emf(Gauges::All, &sender(), at(), &mut |line| {
        let line = str::from_utf8(line).unwrap();
        assert!(line.ends_with("}\n") && line.lines().count() == 1, "{line}");
        lines.push(serde_json::from_str(line).unwrap());
    });
    lines
}

fn directive(line: &Value) -> &Value {
    &line["_aws"]["CloudWatchMetrics"][0]
}

#[test]
fn a_line_has_the_metrics_of_one_set_of_labels() {
    let recorder = recorded(|| {
        describe_counter!("orders", Unit::Count, "Orders.");
        counter!("orders", "kind" => "new").increment(2);
        gauge!("queue", "kind" => "new").set(1.5);
    });
    assert_eq!(
        lines(&recorder),
        [json!({
            "_aws": {
                "Timestamp": 1_574_109_732_004_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "shops",
                    "Dimensions": [["service", "kind"]],
                    "Metrics": [{ "Name": "orders", "Unit": "Count" }, { "Name": "queue" }],
                }],
            },
            "service": "shop",
            "kind": "new",
            "orders": 2,
            "queue": 1.5,
        })]
    );
}

#[test]
fn what_was_told_is_not_told_again_and_a_gauge_is_told_as_it_is() {
    let recorder = recorded(|| {
        counter!("orders").increment(2);
        histogram!("sizes").record(1.05);
        gauge!("queue").set(3.0);
    });
    let first = lines(&recorder);
    assert_eq!(
        first[0]["sizes"],
        json!({ "Values": [1.05], "Counts": [1] })
    );
    let [second] = &lines(&recorder)[..] else {
        panic!("one line");
    };
    assert_eq!(second["queue"], 3.0);
    assert_eq!((second.get("orders"), second.get("sizes")), (None, None));
    let mut changed = 0;
    recorder.emf(Gauges::Changed, &sender(), at(), &mut |_| changed += 1);
    assert_eq!(changed, 0);
}

#[test]
fn a_line_stays_within_what_the_format_allows_and_nothing_is_left_out() {
    let recorder = recorded(|| {
        for index in 0..250 {
            counter!(format!("counter_{index}")).increment(1);
        }
        for exponent in -400..400 {
            histogram!("wide").record(10_f64.powf(f64::from(exponent) / 80.0));
        }
    });
    let lines = lines(&recorder);
    let (mut counters, mut values) = (0, 0);
    for line in &lines {
        let text = line.to_string();
        assert!(text.len() < 16 * 1024, "{} bytes", text.len());
        let metrics = directive(line)["Metrics"].as_array().unwrap();
        assert!(metrics.len() <= 100);
        counters += metrics.iter().filter(|it| it["Name"] != "wide").count();
        if let Some(counts) = line["wide"]["Counts"].as_array() {
            assert!(counts.len() <= 100);
            values += counts.iter().map(|it| it.as_u64().unwrap()).sum::<u64>();
        }
    }
    assert_eq!((counters, values), (250, 800));
}

#[test]
fn the_servers_own_metrics_are_folded_into_few_dimensions() {
    let recorder = recorded(|| {
        for method in ["GET", "POST"] {
            let labels = [
                ("http_request_method", method),
                ("http_response_status_class", "2xx"),
                ("outcome", "answered"),
            ];
            counter!("http_server_requests_total", &labels).increment(2);
            histogram!("http_server_request_duration_seconds", &labels).record(0.1);
        }
    });
    let lines = lines(&recorder);
    assert_eq!(lines.len(), 2);
    let requests = lines
        .iter()
        .find(|line| line["outcome"] == "answered")
        .unwrap();
    assert_eq!(requests["http_server_requests_total"], 4);
    assert_eq!(requests.get("http_request_method"), None);
    assert_eq!(
        directive(requests)["Dimensions"],
        json!([
            ["service"],
            ["service", "http_response_status_class"],
            ["service", "outcome"]
        ])
    );
    let durations = lines
        .iter()
        .find(|line| line.get("outcome").is_none())
        .unwrap();
    assert_eq!(directive(durations)["Dimensions"], json!([["service"]]));
    let counts = &durations["http_server_request_duration_seconds"]["Counts"];
    assert_eq!(*counts, json!([2]));
}

#[test]
fn prometheus_gets_cumulative_buckets_and_escaped_labels() {
    let recorder = recorded(|| {
        describe_counter!("orders.total", "Orders\nof \\ all.");
        counter!("orders.total", "kind" => "a\"b\\c\nd").increment(2);
        for value in [0.005, 0.006, 20.0] {
            histogram!("waited_seconds").record(value);
        }
    });
    let text = recorder.prometheus();
    for expected in [
        "# HELP orders_total Orders\\nof \\\\ all.\n# TYPE orders_total counter\n",
        "orders_total{kind=\"a\\\"b\\\\c\\nd\"} 2\n",
        "# TYPE waited_seconds histogram\nwaited_seconds_bucket{le=\"0.005\"} 1\n",
        "waited_seconds_bucket{le=\"0.01\"} 2\n",
        "waited_seconds_bucket{le=\"10\"} 2\nwaited_seconds_bucket{le=\"+Inf\"} 3\n",
        "waited_seconds_sum 20.011\nwaited_seconds_count 3\n",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    // Nothing is taken by reading.
    assert_eq!(recorder.prometheus(), text);
}

#[test]
fn careless_labels_cost_metrics_that_are_counted_and_no_memory() {
    let recorder = recorded(|| {
        for user in 0..10_000 {
            counter!("visits", "user" => user.to_string()).increment(1);
        }
        counter!("visits", "user" => "1").increment(1);
        // The server's own have room, whatever the program has taken.
        counter!("http_server_requests_total", "outcome" => "failed").increment(1);
    });
    let text = recorder.prometheus();
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(series, SERIES_LIMIT + 1);
    assert!(text.contains("http_server_requests_total{outcome=\"failed\"} 1\n"));
    // Its own counter is one of them.
    assert!(
        text.contains("dualrun_metrics_refused_total 9001\n"),
        "{text}"
    );
    assert!(text.contains("visits{user=\"1\"} 2\n"));
}

#[test]
fn what_nobody_could_be_told_of_is_refused() {
    let recorder = recorded(|| {
        counter!("orders").increment(1);
        gauge!("orders").set(1.0);
        gauge!("orders", "kind" => "new").set(1.0);
        counter!("long", "label" => "x".repeat(2000)).increment(1);
        counter!("twice", "twice" => "x").increment(1);
        counter!("reserved", "_aws" => "x").increment(1);
        let many: Vec<_> = (0..30).map(|it| (format!("label_{it}"), "x")).collect();
        counter!("many", &many).increment(1);
        // To Prometheus, these would be the same names.
        counter!("alike", "a.b" => "x", "a-b" => "y").increment(1);
        counter!("alike", "a" => "x", "a" => "y").increment(1);
        gauge!("dualrun.metrics.refused.total").set(1.0);
        // And these are its own, or CloudWatch's.
        counter!("theirs", "__name__" => "x").increment(1);
        counter!("theirs", ":a" => "x").increment(1);
        counter!("theirs", "blank" => " ").increment(1);
        gauge!("service").set(1.0);
    });
    let text = recorder.prometheus();
    assert!(
        text.contains("dualrun_metrics_refused_total 13\n"),
        "{text}"
    );
    assert!(text.contains("# TYPE orders counter\norders 1\n"), "{text}");
    assert_eq!(text.matches("# TYPE").count(), 2, "{text}");
}
