//! Answers that make no sense in the middle of a deployment, as those of a proxy in between: looks that have failed.

use super::fake::{FakeEcs, GARBLED};
use super::{deployed, deployed_once};
use ecs::deploy::Verdict;

#[tokio::test(start_paused = true)]
async fn they_are_no_end_of_a_deployment_whichever_api_gives_them() {
    for operation in [
        "DescribeServices",
        "ListServiceDeployments",
        "DescribeServiceDeployments",
        "DescribeServiceRevisions",
        "DescribeTargetHealth",
        "*",
    ] {
        let ecs = FakeEcs::succeeds().refusing(operation, GARBLED, 5, 6);
        let (outcome, ..) = deployed(ecs).await;
        assert_eq!(
            outcome.verdict,
            Verdict::Deployed,
            "{operation}: {outcome:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn nor_where_the_answer_to_the_update_is_lost_too() {
    let ecs = FakeEcs::succeeds().losing_the_answer();
    let outcome = deployed_once(ecs.refusing("DescribeServices", GARBLED, 0, 2)).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_minute_of_them_is() {
    let ecs = FakeEcs::succeeds().refusing("*", GARBLED, 5, usize::MAX);
    let (outcome, _, seconds) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::Error, "{outcome:?}");
    let error = outcome.error.unwrap();
    assert!(error.contains("goes on in AWS"), "{error}");
    assert!((60..120).contains(&seconds), "{seconds}");
}
