//! Events that hurt: each has its answer, none is a panic, and the next invocation works.

use crate::support::{app, silent};
use dualrun::service::HttpService;
use dualrun::testing::Function;
use dualrun::{Body, Options};
use http::{Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::convert::Infallible;
use tower::service_fn;

fn function() -> Function<impl HttpService> {
    Function::new(app(), &Options::default())
}

/// The answer to one event; the function still answers others.
async fn answer(event: Value) -> Value {
    let function = function();
    let answer = function
        .call(&event)
        .await
        .unwrap_or_else(|error| panic!("{event}: {error}"));
    let next = function
        .call(&json!({ "httpMethod": "GET", "path": "/health" }))
        .await
        .unwrap();
    assert_eq!(next["statusCode"], 200);
    answer
}

fn http_api(changes: &Value) -> Value {
    let mut event = json!({
        "version": "2.0",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": { "host": "a" },
        "requestContext": { "http": { "method": "GET", "sourceIp": "203.0.113.7" }, "stage": "$default" },
    });
    for (name, value) in changes.as_object().expect("an object") {
        event[name] = value.clone();
    }
    event
}

#[tokio::test]
async fn what_cannot_be_a_request_is_a_400_with_an_id() {
    for changes in [
        json!({ "isBase64Encoded": true, "body": "no base64!" }),
        json!({ "headers": { "host": "two\nlines" } }),
        json!({ "headers": { "no name": "a" } }),
        json!({ "cookies": ["a=\u{0}"] }),
        json!({ "rawPath": "no slash" }),
        json!({ "requestContext": { "http": {} } }),
        json!({ "requestContext": { "http": { "method": "NO METHOD" } } }),
    ] {
        let answer = answer(http_api(&changes)).await;
        assert_eq!(answer["statusCode"], 400, "{changes}");
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["error"], "malformed request");
        assert_eq!(body["request_id"], answer["headers"]["x-request-id"]);
    }
}

#[tokio::test]
async fn what_a_client_may_send_is_served() {
    for changes in [
        json!({ "headers": { "host": "bad host/\u{fc}" } }),
        json!({ "rawQueryString": "a=b c" }),
        json!({ "rawQueryString": "a=\u{fc}&b=#<>\"" }),
        json!({ "headers": null, "cookies": null, "body": null, "isBase64Encoded": null }),
        json!({ "rawPath": "" }),
        json!({ "rawPath": null, "rawQueryString": null }),
        json!({ "requestContext": { "http": { "method": "GET", "sourceIp": "nowhere" } } }),
    ] {
        assert_eq!(
            answer(http_api(&changes)).await["statusCode"],
            200,
            "{changes}"
        );
    }
    assert_eq!(
        answer(json!({ "httpMethod": "GET" })).await["statusCode"],
        200
    );
}

#[tokio::test]
async fn a_path_that_a_gateway_has_decoded_stays_one_path() {
    let echo = service_fn(|request: Request<Body>| async move {
        Ok::<_, Infallible>(Response::new(Body::from(request.uri().to_string())))
    });
    let event = json!({ "httpMethod": "GET", "path": "/a b/\u{e9}?c#d" });
    let answer = Function::new(echo, &Options::default())
        .call(&event)
        .await
        .unwrap();
    assert_eq!(answer["body"], "/a%20b/%C3%A9%3Fc%23d");
}

#[tokio::test]
async fn what_carries_no_request_fails_the_invocation_and_says_why() {
    for event in [
        json!({}),
        json!(null),
        json!([]),
        json!("hello"),
        json!({ "Records": [{ "eventSource": "aws:sqs", "body": "hello" }] }),
        json!({ "source": "aws.events", "detail": {} }),
        json!({ "httpMethod": 7 }),
    ] {
        let error = function().call(&event).await.expect_err("no request");
        assert!(
            error.to_string().contains("carries no http request"),
            "{event}: {error}"
        );
    }
}

