//! Streamed answers: pieces go out as the service has them, also the last words of a body that fails.

use dualrun::lambda::{Adapter, Answer, BodyStream};
use dualrun::options::LambdaResponse;
use dualrun::service::HttpService;
use dualrun::{Body, Options};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use lambda_runtime::{Context, FunctionResponse};
use serde_json::json;
use serde_json::value::to_raw_value;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tower::service_fn;

type Piece = Result<&'static str, std::io::Error>;

/// A service whose one answer has the body that the test sends.
fn fed() -> (impl HttpService, mpsc::UnboundedSender<Piece>) {
    let (sender, pieces) = mpsc::unbounded_channel::<Piece>();
    let pieces = Arc::new(Mutex::new(Some(pieces)));
    let service = service_fn(move |_: Request<Body>| {
        let pieces = pieces.lock().unwrap().take().expect("one request");
        async move {
            let frames = UnboundedReceiverStream::new(pieces);
            let frames = frames.map(|piece| piece.map(|text| Frame::data(text.into())));
            Ok::<_, Infallible>(Response::new(Body::new(StreamBody::new(frames))))
        }
    });
    (service, sender)
}

async fn stream(service: impl HttpService) -> BodyStream {
    let options = Options::default().with_lambda_response(LambdaResponse::Streamed);
    let event = json!({ "requestContext": { "http": { "method": "GET" } }, "rawPath": "/" });
    let mut context = Context::default();
    let end = SystemTime::now() + Duration::from_secs(30);
    let end = end.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    context.deadline = u64::try_from(end.as_millis()).unwrap();
    let answer = Adapter::new(service, &options).answer(&to_raw_value(&event).unwrap(), &context);
    let answer: Answer = answer.unwrap().await;
    match answer {
        FunctionResponse::StreamingResponse(response) => response.stream,
        FunctionResponse::BufferedResponse(json) => panic!("{json}"),
    }
}

#[tokio::test]
async fn a_piece_arrives_before_the_next_is_made() {
    let (service, sender) = fed();
    let mut stream = stream(service).await;
    for piece in ["one", "two", "three"] {
        sender.send(Ok(piece)).unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap(), piece);
    }
    drop(sender);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn an_error_in_between_is_told_without_its_text() {
    let (service, sender) = fed();
    let mut stream = stream(service).await;
    sender.send(Ok("one")).unwrap();
    sender
        .send(Err(std::io::Error::other("the password is hunter2")))
        .unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), "one");
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the response is incomplete");
}
