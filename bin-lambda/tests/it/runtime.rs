//! The function as a process, against a runtime API that the tests play.

use crate::support::COMPLETE;
use dualrun::testing::RuntimeApi;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Stdio;
use tokio::process::{Child, Command};

async fn lambda() -> RuntimeApi {
    let any = "127.0.0.1:0".parse().unwrap();
    RuntimeApi::start(any).await.unwrap()
}

/// The function with these variables beside Lambda's own.
fn function(lambda: &RuntimeApi, variables: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_bin-lambda"))
        .env_clear()
        .envs(lambda.variables())
        .envs(variables.iter().copied())
        .kill_on_drop(true)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The next that the function sends.
async fn sent(lambda: &mut RuntimeApi) -> (String, Value) {
    let sent = lambda.sent().await;
    (sent.path.clone(), sent.json().await.unwrap())
}

fn get(path: &str) -> Value {
    json!({ "httpMethod": "GET", "path": path, "multiValueHeaders": { "host": ["a"] } })
}

#[tokio::test]
async fn invocations_are_answered_in_their_order_also_after_one_that_fails() {
    let mut lambda = lambda().await;
    let _function = function(&lambda, &COMPLETE);
    let sqs = json!({ "Records": [{ "eventSource": "aws:sqs" }] });
    for event in [get("/"), sqs, get("/health")] {
        lambda.invoke(&event);
    }

    let (path, answer) = sent(&mut lambda).await;
    assert_eq!(path, "/invocation/1/response");
    assert_eq!(
        (&answer["statusCode"], &answer["body"]),
        (&200.into(), &"shop running in test\n".into())
    );
    assert_eq!(
        answer["multiValueHeaders"]["x-request-id"],
        json!(["1"]),
        "Lambda's own id"
    );

    let (path, error) = sent(&mut lambda).await;
    assert_eq!(path, "/invocation/2/error");
    assert_eq!(error["errorType"], "NoHttpEvent");

    let (path, answer) = sent(&mut lambda).await;
    assert_eq!(path, "/invocation/3/response");
    assert_eq!(answer["body"], r#"{"status":"ok"}"#);
}

#[tokio::test]
async fn managed_instances_are_answered_as_many_at_a_time_as_lambda_asks_for() {
    let mut lambda = lambda().await;
    let variables = [&COMPLETE[..], &[("AWS_LAMBDA_MAX_CONCURRENCY", "3")]].concat();
    let _function = function(&lambda, &variables);
    lambda.polled(3).await;
    for _ in 0..3 {
        lambda.invoke(&get("/"));
    }
    for _ in 0..3 {
        assert_eq!(sent(&mut lambda).await.1["statusCode"], 200);
    }
}

#[tokio::test]
async fn answers_are_streamed_to_those_who_take_it() {
    let mut lambda = lambda().await;
    let variables = [&COMPLETE[..], &[("DUALRUN_LAMBDA_RESPONSE", "streamed")]].concat();
    let _function = function(&lambda, &variables);
    lambda.invoke(&json!({
        "version": "2.0",
        "rawPath": "/",
        "requestContext": { "http": { "method": "GET", "sourceIp": "203.0.113.7" } },
    }));
    lambda.invoke(&json!({ "httpMethod": "GET", "path": "/", "requestContext": { "elb": {} } }));

    let url = lambda.sent().await;
    assert!(url.is_streamed);
    // A head as JSON, eight zero bytes, the body (AWS, "Response streaming for Lambda functions").
    let text = String::from_utf8(url.bytes().await).unwrap();
    let (head, body) = text.split_once("\0\0\0\0\0\0\0\0").unwrap();
    let head: Value = serde_json::from_str(head).unwrap();
    assert_eq!(
        (&head["statusCode"], body),
        (&200.into(), "shop running in test\n")
    );
    assert_eq!(head["headers"]["content-type"], "text/plain; charset=utf-8");

    let balancer = lambda.sent().await;
    assert!(!balancer.is_streamed);
    assert_eq!(
        balancer.json().await.unwrap()["body"],
        "shop running in test\n"
    );
}

#[tokio::test]
async fn sigterm_ends_it_with_0() {
    let mut lambda = lambda().await;
    let mut function = function(&lambda, &COMPLETE);
    lambda.extension().await;
    terminate(&function);
    assert_eq!(function.wait().await.unwrap().code(), Some(0));
}

fn terminate(function: &Child) {
    let pid = i32::try_from(function.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
}

/// All that a function with these variables logs in its life, with one request in it.
async fn log(variables: &[(&str, &str)]) -> String {
    let mut lambda = lambda().await;
    let function = function(&lambda, &[&COMPLETE[..], variables].concat());
    lambda.invoke(&get("/nope"));
    assert_eq!(sent(&mut lambda).await.1["statusCode"], 404);
    lambda.extension().await;
    terminate(&function);
    let output = function.wait_with_output().await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn lambdas_logging_controls_count_and_the_fields_are_those_of_the_container() {
    let json = log(&[("AWS_LAMBDA_LOG_FORMAT", "JSON")]).await;
    let lines: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let request = lines.iter().find(|line| line["message"] == "request");
    let fields = request.unwrap().as_object().unwrap().keys();
    let fields: BTreeSet<&str> = fields.map(String::as_str).collect();
    // As in core/tests/it/access_log.rs, but for what this request did not send.
    let of_event = ["timestamp", "level", "target", "message"];
    let of_request = ["request_id", "trace_id", "method", "path", "client"];
    let of_answer = ["status", "bytes", "duration_ms"];
    let expected = [&of_event[..], &of_request, &of_answer].concat();
    assert_eq!(fields, expected.into_iter().collect(), "{json}");

    let text = log(&[("AWS_LAMBDA_LOG_FORMAT", "Text")]).await;
    let line = text.lines().find(|line| line.contains(" INFO request "));
    assert!(line.unwrap().contains(" path=/nope "), "{text}");

    let level = ("AWS_LAMBDA_LOG_LEVEL", "ERROR");
    assert_eq!(log(&[level]).await, "");
    let lines = log(&[level, ("DUALRUN_LOG", "dualrun::access=info")]).await;
    assert_eq!(lines.lines().count(), 1, "{lines}");
}

/// The embedded metrics in a log.
fn embedded(log: &str) -> Vec<Value> {
    let lines = log.lines().filter(|line| line.contains("\"_aws\""));
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn metrics_of_an_invocation_are_written_before_it_ends() {
    for response in ["buffered", "streamed"] {
        let mut lambda = lambda().await;
        let variables = [
            &COMPLETE[..],
            &[
                ("DUALRUN_METRICS", "emf"),
                ("DUALRUN_LOG", "off"),
                ("DUALRUN_LAMBDA_RESPONSE", response),
            ],
        ];
        let mut function = function(&lambda, &variables.concat());
        lambda.invoke(&get("/nope"));
        let _ = lambda.sent().await.bytes().await;
        // The next invocation is asked for, so Lambda may have stopped the process.
        lambda.polled(2).await;
        function.start_kill().unwrap();
        let output = function.wait_with_output().await.unwrap();
        let log = String::from_utf8(output.stdout).unwrap();
        let lines = embedded(&log);
        let values = |name: &str| {
            lines
                .iter()
                .filter_map(|line| line.get(name).cloned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            values("http_server_requests_total"),
            [1],
            "{response}: {log}"
        );
        assert_eq!(values("faas_coldstarts_total"), [1], "{response}: {log}");
        assert_eq!(
            values("dualrun_lambda_remaining_seconds").len(),
            1,
            "{response}: {log}"
        );
        assert!(lines.iter().all(|line| line["service"] == "shop"), "{log}");
    }
}

#[tokio::test]
async fn a_page_for_prometheus_is_refused_where_nobody_could_ask_for_it() {
    let mut lambda = lambda().await;
    let variables = [&COMPLETE[..], &[("DUALRUN_METRICS", "prometheus")]].concat();
    let _function = function(&lambda, &variables);
    let (path, error) = sent(&mut lambda).await;
    assert_eq!(path, "/init/error");
    assert_eq!(
        error["errorMessage"],
        "DUALRUN_METRICS is not valid: expected off or emf on Lambda, where nobody can ask for a page"
    );
}

#[tokio::test]
async fn without_its_configuration_it_tells_lambda_and_stderr_and_exits_with_1() {
    let mut lambda = lambda().await;
    let incomplete = [("ENVIRONMENT", "test"), ("DUALRUN_ADR", "hunter2")];
    let function = function(&lambda, &incomplete);
    let report = "Missing required environment variables: APP_NAME, SECRET_KEY\n\
                  DUALRUN_ADR is unknown: did you mean DUALRUN_ADDR?";
    let (path, error) = sent(&mut lambda).await;
    assert_eq!(path, "/init/error");
    assert_eq!(
        (&error["errorMessage"], &error["errorType"]),
        (&report.into(), &"Runtime.InvalidConfiguration".into())
    );

    let output = function.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("{report}\n")
    );
}

#[tokio::test]
async fn elsewhere_than_on_lambda_it_says_how_to_start_it() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bin-lambda"));
    let output = command.env_clear().envs(COMPLETE).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("cargo lambda watch"), "{text}");
    assert!(
        text.contains("Missing required environment variables: AWS_LAMBDA_RUNTIME_API"),
        "{text}"
    );
}
