//! Back to what was good.

use super::fake::FakeEcs;
use super::view::{NEW, OLD, begins, succeeds};
use super::{Registries, changing, order, towards, with_all};
use crate::support::told::Told;
use ecs::aws::{Cloud, ECS};
use ecs::deploy::{Changes, Goal, Outcome, TakenBack, Target, Verdict, carry_out, take_back};
use ecs::image::Lookup;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

const EARLIER: &str = "arn:aws:ecs:us-east-1:1:task-definition/shop:0";

fn back() -> FakeEcs {
    FakeEcs::playing(vec![
        (0, |view| {
            view.status = Some("IN_PROGRESS");
            view.primary = EARLIER;
            view.rollout = "COMPLETED";
        }),
        (10, succeeds),
    ])
}

async fn rolled_back(cloud: &FakeEcs, images: &Registries) -> Outcome {
    let order = towards(Goal::RollBack(Target::LastGood));
    carry_out(cloud, images, &order, &mut Told::default()).await
}

#[tokio::test(start_paused = true)]
async fn it_goes_to_the_last_deployment_that_succeeded_with_another_revision() {
    let cloud = back();
    let outcome = rolled_back(&cloud, &with_all()).await;
    let updates = cloud.asked("UpdateService");
    assert_eq!(updates.len(), 1, "{outcome:?}");
    assert_eq!(
        updates[0]["taskDefinition"], EARLIER,
        "the current one is {OLD}"
    );
    assert!(
        cloud.asked("RegisterTaskDefinition").is_empty(),
        "the revision is there"
    );
    assert_eq!(outcome.revision.as_deref(), Some(EARLIER));
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn it_makes_sure_that_the_image_exists_still() {
    let cloud = back();
    let missing = Registries(Lookup::NoSuchVersion);
    let outcome = rolled_back(&cloud, &missing).await;
    assert_eq!(outcome.verdict, Verdict::Refused);
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_nobody_knows_what_was_good_a_revision_has_to_be_named() {
    let cloud = back().of_the_older_api();
    let outcome = rolled_back(&cloud, &with_all()).await;
    assert_eq!(outcome.verdict, Verdict::NotAllowed);
    assert!(outcome.error.unwrap().contains("--to"));
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_parked_service_is_refused_here_too() {
    let cloud = back().with_desired(0);
    let outcome = rolled_back(&cloud, &with_all()).await;
    assert_eq!(outcome.verdict, Verdict::Parked);
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_definition_that_cannot_be_read_for_now_is_not_taken_for_one_that_is_gone() {
    let cloud = back().refusing_definition("shop:0", "ClientException");
    let outcome = rolled_back(&cloud, &with_all()).await;
    assert_eq!(outcome.verdict, Verdict::Error, "{outcome:?}");
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_was_deregistered_is_passed_over_and_refused_by_name() {
    let cloud = back().with_deregistered("shop:0");
    let outcome = rolled_back(&cloud, &with_all()).await;
    let error = outcome.error.unwrap();
    assert!(
        error.contains("no earlier deployment that was good"),
        "{error}"
    );

    let order = towards(Goal::RollBack(Target::Revision("0".into())));
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    let error = outcome.error.unwrap();
    assert!(
        error.contains("shop:0 is deregistered (INACTIVE)"),
        "{error}"
    );
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_a_revision_that_was_deregistered_registers_it_again() {
    let cloud = FakeEcs::succeeds().with_deregistered("shop:1");
    let order = changing(Changes {
        refresh: true,
        ..Changes::default()
    });
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert_eq!(cloud.asked("RegisterTaskDefinition").len(), 1);
    assert_eq!(cloud.asked("UpdateService")[0]["taskDefinition"], NEW);
}

#[tokio::test(start_paused = true)]
async fn all_pages_of_the_past_are_looked_through() {
    let cloud = back().in_pages();
    let outcome = rolled_back(&cloud, &with_all()).await;
    assert_eq!(outcome.revision.as_deref(), Some(EARLIER), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn the_deployment_that_goes_on_is_stopped_and_rolled_back_when_somebody_asks() {
    let cloud = FakeEcs::playing(vec![(0, begins)]);
    let order = order("new");
    assert_eq!(
        take_back(&cloud, &order).await.unwrap(),
        TakenBack::Nothing,
        "nothing was begun"
    );
    let (images, mut told) = (with_all(), Told::default());
    let deployment = carry_out(&cloud, &images, &order, &mut told);
    let interrupted = timeout(Duration::from_secs(10), deployment).await;
    assert!(interrupted.is_err(), "it goes on");
    assert_eq!(take_back(&cloud, &order).await.unwrap(), TakenBack::Stopped);
    let asked = cloud.asked("StopServiceDeployment");
    assert_eq!(
        asked,
        [json!({ "serviceDeploymentArn": "ours", "stopType": "ROLLBACK" })]
    );
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_deployment_is_not_stopped() {
    let cloud = FakeEcs::playing(vec![(0, begins)]);
    let update = json!({ "service": "shop", "taskDefinition": NEW });
    cloud
        .json(ECS, "UpdateService", "shop", &update)
        .await
        .unwrap();
    let order = order("old");
    assert_eq!(take_back(&cloud, &order).await.unwrap(), TakenBack::Nothing);
    assert!(cloud.asked("StopServiceDeployment").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_is_not_there_is_told_with_how_to_list_those_that_are() {
    let cloud = FakeEcs::succeeds().refusing_definition("shop:99", "ClientException");
    let order = towards(Goal::RollBack(Target::Revision("99".into())));
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    assert_eq!(
        outcome.error.as_deref(),
        Some("there is no revision shop:99; those that there are: cargo ecs revisions")
    );
    assert!(cloud.asked("UpdateService").is_empty());
}
