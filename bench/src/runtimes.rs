//! The same service on each runtime, and beside it what else runs on Lambda: how to start each, how to ask.

use crate::process::{Process, Program};
use dualrun::testing::RuntimeApi;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

const VARIABLES: [(&str, &str); 4] = [
    ("APP_NAME", "shop"),
    ("ENVIRONMENT", "bench"),
    ("SECRET_KEY", "dummy"),
    ("DUALRUN_ACCESS_LOG", "off"),
];
/// The body of the answer to every request.
const ANSWER: &str = "shop running in bench\n";
const SERVER: &str = "127.0.0.1:8080";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `bin-fargate`, asked over a connection that stays open.
    Server,
    /// `bin-lambda`.
    Function,
    /// lambda_http alone.
    LambdaHttp,
    /// `bin-fargate` behind a proxying adapter.
    Proxied,
}

impl Subject {
    /// In the order of the tables.
    pub const ALL: [Self; 4] = [
        Self::LambdaHttp,
        Self::Function,
        Self::Proxied,
        Self::Server,
    ];

    /// Its name in tables and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "bin-fargate, over a socket",
            Self::Function => "bin-lambda",
            Self::LambdaHttp => "lambda_http alone",
            Self::Proxied => "bin-fargate behind a proxying adapter",
        }
    }

    /// The binaries that it consists of, below the repository's root.
    fn binaries(self) -> &'static [&'static str] {
        match self {
            Self::Server => &["target/release/bin-fargate"],
            Self::Function => &["target/release/bin-lambda"],
            Self::LambdaHttp => &["bench/target/release/bare-lambda"],
            Self::Proxied => &["target/release/bin-fargate", "bench/target/release/proxy"],
        }
    }
}

/// A subject that runs and has answered.
pub struct Running {
    processes: Vec<Process>,
    caller: Caller,
    /// From the start to the first answer.
    pub start_up: Duration,
}

enum Caller {
    Socket(SendRequest<Empty<Bytes>>),
    Lambda(Box<RuntimeApi>),
}

impl Running {
    /// Starts it and waits for its first answer.
    ///
    /// # Panics
    ///
    /// If it does not answer, or not rightly.
    pub async fn start(subject: Subject) -> Self {
        let any = "127.0.0.1:0".parse().expect("an address");
        let lambda = RuntimeApi::start(any).await.expect("a free port");
        let start = Instant::now();
        let processes = subject.binaries().iter().map(|binary| {
            let ours = VARIABLES.map(|(name, value)| (name, value.to_owned()));
            let server = [("DUALRUN_ADDR", SERVER.to_owned())];
            let variables = ours.into_iter().chain(lambda.variables()).chain(server);
            let program = Program {
                path: binary,
                variables: variables.collect(),
                ..Program::default()
            };
            program.start()
        });
        let processes = processes.collect();
        let mut caller = match subject {
            Subject::Server => Caller::Socket(connect().await),
            _ => Caller::Lambda(Box::new(lambda)),
        };
        caller.ask().await;
        Self {
            processes,
            caller,
            start_up: start.elapsed(),
        }
    }

    /// Asks this many times, one after the other: how long that takes, and the CPU time of the processes.
    pub async fn ask(&mut self, count: u32) -> (Duration, Duration) {
        let cpu_before = self.cpu_time();
        let start = Instant::now();
        for _ in 0..count {
            self.caller.ask().await;
        }
        (start.elapsed(), self.cpu_time() - cpu_before)
    }

    /// The memory of its processes, in bytes.
    pub fn resident(&self) -> u64 {
        self.processes.iter().map(Process::resident).sum()
    }

    fn cpu_time(&self) -> Duration {
        self.processes.iter().map(Process::cpu_time).sum()
    }
}

impl Caller {
    async fn ask(&mut self) {
        match self {
            Self::Socket(connection) => {
                let request = Request::get("/").header("host", SERVER);
                let request = request.body(Empty::new()).expect("a request");
                connection.ready().await.expect("an open connection");
                let response = connection.send_request(request).await.expect("an answer");
                let body = response
                    .into_body()
                    .collect()
                    .await
                    .expect("a body")
                    .to_bytes();
                assert_eq!(body, ANSWER);
            }
            Self::Lambda(lambda) => {
                lambda.invoke(&event());
                let answer: Value = lambda.sent().await.json().await.expect("JSON");
                assert_eq!(answer["body"], ANSWER, "{answer}");
            }
        }
    }
}

/// A GET as a function URL or an HTTP API sends it, with a browser's usual headers.
fn event() -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "accept-encoding": "gzip, deflate, br",
            "host": "abcdefghij.lambda-url.eu-central-1.on.aws",
            "user-agent": "curl/8.14.1",
            "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.lambda-url.eu-central-1.on.aws",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": "GET",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "curl/8.14.1",
            },
            "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
            "routeKey": "$default",
            "stage": "$default",
            "time": "23/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_435_200_000_u64,
        },
        "isBase64Encoded": false,
    })
}

/// Connects as soon as the server listens.
async fn connect() -> SendRequest<Empty<Bytes>> {
    let stream = loop {
        match TcpStream::connect(SERVER).await {
            Ok(stream) => break stream,
            Err(_) => tokio::time::sleep(Duration::from_micros(200)).await,
        }
    };
    stream.set_nodelay(true).expect("a socket");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    sender
}
