//! An adapter that passes each invocation on to a web server on 127.0.0.1:8080, the way
//! aws-lambda-web-adapter works: wait until the server listens, one hop over TCP and two headers of JSON
//! for each request.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lambda_http::http::{self, HeaderValue, Uri};
use lambda_http::{Body, Error, Request, RequestExt, Response, run_concurrent, service_fn};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::sleep;

const SERVER: &str = "127.0.0.1:8080";
/// The adapter's own default.
const READINESS_INTERVAL: Duration = Duration::from_millis(10);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    while TcpStream::connect(SERVER).await.is_err() {
        sleep(READINESS_INTERVAL).await;
    }
    let client: Client<HttpConnector, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    run_concurrent(service_fn(move |request: Request| {
        let client = client.clone();
        async move {
            let context = serde_json::to_string(&request.request_context())?;
            let lambda = serde_json::to_string(&request.lambda_context())?;
            let (mut parts, body) = request.into_parts();
            let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            parts.uri = Uri::builder()
                .scheme("http")
                .authority(SERVER)
                .path_and_query(path)
                .build()?;
            parts
                .headers
                .insert("x-amzn-request-context", HeaderValue::from_str(&context)?);
            parts
                .headers
                .insert("x-amzn-lambda-context", HeaderValue::from_str(&lambda)?);
            let body = Full::new(Bytes::copy_from_slice(&body));
            let response = client
                .request(http::Request::from_parts(parts, body))
                .await?;
            let (parts, body) = response.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, Error>(Response::from_parts(parts, Body::from(body.to_vec())))
        }
    }))
    .await
}
