//! What the lines of a request have, whoever writes them.

use crate::context::TraceContext;
use crate::log::testing::{line, lines_of_run};
use crate::options::{AccessLog, LogFormat};
use crate::service::HttpService;
use crate::testing::Caller;
use crate::{Body, BoxError, Options};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use serde_json::Value;
use std::convert::Infallible;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio_stream::StreamExt;
use tower::service_fn;
use tracing::{Instrument, info, info_span, warn};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Logs by this subscriber.
type Logging = fn(Box<dyn FnOnce()>) -> String;

fn of_run(log: Box<dyn FnOnce()>) -> String {
    lines_of_run(LogFormat::Json, "info", log)
}

fn of_ones_own(log: Box<dyn FnOnce()>) -> String {
    line(LogFormat::Json, log)
}

const BOTH: [(&str, Logging); 2] = [("run's", of_run), ("one's own", of_ones_own)];

fn request(path: &str) -> Request<Body> {
    Request::post(path)
        .header("x-request-id", "abc-1")
        .header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"))
        .body(Body::empty())
        .unwrap()
}

fn run<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(future)
}

/// The lines of one request.
fn lines<S: HttpService>(logging: Logging, service: S, mode: AccessLog) -> Vec<Value> {
    let log = move || {
        let options = Options::default().with_access_log(mode);
        run(Caller::new(service, &options).call(request("/orders?token=hunter2")));
    };
    let text = logging(Box::new(log));
    assert!(!text.contains("hunter2"), "{text}");
    let parse = |line| serde_json::from_str(line).unwrap();
    text.lines().map(parse).collect()
}

#[track_caller]
fn check_request(line: &Value, case: &str) {
    for (field, value) in [
        ("request_id", "abc-1"),
        ("trace_id", TRACE),
        ("method", "POST"),
        ("path", "/orders"),
    ] {
        assert_eq!(line[field], value, "{case}: {field} of {line}");
    }
}

fn answer() -> Result<Response<Body>, BoxError> {
    Ok(Response::new(Body::empty()))
}

#[test]
fn what_a_handler_logs_says_which_request_it_is_about() {
    for (case, logging) in BOTH {
        let service = service_fn(|_| {
            info!("called");
            async {
                info!("polled");
                tokio::time::sleep(Duration::from_millis(1)).await;
                info!("polled again");
                answer()
            }
        });
        let lines = lines(logging, service, AccessLog::Off);
        assert_eq!(lines.len(), 3, "{case}: {lines:?}");
        for line in lines {
            check_request(&line, case);
        }
    }
}

#[test]
fn tasks_spawned_in_the_current_span_say_it_too_and_others_do_not() {
    for (case, logging) in BOTH {
        let service = service_fn(|_| async {
            let task = async { info!("spawned") };
            // With nothing logged before, so that the span has to begin for this.
            tokio::spawn(task.in_current_span()).await.unwrap();
            tokio::spawn(async { info!("forgotten") }).await.unwrap();
            answer()
        });
        let lines = lines(logging, service, AccessLog::Off);
        let [spawned, forgotten] = &lines[..] else {
            panic!("{case}: {lines:?}")
        };
        check_request(spawned, case);
        assert!(forgotten["request_id"].is_null(), "{case}: {forgotten}");
    }
}

#[test]
fn a_task_that_outlives_its_request_keeps_the_span() {
    for (_, logging) in BOTH {
        let text = logging(Box::new(|| {
            run(async {
                let (go, wait) = tokio::sync::oneshot::channel::<()>();
                let (handle, task) = tokio::sync::oneshot::channel();
                let ends = std::sync::Mutex::new(Some((wait, handle)));
                let ends = std::sync::Arc::new(ends);
                let service = service_fn(move |_| {
                    let (wait, handle) = ends.lock().unwrap().take().unwrap();
                    let task = async {
                        wait.await.unwrap();
                        info!("after the answer");
                    };
                    let task = tokio::spawn(task.in_current_span());
                    drop(handle.send(task));
                    async { answer() }
                });
                let options = Options::default().with_access_log(AccessLog::Off);
                Caller::new(service, &options)
                    .call(request("/orders"))
                    .await;
                go.send(()).unwrap();
                task.await.unwrap().await.unwrap();
            });
        }));
        check_request(&serde_json::from_str(&text).unwrap(), "after");
    }
}

#[test]
fn spans_of_ones_own_are_within_the_requests() {
    for (case, logging) in BOTH {
        let service = service_fn(|_| {
            let span = info_span!("order", order = 7, path = "shadowed");
            async {
                info!("within both");
                answer()
            }
            .instrument(span)
        });
        let lines = lines(logging, service, AccessLog::Off);
        let [line] = &lines[..] else {
            panic!("{case}: {lines:?}")
        };
        assert_eq!(
            (&line["order"], &line["request_id"], &line["path"]),
            (&7.into(), &"abc-1".into(), &"shadowed".into()),
            "{case}"
        );
    }
}

