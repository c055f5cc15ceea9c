//! Which trace a request belongs to, and what an outgoing call carries of it.

use crate::support::request;
use dualrun::context::TraceContext;
use dualrun::testing::{Caller, call};
use dualrun::{Body, BoxError, Options};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use std::sync::{Arc, Mutex};
use tower::service_fn;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";
const AMAZON: &str = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";
const AMAZON_TRACE: &str = "67891233abcdef012345678912345678";

/// The trace that a handler finds for a request with these headers.
async fn trace(headers: &[(&'static str, &str)]) -> TraceContext {
    let mut request = request("GET", "/");
    for (name, value) in headers {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_str(value));
        request.headers_mut().append(name, value.unwrap());
    }
    let found = Arc::new(Mutex::new(None));
    let place = Arc::clone(&found);
    let service = service_fn(move |request: Request<Body>| {
        *place.lock().unwrap() = request.extensions().get::<TraceContext>().cloned();
        async { Ok::<_, BoxError>(Response::new(Body::empty())) }
    });
    call(service, request).await;
    found.lock().unwrap().take().expect("a trace")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_valid_traceparent_is_continued_with_its_state() {
    let parent = format!("00-{TRACE}-{SPAN}-01");
    let trace = trace(&[("traceparent", &parent), ("tracestate", "rojo=1,congo=2")]).await;
    assert_eq!(trace.trace_id().to_string(), TRACE);
    assert_eq!(trace.parent_id().unwrap().to_string(), SPAN);
    assert!(trace.is_sampled());

    let (span, headers) = (trace.span_id().to_string(), trace.headers());
    assert_ne!(span, SPAN);
    assert_eq!(
        text(&headers, "traceparent"),
        format!("00-{TRACE}-{span}-01")
    );
    assert_eq!(text(&headers, "tracestate"), "rojo=1,congo=2");
    assert_eq!(
        text(&headers, "x-amzn-trace-id"),
        format!(
            "Root=1-{}-{};Parent={span};Sampled=1",
            &TRACE[..8],
            &TRACE[8..]
        )
    );
}

#[tokio::test]
async fn amazons_header_is_continued_as_one_of_the_w3c() {
    let trace = trace(&[("x-amzn-trace-id", AMAZON), ("tracestate", "rojo=1")]).await;
    let (span, headers) = (trace.span_id(), trace.headers());
    assert_eq!(trace.trace_id().to_string(), AMAZON_TRACE);
    assert_eq!(
        text(&headers, "traceparent"),
        format!("00-{AMAZON_TRACE}-{span}-01")
    );
    assert!(
        !headers.contains_key("tracestate"),
        "it belongs to a traceparent"
    );
}

#[tokio::test]
async fn whoever_takes_part_in_the_trace_counts_before_a_balancer_that_adds_its_own() {
    let parent = format!("00-{TRACE}-{SPAN}-00");
    let both = trace(&[("x-amzn-trace-id", AMAZON), ("traceparent", &parent)]).await;
    assert_eq!(both.trace_id().to_string(), TRACE);
    let broken = trace(&[("x-amzn-trace-id", AMAZON), ("traceparent", "00-broken")]).await;
    assert_eq!(broken.trace_id().to_string(), AMAZON_TRACE);
}

#[tokio::test]
async fn what_is_not_valid_or_came_twice_begins_a_new_trace() {
    let parent = format!("00-{TRACE}-{SPAN}-01");
    for headers in [
        &[][..],
        &[("traceparent", "nonsense")],
        &[("traceparent", &parent), ("traceparent", &parent)],
        &[(
            "x-amzn-trace-id",
            "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
        )],
    ] {
        let trace = trace(headers).await;
        assert_ne!(trace.trace_id().to_string(), TRACE, "{headers:?}");
        assert!(trace.trace_id().as_bytes().iter().any(|&byte| byte != 0));
        assert_eq!(trace.parent_id(), None);
        assert!(!trace.is_sampled());
        let headers = trace.headers();
        assert!(text(&headers, "traceparent").ends_with("-00"));
        assert!(
            !text(&headers, "x-amzn-trace-id").contains("Sampled"),
            "who comes next decides"
        );
    }
}

#[tokio::test]
async fn each_request_has_a_span_of_its_own() {
    let parent = format!("00-{TRACE}-{SPAN}-01");
    let first = trace(&[("traceparent", &parent)]).await;
    let second = trace(&[("traceparent", &parent)]).await;
    assert_eq!(first.trace_id(), second.trace_id());
    assert_ne!(first.span_id(), second.span_id());
    assert_ne!(trace(&[]).await.trace_id(), trace(&[]).await.trace_id());
}

#[tokio::test]
async fn the_access_line_has_the_trace_that_the_handler_finds() {
    let (lines, _guard) = crate::support::log::Lines::capture();
    let service = service_fn(|request: Request<Body>| async move {
        let trace = request.extensions().get::<TraceContext>().unwrap();
        let id = trace.trace_id().to_string();
        Ok::<_, BoxError>(Response::new(Body::from(id)))
    });
    let caller = Caller::new(service, &Options::default());
    let response = caller.call(request("GET", "/")).await;
    let lines = lines.take();
    assert_eq!(lines[0]["trace_id"].as_str().unwrap(), response.body());
}
