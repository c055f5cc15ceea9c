//! What a handler logs says the same of its request on both runtimes.

use super::events::{self, EventKind};
use super::rows::{GET, Row};
use super::{normal, services};
use crate::support::log::Lines;
use crate::support::server::Server;
use dualrun::Options;
use dualrun::testing::Function;
use serde_json::Value;

pub(crate) const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
pub(crate) const AMAZON: &str =
    "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";

/// Requests whose handler logs, and what its lines then have of them.
const LOGGED: &[(Row, [(&str, &str); 4])] = &[
    (
        Row {
            name: "lines with a trace of the w3c",
            path: "/base/log",
            query: "token=hunter2",
            headers: &[("x-request-id", "abc-1"), ("traceparent", TRACEPARENT)],
            ..GET
        },
        [
            ("request_id", "abc-1"),
            ("trace_id", "0af7651916cd43dd8448eb211c80319c"),
            ("method", "GET"),
            ("path", "/log"),
        ],
    ),
    (
        Row {
            name: "lines with a trace of amazon",
            path: "/log",
            headers: &[("x-request-id", "abc-1"), ("x-amzn-trace-id", AMAZON)],
            ..GET
        },
        [
            ("request_id", "abc-1"),
            ("trace_id", "67891233abcdef012345678912345678"),
            ("method", "GET"),
            ("path", "/log"),
        ],
    ),
];

/// What the span of a handler's two lines has.
#[track_caller]
fn check(lines: &Lines, row: &Row, expected: &[(&str, &str)], case: &str) {
    let mut lines = lines.take();
    lines.retain(|line| line["message"] == "handled");
    assert_eq!(lines.len(), 2, "{}, {case}", row.name);
    for line in lines {
        let mut fields = line["span"].as_object().expect("a span").clone();
        // The formatter of the tests adds it.
        fields.remove("name");
        let expected = expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        assert_eq!(fields, expected.collect(), "{}, {case}", row.name);
    }
}

#[tokio::test]
async fn lines_of_a_handler_say_the_same_of_its_request_on_both() {
    let (lines, _guard) = Lines::capture();
    let options = Options::default().with_base_path("/base".parse().unwrap());
    let function = Function::new(services::router(), &options);
    let server = Server::start(services::router(), options).await;
    for (row, expected) in LOGGED {
        normal::over_a_socket(&server, row).await;
        check(&lines, row, expected, "server");
        for kind in EventKind::ALL {
            function.call(&events::event(kind, row)).await.unwrap();
            check(&lines, row, expected, &format!("{kind:?}"));
        }
    }
    server.end().await;
}
