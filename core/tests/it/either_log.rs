//! One program, started as a server and as a function: what its handlers log says the same of the request.

use crate::support::examples::example;
use dualrun::testing::RuntimeApi;
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

struct Program {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start<'a>(variables: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut child = Command::from(example("axum_service"))
            .env_clear()
            .envs(variables)
            .env("GREETING", "hello")
            .kill_on_drop(true)
            .stdout(Stdio::piped())
            .spawn()
            .expect("`cargo build -p dualrun --example axum_service` makes it");
        let stdout = child.stdout.take().unwrap();
        Self {
            _child: child,
            lines: BufReader::new(stdout).lines(),
        }
    }

    /// The next line with this message.
    async fn line(&mut self, message: &str) -> Value {
        loop {
            let line = self.lines.next_line().await.unwrap().expect("a line");
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["message"] == message {
                return line;
            }
        }
    }
}

async fn logged_by_a_server() -> [Value; 2] {
    let mut server = Program::start([("DUALRUN_ADDR", "127.0.0.1:0".to_owned())]);
    let listening = server.line("listening").await;
    let addr = listening["addr"].as_str().unwrap();
    let mut client = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "GET /hello/ann HTTP/1.1\r\nhost: a\r\nx-request-id: abc-1\r\ntraceparent: {PARENT}\r\nconnection: close\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    client.read_to_end(&mut Vec::new()).await.unwrap();
    [server.line("greeted").await, server.line("request").await]
}

async fn logged_by_a_function() -> [Value; 2] {
    let any = "127.0.0.1:0".parse().unwrap();
    let lambda = RuntimeApi::start(any).await.unwrap();
    let mut function = Program::start(lambda.variables());
    lambda.invoke(&json!({
        "requestContext": { "http": { "method": "GET", "sourceIp": "127.0.0.1" } },
        "rawPath": "/hello/ann",
        "headers": { "x-request-id": "abc-1", "traceparent": PARENT },
    }));
    [
        function.line("greeted").await,
        function.line("request").await,
    ]
}

#[tokio::test]
async fn lines_of_a_handler_say_which_request_they_are_about_on_either_runtime() {
    let server = logged_by_a_server().await;
    let function = logged_by_a_function().await;
    let expected = json!({
        "request_id": "abc-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "method": "GET",
        "path": "/hello/ann",
    });
    for [greeted, request] in [&server, &function] {
        assert_eq!(greeted["name"], "ann");
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&greeted[field], value, "{field}");
            assert_eq!(&request[field], value, "{field}");
        }
    }
    for (of_server, of_function) in server.iter().zip(&function) {
        let names = |line: &Value| {
            line.as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(of_server), names(of_function));
    }
}
