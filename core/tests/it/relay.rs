//! A streamed body through a whole function: each piece reaches Lambda before the next one exists.

use crate::support::examples::example;
use dualrun::testing::RuntimeApi;
use serde_json::json;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

#[tokio::test]
async fn a_piece_reaches_lambda_before_the_next_is_made() {
    let any = "127.0.0.1:0".parse().unwrap();
    let mut lambda = RuntimeApi::start(any).await.unwrap();
    let mut function = Command::from(example("relay"))
        .envs(lambda.variables())
        .env("DUALRUN_LAMBDA_RESPONSE", "streamed")
        .kill_on_drop(true)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the example runs");
    let mut input = function.stdin.take().unwrap();
    lambda.invoke(&json!({ "requestContext": { "http": { "method": "GET" } }, "rawPath": "/" }));

    let mut sent = lambda.sent().await;
    assert!(sent.is_streamed);
    let mut received = Vec::new();
    while !received.ends_with(&[0; 8]) {
        received.extend(sent.piece().await.expect("the head"));
    }
    for piece in ["one\n", "two\n", "three\n"] {
        input.write_all(piece.as_bytes()).await.unwrap();
        assert_eq!(sent.piece().await.unwrap(), piece);
    }
    drop(input);
    assert_eq!(sent.piece().await, None);
}
