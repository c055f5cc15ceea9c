//! The example service's two routes, as a client sees them on any runtime.

use crate::support::{HOME, app, request};
use dualrun::testing::call;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};

#[tokio::test]
async fn home_says_what_runs_where() {
    let response = call(app(), request("GET", "/")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()[CONTENT_TYPE],
        "text/plain; charset=utf-8"
    );
    assert_eq!(response.body(), HOME);
}

#[tokio::test]
async fn health_is_ok_with_or_without_a_query() {
    for target in ["/health", "/health?x", "http://example.com/health"] {
        let response = call(app(), request("GET", target)).await;
        assert_eq!(response.status(), 200, "{target}");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(response.body(), r#"{"status":"ok"}"#);
    }
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    for (target, length) in [("/", "21"), ("/health", "15")] {
        let response = call(app(), request("HEAD", target)).await;
        assert_eq!(response.status(), 200, "{target}");
        assert_eq!(response.headers()[CONTENT_LENGTH], length, "{target}");
        assert_eq!(response.body(), "", "{target}");
    }
}

#[tokio::test]
async fn other_methods_are_told_which_are_allowed() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        for target in ["/", "/health"] {
            let response = call(app(), request(method, target)).await;
            assert_eq!(response.status(), 405, "{method} {target}");
            assert_eq!(response.headers()[ALLOW], "GET, HEAD", "{method} {target}");
        }
    }
}

#[tokio::test]
async fn anything_else_is_not_found() {
    for target in [
        "/health/",
        "//",
        "/Health",
        "/nope",
        "/%2f",
        "/h%65alth",
        "/ü",
    ] {
        let response = call(app(), request("GET", target)).await;
        assert_eq!(response.status(), 404, "{target}");
    }
    let response = call(app(), request("OPTIONS", "*")).await;
    assert_eq!(
        response.status(),
        404,
        "the server as a whole has no options"
    );
}

#[tokio::test]
async fn errors_are_json_with_the_request_id() {
    let mut request = request("GET", "/nope");
    let id = http::HeaderValue::from_static("abc-1");
    request.headers_mut().insert("x-request-id", id);
    let response = call(app(), request).await;
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    assert_eq!(response.headers()["x-request-id"], "abc-1");
    assert_eq!(
        response.body(),
        r#"{"error":"not found","request_id":"abc-1"}"#
    );
}