#[test]
fn spans_of_the_runtime_are_not_around_the_requests() {
    for (case, logging) in BOTH {
        let text = logging(Box::new(|| {
            let _worker = info_span!("worker", task_id = 7).entered();
            let service = service_fn(|_| async {
                info!("handled");
                answer()
            });
            run(Caller::new(service, &Options::default()).call(request("/orders")));
        }));
        assert_eq!(text.lines().count(), 2);
        assert!(!text.contains("task_id"), "{case}: {text}");
    }
}

#[test]
fn bodies_that_stream_are_polled_in_the_span() {
    for (case, logging) in BOTH {
        let service = service_fn(|_| async {
            let frames = tokio_stream::iter(0..2).map(|number| {
                info!(number, "piece");
                Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"piece")))
            });
            Ok::<_, Infallible>(Response::new(StreamBody::new(frames)))
        });
        let lines = lines(logging, service, AccessLog::Off);
        assert_eq!(lines.len(), 2, "{case}: {lines:?}");
        for line in lines {
            check_request(&line, case);
        }
    }
}

#[test]
fn work_that_is_dropped_at_the_deadline_is_dropped_in_the_span() {
    struct Logs;
    impl Drop for Logs {
        fn drop(&mut self) {
            warn!("dropped");
        }
    }
    for (case, logging) in BOTH {
        let service = service_fn(|_| async {
            let _logs = Logs;
            std::future::pending::<()>().await;
            answer()
        });
        let lines = lines(logging, service, AccessLog::Off);
        check_request(&lines[0], case);
    }
}

#[test]
fn a_failure_and_a_panic_say_which_request_it_was() {
    for (case, logging) in BOTH {
        let service = service_fn(|_| async { Err::<Response<Body>, _>(BoxError::from("broken")) });
        let lines = lines(logging, service, AccessLog::Off);
        assert_eq!(lines[0]["cause"], "broken");
        check_request(&lines[0], case);
    }
}

#[test]
fn the_access_line_has_the_same_fields_once() {
    for (case, logging) in BOTH {
        let service = service_fn(|_| async {
            info!("handled");
            answer()
        });
        let text = logging(Box::new(move || {
            run(Caller::new(service, &Options::default()).call(request("/orders")));
        }));
        let access = text.lines().last().unwrap();
        for field in ["request_id", "trace_id", "method", "path"] {
            let name = format!("\"{field}\":");
            assert_eq!(access.matches(&name).count(), 1, "{case}: {access}");
        }
        check_request(&serde_json::from_str(access).unwrap(), case);
    }
}

#[test]
fn requests_that_take_turns_do_not_take_each_others_span() {
    for (case, logging) in BOTH {
        let text = logging(Box::new(|| {
            let service = service_fn(|request: Request<Body>| async move {
                for turn in 0..3 {
                    info!(own = request.uri().path(), turn, "turn");
                    tokio::task::yield_now().await;
                }
                answer()
            });
            let options = Options::default().with_access_log(AccessLog::Off);
            let caller = Caller::new(service, &options);
            run(async {
                tokio::join!(caller.call(request("/a")), caller.call(request("/b")));
            });
        }));
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let lines: Vec<Value> = lines.collect();
        assert_eq!(lines.len(), 6);
        for line in lines {
            assert_eq!(line["own"], line["path"], "{case}: {line}");
        }
    }
}

#[test]
fn with_only_errors_let_through_they_still_say_it() {
    let text = lines_of_run(LogFormat::Json, "error", || {
        let service = service_fn(|_| async {
            info!("not logged");
            tracing::error!("logged");
            answer()
        });
        run(Caller::new(service, &Options::default()).call(request("/orders")));
    });
    check_request(&serde_json::from_str(&text).unwrap(), "errors only");
}

#[test]
fn a_client_cannot_make_the_lines_of_a_handler_long() {
    let text = lines_of_run(LogFormat::Json, "info", || {
        let service = service_fn(|_| async {
            info!("short");
            answer()
        });
        let long = "a".repeat(60_000);
        let mut request = request(&format!("/{long}"));
        *request.method_mut() = long.parse().unwrap();
        let options = Options::default().with_access_log(AccessLog::Off);
        run(Caller::new(service, &options).call(request));
    });
    assert!(text.len() < 4 * 1024, "{} bytes", text.len());
    assert!(text.contains("bytes cut)"));
}

#[test]
fn a_handler_finds_the_trace_and_passes_it_on() {
    let service = service_fn(|request: Request<Body>| async move {
        let trace: &TraceContext = request.extensions().get().unwrap();
        assert_eq!(trace.trace_id().to_string(), TRACE);
        let headers = trace.headers();
        let parent = headers["traceparent"].to_str().unwrap();
        assert_eq!(parent, format!("00-{TRACE}-{}-01", trace.span_id()));
        answer()
    });
    let response = run(crate::testing::call(service, request("/")));
    assert_eq!(response.status(), 200);
}
