//! The function as a process, against a runtime API that the tests play.

mod support;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use support::Lambda;

const COMPLETE: [(&str, &str); 3] = [
    ("APP_NAME", "shop"),
    ("ENVIRONMENT", "test"),
    ("SECRET_KEY", "hunter2"),
];

fn get(path: &str) -> Value {
    json!({ "httpMethod": "GET", "path": path, "multiValueHeaders": { "host": ["a"] } })
}

#[tokio::test]
async fn invocations_are_answered_in_their_order_also_after_one_that_fails() {
    let sqs = json!({ "Records": [{ "eventSource": "aws:sqs" }] });
    let mut lambda = Lambda::start([get("/"), sqs, get("/health")], 1).await;
    let _function = lambda.function(&COMPLETE);

    let (path, answer) = lambda.sent().await;
    assert_eq!(path, "/invocation/id-3/response");
    assert_eq!(
        (&answer["statusCode"], &answer["body"]),
        (&200.into(), &"shop running in test\n".into())
    );
    assert_eq!(
        answer["multiValueHeaders"]["x-request-id"],
        json!(["id-3"]),
        "Lambda's own id"
    );

    let (path, error) = lambda.sent().await;
    assert_eq!(path, "/invocation/id-2/error");
    assert_eq!(error["errorType"], "NoHttpEvent");

    let (path, answer) = lambda.sent().await;
    assert_eq!(path, "/invocation/id-1/response");
    assert_eq!(answer["body"], r#"{"status":"ok"}"#);
}

#[tokio::test]
async fn managed_instances_are_answered_as_many_at_a_time_as_lambda_asks_for() {
    let mut lambda = Lambda::start([get("/"), get("/"), get("/")], 3).await;
    let variables = [&COMPLETE[..], &[("AWS_LAMBDA_MAX_CONCURRENCY", "3")]].concat();
    let _function = lambda.function(&variables);
    for _ in 0..3 {
        assert_eq!(lambda.sent().await.1["statusCode"], 200);
    }
}

#[tokio::test]
async fn answers_are_streamed_to_those_who_take_it() {
    let url = json!({
        "version": "2.0",
        "rawPath": "/",
        "requestContext": { "http": { "method": "GET", "sourceIp": "203.0.113.7" } },
    });
    let balancer = json!({ "httpMethod": "GET", "path": "/", "requestContext": { "elb": {} } });
    let mut lambda = Lambda::start([url, balancer], 1).await;
    let variables = [&COMPLETE[..], &[("DUALRUN_LAMBDA_RESPONSE", "streamed")]].concat();
    let _function = lambda.function(&variables);
    for is_streamed in [true, false] {
        let (_, answer) = lambda.sent().await;
        assert_eq!(
            answer["streamed"].as_bool().unwrap_or_default(),
            is_streamed
        );
        assert_eq!(
            (&answer["statusCode"], &answer["body"]),
            (&200.into(), &"shop running in test\n".into())
        );
        assert_eq!(
            answer["headers"]["content-type"],
            "text/plain; charset=utf-8"
        );
    }
}

#[tokio::test]
async fn sigterm_ends_it_with_0() {
    let mut lambda = Lambda::start([], 1).await;
    let mut function = lambda.function(&COMPLETE);
    lambda.extension().await;
    let pid = i32::try_from(function.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
    assert_eq!(function.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn without_its_configuration_it_tells_lambda_and_stderr_and_exits_with_1() {
    let mut lambda = Lambda::start([], 1).await;
    let function = lambda.function(&[("ENVIRONMENT", "test"), ("DUALRUN_ADR", "hunter2")]);
    let report = "Missing required environment variables: APP_NAME, SECRET_KEY\n\
                  DUALRUN_ADR is unknown: did you mean DUALRUN_ADDR?";
    let (path, error) = lambda.sent().await;
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
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_bin-lambda"));
    let output = command.env_clear().envs(COMPLETE).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("cargo lambda watch"), "{text}");
    assert!(
        text.contains("Missing required environment variables: AWS_LAMBDA_RUNTIME_API"),
        "{text}"
    );
}
