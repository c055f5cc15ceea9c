//! What every request passes around a service: ids, limits, deadlines, panics, and what the client is told.

use crate::support::gate::Gate;
use crate::support::{echo, request, silent};
use bytes::Bytes;
use dualrun::context::{ClientAddr, Deadline, Platform, RequestId};
use dualrun::service::HttpService;
use dualrun::testing::{Caller, call};
use dualrun::{Body, BoxError, Options};
use http::header::{CONTENT_LENGTH, RETRY_AFTER};
use http::{HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;
use tower::{Service, service_fn};

/// A service that answers with what `f` makes of the request.
fn service<F>(f: F) -> impl HttpService
where
    F: Fn(Request<Body>) -> Response<Body> + Clone + Send + 'static,
{
    service_fn(move |request| {
        let response = f(request);
        async move { Ok::<_, Infallible>(response) }
    })
}

fn error_of(response: &Response<Bytes>) -> String {
    let json: serde_json::Value = serde_json::from_slice(response.body()).expect("JSON");
    let id = json["request_id"].as_str().expect("a request id");
    assert_eq!(response.headers()["x-request-id"], id);
    json["error"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_the_services_own_is_overridden() {
    let service = service(|request| {
        let id = request.extensions().get::<RequestId>().unwrap().to_string();
        let mut response = Response::new(Body::from(id));
        response
            .headers_mut()
            .insert("x-request-id", HeaderValue::from_static("mine"));
        response
    });
    let mut request = request("GET", "/");
    request
        .headers_mut()
        .insert("x-request-id", HeaderValue::from_static("theirs"));
    let response = call(service, request).await;
    assert_eq!(response.body(), "theirs");
    let ids: Vec<_> = response.headers().get_all("x-request-id").iter().collect();
    assert_eq!(ids, ["theirs"]);
}

#[tokio::test(start_paused = true)]
async fn handlers_find_client_deadline_and_platform() {
    let service = service(|request| {
        let extensions = request.extensions();
        let ClientAddr(ip) = extensions.get().unwrap();
        let left = extensions.get::<Deadline>().unwrap().remaining();
        let platform = extensions.get::<Platform>().unwrap();
        Response::new(Body::from(format!("{ip} {left:?} {platform:?}")))
    });
    let mut request = request("GET", "/");
    let forwarded = HeaderValue::from_static("6.6.6.6, 203.0.113.7");
    request.headers_mut().insert("x-forwarded-for", forwarded);
    let response = call(service, request).await;
    assert_eq!(response.body(), "203.0.113.7 20s Server");
}

#[tokio::test]
async fn a_panic_is_one_500_and_the_next_request_is_served() {
    let service = service(|request| {
        assert_ne!(request.uri().path(), "/panic", "secret");
        Response::new(Body::from("fine"))
    });
    let response = call(service.clone(), request("GET", "/panic")).await;
    assert_eq!(response.status(), 500);
    assert_eq!(error_of(&response), "internal server error");
    assert_eq!(call(service, request("GET", "/")).await.body(), "fine");
}

#[tokio::test]
async fn a_panic_while_waiting_is_a_500_too() {
    let service = service_fn(|_: Request<Body>| async {
        tokio::task::yield_now().await;
        if true {
            panic!("late");
        }
        Ok::<_, Infallible>(Response::new(Body::empty()))
    });
    assert_eq!(call(service, request("GET", "/")).await.status(), 500);
}

#[tokio::test]
async fn an_error_is_a_500_that_does_not_show_it() {
    let service = service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, BoxError>("the password is hunter2".into())
    });
    let response = call(service, request("GET", "/")).await;
    assert_eq!(response.status(), 500);
    assert_eq!(error_of(&response), "internal server error");
}

#[derive(Clone)]
struct NeverReady(Option<&'static str>);

impl Service<Request<Body>> for NeverReady {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self.0 {
            Some(error) => Poll::Ready(Err(error.into())),
            None => Poll::Pending,
        }
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        unreachable!("called before it was ready")
    }
}

#[tokio::test(start_paused = true)]
async fn readiness_that_fails_or_never_comes_ends_one_request_only() {
    let response = call(NeverReady(Some("no database")), request("GET", "/")).await;
    assert_eq!(response.status(), 500);
    let response = call(NeverReady(None), request("GET", "/")).await;
    assert_eq!(response.status(), 504);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_gives_a_504() {
    let options = Options::default().with_request_timeout(Duration::from_secs(7));
    let start = Instant::now();
    let response = Caller::new(silent(), &options)
        .call(request("GET", "/"))
        .await;
    assert_eq!(response.status(), 504);
    assert_eq!(error_of(&response), "timed out");
    assert_eq!(start.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn it_does_so_though_what_is_dropped_then_panics() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    let service = service_fn(|_: Request<Body>| async {
        let _panics = Panics;
        std::future::pending::<Result<Response<Body>, Infallible>>().await
    });
    let response = call(service, request("GET", "/")).await;
    assert_eq!(response.status(), 504);
}

#[tokio::test]
async fn a_body_within_the_limit_arrives_and_one_above_is_a_413() {
    let options = Options::default().with_body_limit(10);
    let known = |size: usize| Body::from(vec![b'x'; size]);
    let streamed = |size: usize| {
        let frame = Frame::data(Bytes::from(vec![b'x'; size]));
        let stream = tokio_stream::once(Ok::<_, Infallible>(frame));
        Body::new(StreamBody::new(stream))
    };
    for (size, status) in [(0, 200), (10, 200), (11, 413), (100_000, 413)] {
        for body in [known(size), streamed(size)] {
            let request = Request::post("/").body(body).unwrap();
            let response = Caller::new(echo(), &options).call(request).await;
            assert_eq!(response.status(), status, "{size} bytes");
            if status == 413 {
                assert_eq!(error_of(&response), "request body too large");
            } else {
                assert_eq!(response.body().len(), size);
            }
        }
    }
}

#[tokio::test]
async fn too_many_requests_are_turned_away_but_health_checks_are_not() {
    let gate = Gate::new();
    let options = Options::default().with_max_in_flight(NonZeroUsize::MIN);
    let calls = Caller::new(gate.service(), &options);

    let slow = tokio::spawn({
        let calls = calls.clone();
        async move { calls.call(request("GET", "/slow")).await }
    });
    gate.entered(1).await;
    let refused = calls.call(request("GET", "/")).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()[RETRY_AFTER], "1");
    assert_eq!(error_of(&refused), "too many requests, try again");
    assert_eq!(calls.call(request("GET", "/health")).await.status(), 200);

    gate.release(1);
    assert_eq!(slow.await.unwrap().body(), "done");
    assert_eq!(
        calls.call(request("GET", "/")).await.status(),
        200,
        "the place is free again"
    );
}

#[tokio::test]
async fn head_of_any_service_has_a_length_and_no_body() {
    let service = service(|_| Response::new(Body::from("twelve bytes")));
    let response = call(service, request("HEAD", "/")).await;
    assert_eq!(response.headers()[CONTENT_LENGTH], "12");
    assert_eq!(response.body(), "");
}
