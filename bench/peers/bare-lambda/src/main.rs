//! The mission's two routes with lambda_http and nothing else: the least that a Rust function can be.

use lambda_http::{Body, Error, Request, Response, run_concurrent, service_fn};

#[allow(
    clippy::disallowed_methods,
    reason = "a peer reads its variables as such programs do"
)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name| std::env::var(name).map_err(|_| format!("{name} is missing"));
    let name = variable("APP_NAME")?;
    let environment = variable("ENVIRONMENT")?;
    let greeting = format!("{name} running in {environment}\n");
    run_concurrent(service_fn(move |request: Request| {
        let greeting = greeting.clone();
        async move {
            let response = Response::builder();
            let (status, kind, body) = match request.uri().path() {
                "/" => (200, "text/plain; charset=utf-8", greeting),
                "/health" => (200, "application/json", r#"{"status":"ok"}"#.to_owned()),
                _ => (
                    404,
                    "application/json",
                    r#"{"error":"not found"}"#.to_owned(),
                ),
            };
            let response = response.status(status).header("content-type", kind);
            Ok::<_, Error>(response.body(Body::from(body))?)
        }
    }))
    .await
}