#[tokio::test]
async fn bodies_over_the_limits_are_told() {
    let event = http_api(&json!({ "body": "x".repeat(6 << 20) }));
    assert_eq!(answer(event).await["statusCode"], 413);

    for (kind, size, status) in [
        ("http", 5 << 20, 200),
        ("http", 6 << 20, 500),
        ("elb", 1 << 19, 200),
        ("elb", 1 << 20, 500),
    ] {
        let big = service_fn(move |_: Request<Body>| async move {
            Ok::<_, Infallible>(Response::new(Body::from("x".repeat(size))))
        });
        let mut event =
            json!({ "httpMethod": "GET", "path": "/", "headers": {}, "requestContext": {} });
        if kind == "elb" {
            event["requestContext"]["elb"] = json!({});
        }
        let answer = Function::new(big, &Options::default())
            .call(&event)
            .await
            .unwrap();
        assert_eq!(answer["statusCode"], status, "{size} bytes by {kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_slow_is_a_504_a_little_before_lambda_gives_up() {
    let start = tokio::time::Instant::now();
    // The function has three seconds left, far less than the request's own timeout.
    let event = json!({ "httpMethod": "GET", "path": "/" });
    let answer = Function::new(silent(), &Options::default())
        .call(&event)
        .await
        .unwrap();
    assert_eq!(answer["statusCode"], 504);
    let elapsed = start.elapsed().as_millis();
    assert!((2500..=2750).contains(&elapsed), "{elapsed} ms");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_end_is_a_504_too() {
    let endless = service_fn(|_: Request<Body>| async {
        let pending = tokio_stream::pending::<Result<http_body::Frame<_>, Infallible>>();
        Ok::<_, Infallible>(Response::new(Body::new(http_body_util::StreamBody::new(
            pending,
        ))))
    });
    let event = json!({ "httpMethod": "GET", "path": "/" });
    let answer = Function::new(endless, &Options::default())
        .call(&event)
        .await
        .unwrap();
    assert_eq!(answer["statusCode"], 504);
}

#[tokio::test]
async fn a_body_that_fails_is_a_500() {
    let failing = service_fn(|_: Request<Body>| async {
        let stream = tokio_stream::iter([
            Ok(http_body::Frame::data("half".into())),
            Err(std::io::Error::other("broken")),
        ]);
        Ok::<_, Infallible>(Response::new(Body::new(http_body_util::StreamBody::new(
            stream,
        ))))
    });
    let event = json!({ "httpMethod": "GET", "path": "/" });
    let answer = Function::new(failing, &Options::default())
        .call(&event)
        .await
        .unwrap();
    assert_eq!(answer["statusCode"], 500);
}

/// Any JSON, with the names that the adapter looks for among the members.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        prop::sample::select(vec![
            "GET", "/", "/health", "prod", "a=b", "aGk=", "1.2.3.4"
        ])
        .prop_map(Value::from),
    ];
    let name = prop_oneof![
        prop::sample::select(vec![
            "httpMethod",
            "path",
            "rawPath",
            "rawQueryString",
            "headers",
            "multiValueHeaders",
            "queryStringParameters",
            "multiValueQueryStringParameters",
            "cookies",
            "body",
            "isBase64Encoded",
            "requestContext",
            "stage",
            "domainName",
            "elb",
            "http",
            "identity",
            "method",
            "sourceIp",
            "host",
            "cookie",
            "content-length",
            "x-forwarded-for",
        ])
        .prop_map(str::to_owned),
        ".*",
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A sound event with some of its members replaced by anything.
fn nearly_sound() -> impl Strategy<Value = Value> {
    let sound = http_api(&json!({ "cookies": ["a=1"], "body": "hi", "isBase64Encoded": false }));
    let names: Vec<String> = sound
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    let changes = prop::collection::vec((prop::sample::select(names), any_json()), 1..4);
    changes.prop_map(move |changes| {
        let mut event = sound.clone();
        for (name, value) in changes {
            event[&name] = value;
        }
        event
    })
}

proptest! {
    #[test]
    fn no_event_is_a_panic(event in prop_oneof![any_json(), nearly_sound()]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        if let Ok(answer) = runtime.block_on(function().call(&event)) {
            let status = answer["statusCode"].as_u64().expect("a status");
            prop_assert!((200..500).contains(&status), "{event}: {answer}");
        }
    }
}
