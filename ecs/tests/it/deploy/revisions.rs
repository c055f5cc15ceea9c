//! What can be gone back to, also where ECS has forgotten the deployments.

use super::fake::FakeEcs;
use super::view::{NEW, OLD, succeeds};
use super::{deployed, order, towards, with_all};
use crate::support::told::Told;
use ecs::aws::Retrying;
use ecs::deploy::{Goal, Outcome, Target, Verdict, carry_out, revisions};
use serde_json::json;

const ANCIENT: &str = "arn:aws:ecs:us-east-1:1:task-definition/shop:0";
const NEVER: &str = "arn:aws:ecs:us-east-1:1:task-definition/shop:9";

/// One whose deployments are all older than what ECS remembers.
fn forgotten() -> FakeEcs {
    FakeEcs::playing(vec![
        (0, |view| {
            view.status = Some("IN_PROGRESS");
            view.primary = ANCIENT;
            view.running = 2;
        }),
        (10, succeeds),
    ])
    .for_the_first_time()
    .with_revision(NEVER, None)
    .with_revision(OLD, Some("2026-03-01T00:00:00Z"))
    .with_revision(ANCIENT, Some("2026-02-01T00:00:00Z"))
}

async fn rolled_back(cloud: &FakeEcs) -> Outcome {
    let order = towards(Goal::RollBack(Target::LastGood));
    carry_out(cloud, &with_all(), &order, &mut Told::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_success_is_noted_at_its_revision() {
    let (outcome, cloud, _) = deployed(FakeEcs::succeeds()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let tagged = cloud.0.asked("TagResource");
    assert_eq!(tagged.len(), 1);
    assert_eq!(
        (&tagged[0]["resourceArn"], &tagged[0]["tags"][0]["key"]),
        (&json!(NEW), &json!("dualrun:deployed"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_note_that_cannot_be_left_is_a_warning_and_no_failure() {
    let cloud = FakeEcs::succeeds().refusing("TagResource", "AccessDeniedException", 0, 9);
    let mut told = Told::default();
    let outcome = carry_out(&cloud, &with_all(), &order("new"), &mut told).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let warning = told
        .texts
        .iter()
        .find(|text| text.contains("shop:2 could not be tagged as good"));
    assert!(
        warning.is_some_and(|it| it.contains("allow ecs:TagResource")),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_not_noted_and_the_note_is_not_handed_down() {
    let cloud = FakeEcs::succeeds()
        .with_revision(OLD, Some("2026-03-01T00:00:00Z"))
        .with_status("ROLLBACK_SUCCESSFUL");
    let (outcome, cloud, _) = deployed(cloud).await;
    assert_eq!(outcome.verdict, Verdict::RolledBack, "{outcome:?}");
    assert!(cloud.0.asked("TagResource").is_empty());
    let registered = cloud.0.asked("RegisterTaskDefinition")[0].to_string();
    assert!(!registered.contains("dualrun:deployed"), "{registered}");
}

#[tokio::test(start_paused = true)]
async fn what_ecs_has_forgotten_the_tags_of_the_revisions_tell() {
    for cloud in [forgotten(), forgotten().of_the_older_api()] {
        let outcome = rolled_back(&cloud).await;
        assert_eq!(
            cloud.asked("UpdateService")[0]["taskDefinition"],
            ANCIENT,
            "{outcome:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_revision_without_the_tag_or_without_its_being_read_is_not_taken_for_good() {
    let cloud = FakeEcs::succeeds()
        .for_the_first_time()
        .with_revision(NEVER, None);
    let outcome = rolled_back(&cloud).await;
    assert_eq!(outcome.verdict, Verdict::Error, "{outcome:?}");

    let cloud = forgotten().refusing("ListTaskDefinitions", "AccessDeniedException", 0, 9);
    let outcome = rolled_back(&cloud).await;
    assert_eq!(outcome.verdict, Verdict::NotAllowed, "{outcome:?}");
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn revisions_are_listed_with_what_is_known_of_each() {
    let cloud = FakeEcs::succeeds()
        .with_revision(NEVER, None)
        .with_revision(OLD, None)
        .with_revision(ANCIENT, Some("2026-02-01T00:00:00Z"))
        .registered_at(1_700_000_000.0);
    let listed = revisions(&cloud, "main", "shop").await.unwrap();
    assert_eq!(
        listed.to_string(),
        "shop:9: vkuldeep1/myapp:old\n  \
           registered 2023-11-14T22:13:20Z\n  \
           not known to have been good\n\
         shop:1, current: vkuldeep1/myapp:old\n  \
           registered 2023-11-14T22:13:20Z\n  \
           deployed 1970-01-01T00:00:02Z\n\
         shop:0: vkuldeep1/myapp:old\n  \
           registered 2023-11-14T22:13:20Z\n  \
           deployed 2026-02-01T00:00:00Z\n"
    );
}

#[tokio::test(start_paused = true)]
async fn the_current_revision_is_listed_in_any_case_and_what_is_denied_is_unknown() {
    let cloud = Retrying(FakeEcs::succeeds().of_the_older_api());
    let listed = revisions(&cloud, "main", "shop").await.unwrap();
    assert!(listed.revisions[0].is_current);
    assert_eq!(listed.revisions[0].deployed_at, None);
    assert_eq!(listed.unknown.len(), 1, "{listed}");
}

/// A family of so many revisions, of which the current one is the oldest.
fn family(count: usize) -> FakeEcs {
    let newer = (2..=count).rev().map(|number| -> &'static str {
        format!("arn:aws:ecs:us-east-1:1:task-definition/shop:{number}").leak()
    });
    let ecs = newer.fold(FakeEcs::succeeds(), |ecs, arn| ecs.with_revision(arn, None));
    ecs.with_revision(OLD, None)
}

#[tokio::test(start_paused = true)]
async fn that_there_are_others_is_said_only_where_some_are_not_listed() {
    for (count, has_more) in [(2, false), (30, false), (31, false), (32, true)] {
        let listed = revisions(&family(count), "main", "shop").await.unwrap();
        assert_eq!(listed.has_more, has_more, "{count}");
        assert_eq!(
            listed.revisions.len(),
            count.min(31),
            "with the current one"
        );
    }
}
