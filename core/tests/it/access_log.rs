//! The access log: which requests get a line, and what it says.

use crate::support::http1::head;
use crate::support::log::Lines;
use crate::support::server::Server;
use crate::support::{app, request, silent};
use dualrun::options::AccessLog;
use dualrun::service::HttpService;
use dualrun::testing::Caller;
use dualrun::{Body, Options};
use http::{HeaderValue, Request, Response};
use serde_json::Value;
use std::convert::Infallible;
use tower::service_fn;

/// The lines of one request in each mode that is to be tried.
async fn lines<S: HttpService>(service: S, mode: AccessLog, request: Request<Body>) -> Vec<Value> {
    let options = Options::default().with_access_log(mode);
    let (lines, _guard) = Lines::capture();
    Caller::new(service, &options).call(request).await;
    lines.take()
}

fn failing() -> impl HttpService {
    service_fn(|_: Request<Body>| async {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        Ok::<_, Infallible>(response)
    })
}

#[tokio::test]
async fn a_line_says_who_asked_what_and_what_came_of_it() {
    let mut request = request("GET", "/nope?token=hunter2");
    for (name, value) in [
        ("x-request-id", "abc-1"),
        ("x-forwarded-for", "203.0.113.7"),
        (
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
        ("user-agent", "test/1"),
    ] {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    let lines = lines(app(), AccessLog::Requests, request).await;
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    for (field, value) in [
        ("level", "INFO"),
        ("target", "dualrun::access"),
        ("message", "request"),
        ("request_id", "abc-1"),
        ("method", "GET"),
        ("path", "/nope"),
        ("client", "203.0.113.7"),
        ("trace_id", "0af7651916cd43dd8448eb211c80319c"),
        ("user_agent", "test/1"),
    ] {
        assert_eq!(line[field], value, "{field}");
    }
    assert_eq!(line["status"], 404);
    assert_eq!(
        line["bytes"],
        r#"{"error":"not found","request_id":"abc-1"}"#.len()
    );
    assert!(line["duration_ms"].as_f64().unwrap() >= 0.0);
    assert!(
        !line.to_string().contains("hunter2"),
        "the query is not logged"
    );
}

#[tokio::test]
async fn what_a_client_chooses_is_cut_at_1_kib() {
    let long = "a".repeat(60_000);
    let mut request = request(&long, &format!("/{long}"));
    for name in ["x-amzn-trace-id", "traceparent", "user-agent"] {
        let value = HeaderValue::from_str(&long).unwrap();
        request.headers_mut().insert(name, value);
    }
    let lines = lines(app(), AccessLog::Requests, request).await;
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    let cut = format!("{}... (58976 bytes cut)", &long[..1024]);
    for field in ["method", "user_agent"] {
        assert_eq!(line[field], cut, "{field}");
    }
    let path = line["path"].as_str().unwrap();
    assert!(path.ends_with("a... (58977 bytes cut)"), "{path}");
    assert_eq!(line["trace_id"].as_str().unwrap().len(), 32);
    assert!(line.to_string().len() < 8 * 1024, "all else is short");
}

#[tokio::test]
async fn each_mode_logs_what_it_says() {
    use AccessLog::{All, Errors, Off, Requests};
    for (mode, home, health, failure) in [
        (Requests, 1, 0, 1),
        (All, 1, 1, 1),
        (Errors, 0, 0, 1),
        (Off, 0, 0, 0),
    ] {
        let count = async |service_fails: bool, target| {
            let request = request("GET", target);
            let lines = if service_fails {
                lines(failing(), mode, request).await
            } else {
                lines(app(), mode, request).await
            };
            lines.len()
        };
        assert_eq!(count(false, "/").await, home, "{mode:?} /");
        assert_eq!(count(false, "/health").await, health, "{mode:?} /health");
        assert_eq!(
            count(true, "/health").await,
            failure,
            "{mode:?} failing /health"
        );
    }
}

#[tokio::test]
async fn a_failure_is_told_in_the_log_with_its_causes() {
    #[derive(Debug, thiserror::Error)]
    #[error("cannot load the cart")]
    struct Outer(#[source] std::io::Error);
    let service = service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, _>(Outer(std::io::Error::other("connection refused")))
    });
    let lines = lines(service, AccessLog::Off, request("GET", "/")).await;
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["cause"], "cannot load the cart: connection refused");
    assert!(line["request_id"].is_string());
}

#[tokio::test]
async fn a_request_whose_client_goes_away_is_logged_as_cut_off() {
    let options = Options::default().with_access_log(AccessLog::Errors);
    let (lines, _guard) = Lines::capture();
    let caller = Caller::new(silent(), &options);
    let mut call = Box::pin(caller.call(request("GET", "/")));
    assert!(poll_once(call.as_mut()).await.is_pending());
    drop(call);
    let lines = lines.take();
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&line["level"], &line["cut_off"]),
        (&"WARN".into(), &true.into())
    );
    assert!(line["status"].is_null());
}

#[tokio::test]
async fn what_never_becomes_a_request_is_told_with_its_client() {
    let (lines, _guard) = Lines::capture();
    let server = Server::start(app(), Options::default()).await;
    let mut client = server.sent(b"\x16\x03\x01 hello\r\n\r\n").await;
    head(&mut client).await;
    drop(client);
    server.end().await;
    let lines = lines.take();
    let refused = lines
        .iter()
        .find(|line| line["message"] == "malformed request refused");
    let line = refused.unwrap_or_else(|| panic!("{lines:?}"));
    assert_eq!(line["client"], "127.0.0.1");
    assert_eq!(line["error"], "invalid HTTP method parsed");
}

/// Polls once, in the task's own context.
async fn poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx))).await
}
