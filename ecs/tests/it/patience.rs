//! What AWS may do before a call is given up, by the clock of the test.

use ecs::aws::{Api, ApiError, Cloud, ECS, Json, Query, Retrying};
use serde_json::{Value, json};
use std::cell::Cell;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Answers nothing else for a while, and then as it should.
struct Late {
    error: fn() -> ApiError,
    /// How long each of these takes.
    silence: Duration,
    until: Instant,
    asked: Cell<u32>,
    /// How often it was told that it throttles.
    told: Cell<u32>,
}

impl Late {
    fn by(seconds: u64, error: fn() -> ApiError) -> Self {
        Self {
            error,
            silence: Duration::ZERO,
            until: Instant::now() + Duration::from_secs(seconds),
            asked: Cell::new(0),
            told: Cell::new(0),
        }
    }
}

impl Cloud for Late {
    fn region(&self) -> &'static str {
        "us-east-1"
    }

    fn throttled(&self, operation: &str) {
        assert!(operation.starts_with("ecs:"), "{operation}");
        self.told.set(self.told.get() + 1);
    }

    async fn json(&self, _: Api<Json>, _: &str, _: &str, _: &Value) -> Result<Value, ApiError> {
        self.asked.set(self.asked.get() + 1);
        sleep(self.silence).await;
        if Instant::now() < self.until {
            return Err((self.error)());
        }
        Ok(json!({}))
    }

    async fn query(
        &self,
        _: Api<Query>,
        _: &str,
        _: &str,
        _: &[(String, String)],
    ) -> Result<String, ApiError> {
        unreachable!("not asked here")
    }
}

fn throttled() -> ApiError {
    ApiError::Refused {
        operation: "ecs:X".into(),
        resource: "shop".into(),
        code: "ThrottlingException".into(),
        message: "Rate exceeded".into(),
    }
}

fn silent() -> ApiError {
    ApiError::Unreachable {
        operation: "ecs:X".into(),
        endpoint: "http://127.0.0.1".into(),
        is_unsent: false,
        source: "timed out".into(),
    }
}

fn garbled() -> ApiError {
    ApiError::Malformed {
        operation: "ecs:X".into(),
        why: "expected value".into(),
    }
}

/// If it is answered in the end, after how many seconds, and how often it was asked for.
async fn asked(operation: &str, late: Late) -> (bool, u64, u32) {
    let start = Instant::now();
    let cloud = Retrying(late);
    let answer = cloud.json(ECS, operation, "shop", &json!({})).await;
    let seconds = start.elapsed().as_secs();
    (answer.is_ok(), seconds, cloud.0.asked.get())
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_for_a_minute_by_whatever_asks() {
    for operation in ["DescribeServices", "UpdateService"] {
        let (is_answered, ..) = asked(operation, Late::by(40, throttled)).await;
        assert!(is_answered, "{operation}");
        let (is_answered, seconds, times) = asked(operation, Late::by(600, throttled)).await;
        assert!(!is_answered && (55..=60).contains(&seconds), "{seconds}");
        assert!(times < 20, "not more often than AWS wants: {times}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_over_within_the_time_of_a_call() {
    let late = Late {
        silence: Duration::from_secs(10),
        ..Late::by(600, silent)
    };
    let (is_answered, seconds, times) = asked("DescribeServices", late).await;
    assert!(!is_answered && seconds <= 30, "{seconds}");
    assert_eq!(times, 2);
}

#[tokio::test(start_paused = true)]
async fn throttling_before_it_takes_nothing_from_that_time() {
    let (is_answered, ..) = asked("DescribeServices", Late::by(25, throttled)).await;
    assert!(is_answered);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_makes_no_sense_is_asked_for_again_where_nothing_changes() {
    let (is_answered, ..) = asked("DescribeServices", Late::by(2, garbled)).await;
    assert!(is_answered);
    let (is_answered, _, times) = asked("UpdateService", Late::by(2, garbled)).await;
    assert!(!is_answered);
    assert_eq!(times, 1, "it may have been done");
}

#[tokio::test(start_paused = true)]
async fn throttling_that_lasts_is_told_once() {
    for (seconds, error, told) in [
        (1, throttled as fn() -> ApiError, 0),
        (40, throttled, 1),
        (8, garbled, 0),
    ] {
        let cloud = Retrying(Late::by(seconds, error));
        let none = json!({});
        let _ = cloud.json(ECS, "DescribeServices", "shop", &none).await;
        assert_eq!(cloud.0.told.get(), told, "{seconds} s");
    }
}
