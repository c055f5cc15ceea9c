//! Services that are not ours: each runs in the place of the example service.

#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/axum_service.rs"]
mod axum_service;

use crate::support::request;
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use dualrun::testing::{Caller, call};
use dualrun::{Body, Options, config};
use http::{HeaderValue, Request, Response};
use std::convert::Infallible;
use tower::{ServiceBuilder, service_fn};
use tower_http::set_header::SetResponseHeaderLayer;

#[tokio::test]
async fn the_axum_example_answers_with_its_own_configuration() {
    let config = config::load_from([("GREETING", "hello"), ("PUNCTUATION", "!")]).unwrap();
    let router = axum_service::build(config).await.unwrap();

    let mut asked = request("GET", "/hello/world");
    let id = HeaderValue::from_static("abc-1");
    asked.headers_mut().insert("x-request-id", id);
    let response = call(router.clone(), asked).await;
    assert_eq!(
        response.body(),
        r#"{"text":"hello, world!","client":"127.0.0.1","request_id":"abc-1"}"#
    );
    assert_eq!(call(router, request("GET", "/health")).await.status(), 200);
}

#[tokio::test]
async fn an_axum_extractor_over_the_body_limit_is_a_413() {
    let router = Router::new().route(
        "/",
        post(|body: Bytes| async move { body.len().to_string() }),
    );
    let options = Options::default().with_body_limit(4);
    let caller = Caller::new(router, &options);
    let send = async |body: &'static str| {
        let body = Body::new(http_body_util::StreamBody::new(tokio_stream::once(Ok::<
            _,
            Infallible,
        >(
            http_body::Frame::data(Bytes::from(body)),
        ))));
        caller.call(Request::post("/").body(body).unwrap()).await
    };
    assert_eq!(send("four").await.body(), "4");
    assert_eq!(send("fives").await.status(), 413);
}

#[tokio::test]
async fn a_tower_http_stack_around_a_service_fn_is_a_service() {
    let layer = SetResponseHeaderLayer::overriding(
        http::header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    let service =
        ServiceBuilder::new()
            .layer(layer)
            .service(service_fn(|_: Request<Body>| async {
                Ok::<_, Infallible>(Response::new(Body::from("hello")))
            }));
    let response = call(service, request("GET", "/")).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.body(), "hello");
}
