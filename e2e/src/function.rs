//! A Lambda function on this machine, asked by events.

use dualrun::testing::RuntimeApi;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// What the function answers to a GET, as Lambda gets it.
///
/// # Panics
///
/// If it sends none within a minute, as one that does not start.
pub async fn answer_to(lambda: &mut RuntimeApi, path: &str) -> Value {
    lambda.invoke(&json!({ "httpMethod": "GET", "path": path }));
    let answer = async { lambda.sent().await.json().await };
    let answer = timeout(Duration::from_secs(60), answer).await;
    answer.expect("an answer in time").expect("JSON")
}
