//! What is recorded of requests, the same on both runtimes.

use crate::parity::events::{self, EventKind};
use crate::parity::rows::{GET as ROW, Row};
use crate::support::gate::Gate;
use crate::support::http1::{self, GET, GET_SLOW, rest};
use crate::support::server::Server;
use crate::support::{http2, silent};
use dualrun::metrics::{METRICS, Recorder, facade};
use dualrun::server::Stop;
use dualrun::service::HttpService;
use dualrun::testing::{Caller, Function};
use dualrun::{Body, BoxError, Options};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use std::num::NonZeroUsize;
use std::time::Duration;
use tower::service_fn;

/// Records what the test's thread does, until it is dropped. Stacks that exist already record elsewhere.
fn recorder() -> (Recorder, facade::LocalRecorderGuard<'static>) {
    let recorder = Recorder::new();
    let forever: &'static Recorder = Box::leak(Box::new(recorder.clone()));
    (recorder, facade::set_default_local_recorder(forever))
}

/// The samples of one metric, sorted.
fn samples(recorder: &Recorder, name: &str) -> Vec<String> {
    let text = recorder.prometheus();
    let lines = text.lines().filter(|line| line.starts_with(name));
    let mut samples: Vec<String> = lines.map(str::to_owned).collect();
    samples.sort();
    samples
}

fn requests(method: &str, class: &str, outcome: &str, count: u64) -> String {
    format!(
        "http_server_requests_total{{http_request_method=\"{method}\",http_response_status_class=\"{class}\",outcome=\"{outcome}\"}} {count}"
    )
}

/// Does as the path says.
fn obedient() -> impl HttpService {
    service_fn(|request: Request<Body>| async move {
        let body = match request.uri().path() {
            "/panic" => panic!("as was asked"),
            "/fail" => return Err(BoxError::from("as was asked")),
            "/silent" => std::future::pending().await,
            "/read" => Body::from(request.into_body().collect().await?.to_bytes()),
            "/health" => Body::from("ok"),
            _ => Body::from("hello"),
        };
        Ok::<_, BoxError>(Response::new(body))
    })
}

fn options() -> Options {
    Options::default()
        .with_request_timeout(Duration::from_millis(50))
        .with_body_limit(10)
        .with_ready_path(Some("/ready".parse().unwrap()))
}

/// Requests of each outcome.
const ROWS: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/?a=b"),
    ("POST", "/any/path"),
    ("PROPFIND", "/"),
    ("GET", "/panic"),
    ("GET", "/fail"),
    ("GET", "/silent"),
    ("PUT", "/read"),
    ("GET", "/health"),
    ("GET", "/ready"),
];

/// What is recorded of them.
fn expected() -> Vec<String> {
    let mut expected = vec![
        requests("GET", "2xx", "answered", 2),
        requests("POST", "2xx", "answered", 1),
        requests("_OTHER", "2xx", "answered", 1),
        requests("GET", "5xx", "panicked", 1),
        requests("GET", "5xx", "failed", 1),
        requests("GET", "5xx", "timed_out", 1),
        requests("PUT", "4xx", "refused", 1),
    ];
    expected.sort();
    expected
}

fn body_of(path: &str) -> &'static str {
    if path == "/read" {
        "more than the limit"
    } else {
        ""
    }
}

fn check(recorder: &Recorder, case: &str) {
    assert_eq!(
        samples(recorder, "http_server_requests_total"),
        expected(),
        "{case}"
    );
    let probes = samples(recorder, "dualrun_probes_total");
    assert_eq!(probes.len(), 2, "{case}: {probes:?}");
    let counts = samples(recorder, "http_server_request_duration_seconds_count");
    let counts = counts.iter().map(|line| line.rsplit_once(' ').unwrap().1);
    let counts: u64 = counts.map(|count| count.parse::<u64>().unwrap()).sum();
    assert_eq!(counts, 8, "{case}: probes are not among them");
    let active = samples(recorder, "http_server_active_requests");
    assert_eq!(active, ["http_server_active_requests 0"], "{case}");
    let sent = samples(recorder, "http_server_response_body_bytes_total");
    assert!(!sent[0].ends_with(" 0"), "{case}: {sent:?}");
}

#[tokio::test]
async fn the_same_is_recorded_of_the_same_requests_on_both() {
    let (recorder, guard) = recorder();
    let server = Server::start(obedient(), options()).await;
    for (method, path) in ROWS {
        let body = body_of(path);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        server.answer(request).await;
    }
    server.end().await;
    check(&recorder, "server");
    drop(guard);
    for kind in EventKind::ALL {
        let (recorder, _guard) = self::recorder();
        let function = Function::new(obedient(), &options());
        for (method, path) in ROWS {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let body = body_of(path).as_bytes();
            let row = Row {
                method,
                path,
                query,
                body,
                ..ROW
            };
            function.call(&events::event(kind, &row)).await.unwrap();
        }
        check(&recorder, &format!("{kind:?}"));
        let remaining = samples(&recorder, "dualrun_lambda_remaining_seconds_count");
        assert_eq!(remaining, ["dualrun_lambda_remaining_seconds_count 10"]);
    }
}

