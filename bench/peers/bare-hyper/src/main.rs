//! The limit: hyper with nothing around it, no routing and no middleware, one thread.

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

/// The greeting, or the number of bytes that were sent.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let body = if request.body().is_end_stream() {
        Bytes::from_static(b"shop running in bench\n")
    } else {
        let bytes = request.into_body().collect().await?.to_bytes();
        bytes.len().to_string().into()
    };
    let mut response = Response::new(Full::new(body));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    // It cannot tell which of the two a client speaks.
    let is_http2 = std::env::args()
        .nth(1)
        .is_some_and(|argument| argument == "h2c");
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let stream = TokioIo::new(stream);
        if is_http2 {
            let connection = http2::Builder::new(TokioExecutor::new());
            tokio::spawn(connection.serve_connection(stream, service_fn(answer)));
        } else {
            let mut connection = http1::Builder::new();
            connection.pipeline_flush(true);
            tokio::spawn(connection.serve_connection(stream, service_fn(answer)));
        }
    }
}
