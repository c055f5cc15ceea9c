//! Lambda's runtime API, for tests that run a whole function as a process.

use crate::server::{Stop, serve};
use crate::{Body, BoxError, Options};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;
use tower::service_fn;

const RUNTIME: &str = "/2018-06-01/runtime";
const EXTENSION: &str = "/2020-01-01/extension";
/// Longer than any test.
const LONG: Duration = Duration::from_secs(3600);
/// What the function has for an invocation: more than a request's own 20 s.
const INVOCATION: Duration = Duration::from_secs(30);
/// Above the 6 MB that Lambda takes, so that it is seen what a function sends.
const BODY_LIMIT: u64 = 32 << 20;

/// A server that speaks Lambda's runtime API (and as much of its extensions API as a shutdown needs), so that
/// a function can be started as a process and invoked.
///
/// ```no_run
/// use dualrun::testing::RuntimeApi;
///
/// # async fn invoke() -> Result<(), dualrun::BoxError> {
/// let mut lambda = RuntimeApi::start("127.0.0.1:0".parse()?).await?;
/// let mut function = tokio::process::Command::new("target/debug/bin-lambda")
///     .envs(lambda.variables())
///     .kill_on_drop(true)
///     .spawn()?;
/// lambda.invoke(&serde_json::json!({ "httpMethod": "GET", "path": "/health" }));
/// let answer = lambda.sent().await.json().await?;
/// assert_eq!(answer["body"], r#"{"status":"ok"}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RuntimeApi {
    addr: SocketAddr,
    events: mpsc::UnboundedSender<String>,
    sent: mpsc::UnboundedReceiver<Sent>,
    seen: watch::Receiver<Seen>,
    server: JoinHandle<()>,
}

/// What the function sends: an answer, or an error.
#[derive(Debug)]
pub struct Sent {
    /// The path below `/2018-06-01/runtime`, such as `/invocation/1/response` or `/init/error`.
    pub path: String,
    /// If it is an answer in pieces.
    pub is_streamed: bool,
    pieces: mpsc::UnboundedReceiver<Bytes>,
}

/// What the function waits for.
#[derive(Debug, Default)]
struct Seen {
    polls: usize,
    has_extension: bool,
}

#[derive(Clone)]
struct Api {
    events: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    next_id: Arc<AtomicU64>,
    sent: mpsc::UnboundedSender<Sent>,
    seen: Arc<watch::Sender<Seen>>,
}

impl RuntimeApi {
    /// Listens on `addr`, until it is dropped.
    ///
    /// # Errors
    ///
    /// If it cannot listen there.
    pub async fn start(addr: SocketAddr) -> io::Result<Self> {
        let (event_sender, events) = mpsc::unbounded_channel();
        let (sent_sender, sent) = mpsc::unbounded_channel();
        let (seen_sender, seen) = watch::channel(Seen::default());
        let api = Api {
            events: Arc::new(Mutex::new(events)),
            next_id: Arc::new(AtomicU64::new(1)),
            sent: sent_sender,
            seen: Arc::new(seen_sender),
        };
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let options = Options::default()
            .with_request_timeout(LONG)
            .with_idle_timeout(LONG)
            .with_body_limit(BODY_LIMIT);
        let server = tokio::spawn(async move {
            let service = service_fn(move |request| api.clone().answer(request));
            serve(listener, service, options, pending::<Stop>()).await;
        });
        Ok(Self {
            addr,
            events: event_sender,
            sent,
            seen,
            server,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What Lambda puts into the environment of a function.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.addr.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "shop".into()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".into()),
        ]
    }

    /// Hands out this event, after those before it. The invocations' ids are `1`, `2` and so on.
    pub fn invoke(&self, event: &Value) {
        // Fails only when the server has ended, and then `sent` panics.
        let _ = self.events.send(event.to_string());
    }

    /// The next that the function sends, as soon as its head is there.
    ///
    /// # Panics
    ///
    /// If the server has ended.
    #[allow(clippy::expect_used, reason = "documented")]
    pub async fn sent(&mut self) -> Sent {
        self.sent.recv().await.expect("the runtime api is up")
    }

    /// Waits until the function has asked for this many events.
    pub async fn polled(&mut self, count: usize) {
        // As in `extension`: it fails only when the server has ended, and then `sent` panics.
        let _ = self.seen.wait_for(|seen| seen.polls >= count).await;
    }

    /// Waits until the function has an extension that waits for events, so that Lambda would send it SIGTERM.
    pub async fn extension(&mut self) {
        let _ = self.seen.wait_for(|seen| seen.has_extension).await;
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Sent {
    /// The next piece of the body, as it arrives; `None` at its end.
    pub async fn piece(&mut self) -> Option<Bytes> {
        self.pieces.recv().await
    }

    /// The whole body.
    pub async fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece().await {
            bytes.extend(piece);
        }
        bytes
    }

    /// The whole body of what is not streamed.
    ///
    /// # Errors
    ///
    /// If it is no JSON.
    pub async fn json(self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.bytes().await)
    }
}

impl Api {
    async fn answer(self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let path = request.uri().path();
        if let Some(path) = path.strip_prefix(EXTENSION) {
            return self.extension(path).await;
        }
        match (request.method(), path.strip_prefix(RUNTIME)) {
            (&Method::GET, Some("/invocation/next")) => self.next().await,
            (&Method::POST, Some(path)) => {
                let path = path.to_owned();
                self.take(path, request).await
            }
            _ => Ok(Response::builder().status(404).body(Body::empty())?),
        }
    }

    async fn next(self) -> Result<Response<Body>, BoxError> {
        self.seen.send_modify(|seen| seen.polls += 1);
        let Some(event) = self.events.lock().await.recv().await else {
            return pending().await;
        };
        let end = SystemTime::now() + INVOCATION;
        let end = end.duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let response = Response::builder()
            .header("lambda-runtime-aws-request-id", id.to_string())
            .header("lambda-runtime-deadline-ms", end.to_string())
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-central-1:111122223333:function:shop",
            );
        Ok(response.body(Body::from(event))?)
    }

    async fn take(self, path: String, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (sender, pieces) = mpsc::unbounded_channel();
        let mode = request
            .headers()
            .get("lambda-runtime-function-response-mode");
        self.sent.send(Sent {
            path,
            is_streamed: mode.is_some_and(|mode| mode == "streaming"),
            pieces,
        })?;
        let mut body = request.into_body();
        while let Some(frame) = body.frame().await {
            if let Ok(piece) = frame?.into_data() {
                // Whoever does not want the rest need not take it.
                let _ = sender.send(piece);
            }
        }
        Ok(Response::builder().status(202).body(Body::empty())?)
    }

    async fn extension(self, path: &str) -> Result<Response<Body>, BoxError> {
        match path {
            "/register" => {
                let response = Response::builder().header("lambda-extension-identifier", "an-id");
                Ok(response.body(Body::empty())?)
            }
            "/event/next" => {
                self.seen.send_modify(|seen| seen.has_extension = true);
                pending().await
            }
            _ => Ok(Response::builder().status(404).body(Body::empty())?),
        }
    }
}