#[tokio::test]
async fn one_that_finds_no_place_is_refused_and_one_in_flight_is_active() {
    let (recorder, _guard) = recorder();
    let options = Options::default().with_max_in_flight(NonZeroUsize::MIN);
    let gate = Gate::new();
    let server = Server::start(gate.service(), options).await;
    let slow = server.sent(GET_SLOW).await;
    gate.entered(1).await;
    let refused = server
        .answer("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    let active = || samples(&recorder, "http_server_active_requests");
    assert_eq!(active(), ["http_server_active_requests 1"]);
    gate.release(1);
    let mut slow = slow;
    http1::read_until(&mut slow, "done").await;
    drop(slow);
    server.end().await;
    assert_eq!(active(), ["http_server_active_requests 0"]);
    assert_eq!(
        samples(&recorder, "http_server_requests_total"),
        [
            requests("GET", "2xx", "answered", 1),
            requests("GET", "5xx", "refused", 1)
        ]
    );
}

#[tokio::test]
async fn a_client_that_goes_away_is_cut_off() {
    let (recorder, _guard) = recorder();
    let caller = Caller::new(silent(), &Options::default());
    let request = Request::new(Body::empty());
    let answered = tokio::time::timeout(Duration::ZERO, caller.send(request)).await;
    assert!(answered.is_err());
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, BoxError>(Response::new(Body::from("never read")))
    });
    drop(
        Caller::new(service, &Options::default())
            .send(Request::new(Body::empty()))
            .await,
    );
    assert_eq!(
        samples(&recorder, "http_server_requests_total"),
        [
            requests("GET", "2xx", "cut_off", 1),
            requests("GET", "none", "cut_off", 1)
        ]
    );
}

#[tokio::test]
async fn nothing_is_lost_when_a_drain_cuts_requests() {
    let (recorder, _guard) = recorder();
    let options = Options::default().with_drain_timeout(Duration::from_millis(50));
    let gate = Gate::new();
    let mut server = Server::start(gate.service(), options).await;
    let slow = server.sent(GET_SLOW).await;
    gate.entered(1).await;
    server.stop(Stop::Drain);
    assert_eq!(server.stopped().await.requests_cut, 1);
    assert_eq!(rest(slow).await, "");
    assert_eq!(
        samples(&recorder, "http_server_requests_total"),
        [requests("GET", "none", "cut_off", 1)]
    );
    assert_eq!(
        samples(&recorder, "http_server_active_requests"),
        ["http_server_active_requests 0"]
    );
    assert_eq!(samples(&recorder, "dualrun_ready"), ["dualrun_ready 0"]);
}

#[tokio::test]
async fn what_is_no_request_is_refused_too() {
    let (recorder, _guard) = recorder();
    let server = Server::start(obedient(), options()).await;
    let answer = server.answer("nonsense\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    server.end().await;
    assert_eq!(
        samples(&recorder, "http_server_requests_total"),
        [requests("_OTHER", "4xx", "refused", 1)]
    );
}

#[tokio::test]
async fn connections_are_counted_by_what_they_speak_as_long_as_they_are_open() {
    let (recorder, _guard) = recorder();
    let server = Server::start(obedient(), options()).await;
    let mut http1 = server.sent(GET).await;
    http1::read_until(&mut http1, "hello").await;
    let mut http2 = http2::handshake(server.connect().await).await;
    let request = Request::get("http://a/")
        .body(http_body_util::Empty::new())
        .unwrap();
    assert_eq!(
        http2.send_request(request).await.unwrap().status(),
        StatusCode::OK
    );
    let open = |protocol: &str, count: u64| {
        format!("http_server_open_connections{{protocol=\"{protocol}\"}} {count}")
    };
    let samples = || samples(&recorder, "http_server_open_connections");
    assert_eq!(samples(), [open("http1", 1), open("http2", 1)]);
    drop((http1, http2));
    server.end().await;
    assert_eq!(samples(), [open("http1", 0), open("http2", 0)]);
}

#[tokio::test]
async fn bodies_are_counted_whether_their_length_is_announced_or_not() {
    let (recorder, _guard) = recorder();
    let server = Server::start(crate::support::echo(), Options::default()).await;
    let head = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n";
    server
        .answer(format!("{head}content-length: 5\r\n\r\nhello"))
        .await;
    let chunked = "transfer-encoding: chunked\r\n\r\n6\r\nworld!\r\n0\r\n\r\n";
    server.answer(format!("{head}{chunked}")).await;
    server.end().await;
    for (name, bytes) in [("request", 11), ("response", 11)] {
        let name = format!("http_server_{name}_body_bytes_total");
        assert_eq!(samples(&recorder, &name), [format!("{name} {bytes}")]);
    }
}

#[test]
fn every_metric_of_the_server_is_known_to_the_recorder_with_its_meaning() {
    let (recorder, _guard) = recorder();
    let _caller = Caller::new(silent(), &Options::default());
    facade::counter!("dualrun_log_lines_dropped_total").increment(1);
    let text = recorder.prometheus();
    for metric in METRICS {
        let help = format!("# HELP {} {}\n", metric.name, metric.meaning);
        let is_there = text.lines().any(|line| line.starts_with(metric.name));
        assert!(!is_there || text.contains(&help), "{help}");
        for set in metric.dimensions.iter().flat_map(|set| set.iter()) {
            assert!(metric.labels.contains(set), "{set} of {}", metric.name);
        }
    }
}
