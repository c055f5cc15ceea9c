//! Lambda's runtime API, played by the tests, and the function as a process that talks to it.

use dualrun::server::{Stop, serve};
use dualrun::{Body, BoxError, Options};
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Barrier, mpsc};
use tower::service_fn;

/// What the function sends: the path below `/2018-06-01/runtime`, and the JSON.
pub(crate) type Sent = (String, Value);

/// A runtime API on a free port.
pub(crate) struct Lambda {
    addr: String,
    sent: mpsc::UnboundedReceiver<Sent>,
}

#[derive(Clone)]
struct Api {
    events: Arc<Mutex<VecDeque<Value>>>,
    pollers: Arc<Barrier>,
    sent: mpsc::UnboundedSender<Sent>,
}

impl Lambda {
    /// Hands out these events, the first when this many workers have asked.
    pub(crate) async fn start(events: impl IntoIterator<Item = Value>, workers: usize) -> Self {
        let (sender, sent) = mpsc::unbounded_channel();
        let api = Api {
            events: Arc::new(Mutex::new(events.into_iter().collect())),
            pollers: Arc::new(Barrier::new(workers)),
            sent: sender,
        };
        let service = service_fn(move |request| api.clone().answer(request));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address").to_string();
        let options = Options {
            request_timeout: Duration::from_secs(600),
            ..Options::default()
        };
        tokio::spawn(async move {
            serve(listener, service, &options, std::future::pending::<Stop>()).await
        });
        Self { addr, sent }
    }

    /// The function with these variables beside Lambda's own.
    pub(crate) fn function(&self, variables: &[(&str, &str)]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bin-lambda"));
        command.env_clear().envs(variables.iter().copied());
        command.env("AWS_LAMBDA_RUNTIME_API", &self.addr);
        command
            .env("AWS_LAMBDA_FUNCTION_NAME", "shop")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1");
        command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128");
        command
            .kill_on_drop(true)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command.spawn().expect("the binary runs")
    }

    /// The next answer or error that the function sends.
    pub(crate) async fn sent(&mut self) -> Sent {
        loop {
            let sent = self.sent.recv().await.expect("the API is up");
            if !sent.0.contains("/extension/") {
                return sent;
            }
        }
    }

    /// Waits until the function's extension waits for events, and so gets SIGTERM.
    pub(crate) async fn extension(&mut self) {
        let sent = self.sent.recv().await.expect("the API is up");
        assert_eq!(sent.0, "/2020-01-01/extension/event/next");
    }
}

impl Api {
    async fn answer(self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let path = request
            .uri()
            .path()
            .trim_start_matches("/2018-06-01/runtime")
            .to_owned();
        if request.method() == Method::GET && path == "/invocation/next" {
            return self.next().await;
        }
        match path.as_str() {
            "/2020-01-01/extension/register" => {
                let response = Response::builder().header("lambda-extension-identifier", "an-id");
                return Ok(response.body(Body::empty())?);
            }
            "/2020-01-01/extension/event/next" => {
                self.sent.send((path, Value::Null))?;
                return std::future::pending().await;
            }
            _ => {}
        }
        let mode = request
            .headers()
            .get("lambda-runtime-function-response-mode")
            .cloned();
        let body = request.into_body().collect().await?.to_bytes();
        let sent = match mode {
            Some(mode) if mode == "streaming" => streamed(&body)?,
            _ => serde_json::from_slice(&body)?,
        };
        self.sent.send((path, sent))?;
        Ok(Response::builder().status(202).body(Body::empty())?)
    }

    async fn next(self) -> Result<Response<Body>, BoxError> {
        self.pollers.wait().await;
        let (number, event) = {
            let mut events = self.events.lock().expect("no panic");
            (events.len(), events.pop_front())
        };
        let Some(event) = event else {
            return std::future::pending().await;
        };
        let end = SystemTime::now() + Duration::from_secs(30);
        let end = end
            .duration_since(SystemTime::UNIX_EPOCH)?
            .as_millis()
            .to_string();
        let response = Response::builder()
            .header("lambda-runtime-aws-request-id", format!("id-{number}"))
            .header("lambda-runtime-deadline-ms", end)
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-central-1:1:function:shop",
            );
        Ok(response.body(Body::from(event.to_string()))?)
    }
}

/// A streamed answer: its head as JSON, eight zero bytes, its body (AWS, "Response streaming for Lambda
/// functions").
fn streamed(bytes: &[u8]) -> Result<Value, BoxError> {
    let head = bytes
        .windows(8)
        .position(|window| window == [0; 8])
        .ok_or("no end of the head")?;
    let mut answer: Value = serde_json::from_slice(&bytes[..head])?;
    answer["body"] = String::from_utf8(bytes[head + 8..].to_vec())?.into();
    answer["streamed"] = true.into();
    Ok(answer)
}
