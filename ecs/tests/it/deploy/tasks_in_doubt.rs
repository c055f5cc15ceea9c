//! One-off tasks of which AWS does not tell all: answers that are lost, looks that fail, logs that cannot be read.

use super::fake::FakeEcs;
use super::tasks::{deployed_after, ran};
use crate::support::told::Told;
use ecs::aws::Retrying;
use ecs::deploy::Verdict;
use ecs::task::TaskError;
use serde_json::{Value, json};
use std::error::Error;

/// A command that ended with 0 in a task that is on its way down, or runs on.
fn ended(status: &str) -> FakeEcs {
    FakeEcs::succeeds().whose_one_off_task_ends(&json!({
        "lastStatus": status,
        "containers": [{ "name": "app", "exitCode": 0 }],
    }))
}

#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_be_stopped_does_not_change_how_its_command_ended() {
    for code in ["AccessDeniedException", "ServerException"] {
        let cloud = ended("RUNNING").refusing("StopTask", code, 0, usize::MAX);
        let mut told = Told::default();
        assert_eq!(ran(&cloud, &mut told).await.unwrap().exit_code, Some(0));
        let warning = |text: &&String| text.starts_with("warning: the command has ended");
        assert!(told.texts.iter().any(|text| warning(&text)), "{told:?}");

        let outcome = deployed_after(&cloud).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_task_that_runs_on_is_asked_to_stop() {
    for (status, times) in [("RUNNING", 1), ("DEPROVISIONING", 0), ("STOPPED", 0)] {
        let cloud = ended(status);
        ran(&cloud, &mut Told::default()).await.unwrap();
        assert_eq!(cloud.asked("StopTask").len(), times, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_whose_answer_is_lost_is_asked_for_again_with_the_same_token() {
    let cloud = Retrying(ended("STOPPED").refusing("RunTask", "ServerException", 0, 2));
    assert_eq!(
        ran(&cloud, &mut Told::default()).await.unwrap().exit_code,
        Some(0)
    );

    let cloud = Retrying(ended("STOPPED").losing_the_answer());
    let error = ran(&cloud, &mut Told::default()).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, TaskError::InDoubt { .. }), "{text}");
    assert!(
        text.contains("aws ecs list-tasks --cluster main --started-by cargo-ecs"),
        "{text}"
    );
    let asked = cloud.0.asked("RunTask");
    let token = asked[0]["clientToken"].as_str().expect("a token");
    assert!(token.len() <= 64 && token.is_ascii(), "{token}");
    assert!(asked.len() > 1, "asked again");
    assert!(asked.iter().all(|asked| asked["clientToken"] == token));

    let other = ended("STOPPED");
    ran(&other, &mut Told::default()).await.unwrap();
    assert_ne!(other.asked("RunTask")[0]["clientToken"], token);
}

#[tokio::test(start_paused = true)]
async fn a_command_before_whose_end_is_unknown_is_not_called_a_failure() {
    let lost = ended("STOPPED").losing_the_answer();
    let unseen = ended("STOPPED").refusing("DescribeTasks", "ServerException", 0, usize::MAX);
    let garbage = ended("STOPPED").refusing("DescribeTasks", "403 Forbidden", 0, usize::MAX);
    for (cloud, part) in [
        (lost, "whether ECS started the task is unknown"),
        (unseen, "cannot be looked at"),
        (garbage, "cannot be looked at"),
    ] {
        let outcome = deployed_after(&cloud).await;
        assert_eq!(outcome.verdict, Verdict::Error, "{outcome:?}");
        let error = outcome.error.unwrap();
        assert!(
            error.starts_with("the service was not touched: "),
            "{error}"
        );
        assert!(error.contains(part), "{error}");
        assert!(cloud.asked("UpdateService").is_empty());
    }
    let denied = ended("STOPPED").refusing("DescribeTasks", "AccessDeniedException", 0, 9);
    let outcome = deployed_after(&denied).await;
    assert_eq!(outcome.verdict, Verdict::NotAllowed, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn looks_that_fail_for_a_minute_are_told_and_waited_out() {
    let cloud = ended("STOPPED").refusing("DescribeTasks", "ServerException", 0, 40);
    let mut told = Told::default();
    assert_eq!(ran(&cloud, &mut told).await.unwrap().exit_code, Some(0));
    let said = |text: &&String| text.starts_with("cannot look at the task for now: ");
    assert_eq!(told.texts.iter().filter(said).count(), 1, "{told:?}");

    let cloud = ended("STOPPED").refusing("DescribeTasks", "ServerException", 0, usize::MAX);
    let error = ran(&cloud, &mut Told::default()).await.unwrap_err();
    assert!(matches!(error, TaskError::Unseen { .. }), "{error}");
    let source = error.source().expect("AWS's own words").to_string();
    assert!(source.contains("ServerException"), "{source}");
}

#[tokio::test(start_paused = true)]
async fn a_log_without_an_end_keeps_nobody_from_looking_at_the_task() {
    let goes_on = FakeEcs::succeeds().whose_one_off_task_ends(&Value::Null);
    let error = ran(&goes_on.with_an_endless_log(), &mut Told::default()).await;
    assert!(
        matches!(error, Err(TaskError::TimedOut { .. })),
        "{error:?}"
    );

    let cloud = ended("STOPPED").with_an_endless_log();
    let mut told = Told::default();
    assert_eq!(ran(&cloud, &mut told).await.unwrap().exit_code, Some(0));
    assert!(told.lines.len() > 5, "each page goes on after the last one");
    let last = told.texts.last().unwrap();
    assert!(last.contains("its output goes on"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn why_an_output_is_not_shown_is_told() {
    for (options, why) in [
        (
            json!({ "awslogs-region": "eu-west-1" }),
            "its output is in /ecs/shop in eu-west-1 and not in us-east-1, so it is not shown",
        ),
        (
            json!({ "awslogs-stream-prefix": null }),
            "its output is in /ecs/shop, in a stream whose name is not known without awslogs-stream-prefix, so it is \
             not shown",
        ),
        (
            json!({ "awslogs-group": null }),
            "its output is not in CloudWatch, so it is not shown",
        ),
    ] {
        let cloud = ended("STOPPED").with_log_options(options);
        let mut told = Told::default();
        ran(&cloud, &mut told).await.unwrap();
        assert!(told.texts.iter().any(|text| text == why), "{told:?}");
        assert!(told.lines.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_that_fails_to_the_end_is_told_once() {
    for code in ["ServiceUnavailableException", "AccessDeniedException"] {
        let cloud = ended("STOPPED").refusing("FilterLogEvents", code, 0, usize::MAX);
        let mut told = Told::default();
        assert_eq!(ran(&cloud, &mut told).await.unwrap().exit_code, Some(0));
        let said = |text: &&String| text.starts_with("its output cannot be shown: ");
        assert_eq!(told.texts.iter().filter(said).count(), 1, "{told:?}");
    }
}
