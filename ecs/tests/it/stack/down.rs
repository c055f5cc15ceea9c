//! Taking a stack down: looked at and checked before anything is stopped, and what is left told.

use super::fake::{FakeCloudFormation, Status, Whose};
use super::has;
use crate::support::told::Told;
use ecs::stack::{StackError, Tag, Teardown, down, left_behind, teardown, verified};
use std::time::Duration;
use tokio::time::Instant;

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:1:secret:SecretKey-abc";
const REVISION: &str = "arn:aws:ecs:us-east-1:1:task-definition/shop:2";
const FOREIGN: &str = "Resources: { Service: { Type: AWS::ECS::Service } }";

fn stack() -> FakeCloudFormation {
    FakeCloudFormation::with_stack("CREATE_COMPLETE").ending_in(&[(60, Status::Gone)])
}

async fn looked(cloud: &FakeCloudFormation) -> Teardown {
    teardown(cloud, "shop").await.unwrap()
}

/// As the command does it, with what was told.
async fn taken_down(cloud: &FakeCloudFormation) -> (Result<(), StackError>, Vec<String>) {
    let teardown = looked(cloud).await;
    teardown.check(false).unwrap();
    let mut told = Told::default();
    let end = down(cloud, &teardown, Duration::from_secs(600), &mut told).await;
    (end, told.texts)
}

/// The counts that the service was given, in their order.
fn counts(cloud: &FakeCloudFormation) -> Vec<String> {
    let asked = cloud.asked("UpdateService").into_iter();
    let counts = asked.map(|all| all.into_iter().find(|(key, _)| key == "desiredCount"));
    counts.map(|count| count.unwrap().1).collect()
}

#[tokio::test(start_paused = true)]
async fn down_wants_no_tasks_first_and_waits_until_the_stack_is_gone() {
    let cloud = stack().wanting(2);
    let start = Instant::now();
    taken_down(&cloud).await.0.unwrap();
    assert!(start.elapsed().as_secs() >= 60);
    assert_eq!(
        cloud.operations("UpdateService", "DeleteStack"),
        ["UpdateService", "DeleteStack"]
    );
    assert_eq!(counts(&cloud), ["0"]);
    assert!(has(&cloud.asked("UpdateService")[0], "cluster", "\"shop\""));

    let nothing = FakeCloudFormation::without_stack();
    taken_down(&nothing).await.0.unwrap();
    assert!(nothing.asked("DeleteStack").is_empty());
}

#[tokio::test]
async fn what_goes_is_listed_from_all_pages_with_its_account_and_what_is_beside_it() {
    let cloud = stack().with_tagged(&[REVISION, SECRET, "arn:aws:ec2:us-east-1:1:vpc/vpc-1"]);
    let teardown = looked(&cloud).await;
    assert_eq!(teardown.account.as_deref(), Some("111122223333"));
    assert_eq!(teardown.region, "us-east-1");
    let goes: Vec<String> = teardown.goes.iter().map(ToString::to_string).collect();
    assert_eq!(goes.len(), 3);
    assert_eq!(goes[1], "AWS::EC2::SecurityGroup sg-1 (TaskSecurityGroup)");
    // The secret goes with the stack, and the network is not deleted by its tag.
    assert_eq!(teardown.beside, [REVISION]);
    assert!(teardown.stays.is_empty() && teardown.is_ours);
    assert!(cloud.asked("UpdateService").is_empty() && cloud.asked("DeleteStack").is_empty());
}

#[tokio::test]
async fn tags_that_may_not_be_read_are_named_and_keep_nothing_from_being_listed() {
    let teardown = looked(&stack().refusing(&["GetResources"])).await;
    assert_eq!(teardown.goes.len(), 3);
    assert!(
        teardown.unknown[0].contains("tag:GetResources")
            || teardown.unknown[0].contains("GetResources"),
        "{:?}",
        teardown.unknown
    );
    assert!(teardown.check(false).is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_the_template_has_kept_is_told_and_stays() {
    let cloud = stack().with_tagged(&[SECRET, REVISION]).with_template(
        "Resources: { SecretKey: { Type: AWS::SecretsManager::Secret, DeletionPolicy: Retain, Properties: { Tags: [{ Key: \
         dualrun, Value: !Ref AWS::StackName }] } } }",
    );
    let teardown = looked(&cloud).await;
    assert_eq!(teardown.stays.len(), 1);
    assert_eq!(teardown.stays[0].id.as_deref(), Some(SECRET));
    assert_eq!(teardown.goes.len(), 2);
    taken_down(&cloud).await.0.unwrap();
    assert!(cloud.asked("DeleteSecret").is_empty());
    assert_eq!(cloud.asked("DeleteTaskDefinitions").len(), 1);
}

#[tokio::test]
async fn what_cannot_or_should_not_be_deleted_is_refused_before_anything_is_stopped() {
    let cases = [
        (stack().protected(), "update-termination-protection"),
        (stack().with_template(FOREIGN), "--foreign"),
        (
            FakeCloudFormation::with_stack("UPDATE_IN_PROGRESS"),
            "wait until that is over",
        ),
    ];
    for (cloud, advice) in cases {
        let refused = looked(&cloud).await.check(false).unwrap_err().to_string();
        assert!(refused.contains(advice), "{refused}");
    }
    let foreign = looked(&stack().with_template(FOREIGN)).await;
    assert!(foreign.check(true).is_ok());
    let protected = looked(&stack().with_template(FOREIGN).protected()).await;
    assert!(protected.check(true).is_err(), "it would be refused anyway");
}

#[tokio::test]
async fn a_stack_is_ours_by_the_tag_of_its_resources_with_its_own_name() {
    for (value, is_ours) in [
        ("!Ref AWS::StackName", true),
        ("shop", true),
        // The roles of a workflow have the tag of the stack that they are for.
        ("!Ref Service", false),
        ("another", false),
    ] {
        let template = format!(
            "Resources: {{ A: {{ Type: T, Properties: {{ Tags: [{{ Key: dualrun, Value: {value} }}] }} }} }}"
        );
        let cloud = stack().with_template(template.leak());
        assert_eq!(looked(&cloud).await.is_ours, is_ours, "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stack_whose_tag_has_another_key_is_ours_and_verified_by_that_key() {
    let cloud = stack()
        .with_parameters(&[("Image", "me/shop:1"), ("TagKey", "team-x")])
        .with_tagged(&[REVISION]);
    let teardown = looked(&cloud).await;
    assert!(teardown.is_ours);
    assert_eq!(teardown.beside, [REVISION]);
    taken_down(&cloud).await.0.unwrap();
    verified(&cloud, &teardown.tag).await.unwrap();
    let asked = cloud.asked("GetResources").into_iter();
    let by_tag = asked.filter(|all| all.iter().any(|(name, _)| name == "TagFilters"));
    for asked in by_tag {
        let filter = r#"[{"Key":"team-x","Values":["shop"]}]"#;
        assert!(has(&asked, "TagFilters", filter), "{asked:?}");
    }

    let foreign = stack().with_parameters(&[("TagKey", "team-x")]);
    let refused = looked(&foreign.with_template(FOREIGN))
        .await
        .check(false)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("has the tag team-x=shop"), "{refused}");
}

/// Of a stack that is gone, only CloudFormation's memory tells by which key it was tagged.
#[tokio::test(start_paused = true)]
async fn what_a_stack_has_left_is_found_by_the_key_that_it_had_last() {
    let cloud = FakeCloudFormation::without_stack().having_deleted(&[
        ("2026-11-02T10:00:00.000Z", "team-old"),
        ("2026-11-20T10:00:00.000Z", "team-x"),
    ]);
    assert_eq!(looked(&cloud).await.tag.to_string(), "team-x=shop");
    let never = FakeCloudFormation::without_stack();
    assert_eq!(looked(&never).await.tag, Tag::of_name("shop"));
}

#[tokio::test]
async fn a_key_that_may_not_be_read_is_an_error_and_not_the_default() {
    let cloud = FakeCloudFormation::without_stack().refusing(&["ListStacks"]);
    let error = teardown(&cloud, "shop").await.unwrap_err().to_string();
    assert!(error.contains("allow cloudformation:ListStacks"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_count_is_as_it_was_if_the_deletion_is_refused() {
    let cloud = stack().wanting(3).refusing(&["DeleteStack"]);
    let (end, told) = taken_down(&cloud).await;
    assert!(end.unwrap_err().to_string().contains("DeleteStack"));
    assert_eq!(counts(&cloud), ["0", "3"]);
    assert_eq!(
        told.last().unwrap(),
        "shop is to have 3 tasks again",
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_deleted_if_the_service_may_not_be_stopped() {
    let cloud = stack().wanting(3).refusing(&["UpdateService"]);
    assert!(taken_down(&cloud).await.0.is_err());
    assert!(cloud.asked("DeleteStack").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_stops_half_way_says_what_is_left_and_why() {
    let why = "resource sg-1 has a dependent object";
    let gone = (20, Status::Event("Service", "DELETE_COMPLETE", ""));
    let failed = Status::Event("TaskSecurityGroup", "DELETE_FAILED", why);
    let end = (40, Status::Stack("DELETE_FAILED"));
    let cloud = stack().ending_in(&[gone, (30, failed), end]);
    let text = taken_down(&cloud).await.0.unwrap_err().to_string();
    let (_, left) = text.split_once(":\n").unwrap();
    let lines: Vec<&str> = left.lines().map(str::trim).collect();
    let group = "AWS::EC2::SecurityGroup sg-1 (TaskSecurityGroup)";
    assert_eq!(lines[0], format!("{group}: {why}"));
    assert!(
        lines[1].ends_with("(SecretKey)") && lines.len() == 2,
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_does_not_end_says_what_is_left() {
    let cloud = stack().ending_in(&[]);
    let text = taken_down(&cloud).await.0.unwrap_err().to_string();
    assert!(text.contains("service/shop/shop (Service)"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn down_deletes_what_cloudformation_leaves() {
    for cloud in [FakeCloudFormation::without_stack(), stack()] {
        let cloud = cloud.with_tagged(&[REVISION, SECRET, "arn:aws:ec2:us-east-1:1:vpc/vpc-1"]);
        let (end, told) = taken_down(&cloud).await;
        end.unwrap();
        let operations = cloud.operations("DeregisterTaskDefinition", "DeleteTaskDefinitions");
        assert_eq!(
            operations,
            ["DeregisterTaskDefinition", "DeleteTaskDefinitions"]
        );
        assert_eq!(cloud.asked("DeleteSecret").len(), 1);
        let told = told.join("\n");
        assert!(
            told.ends_with(&format!("deleted {SECRET}\ndeleted 1 revisions")),
            "{told}"
        );
    }
}

/// The tag's key may be an organisation's, and its value another team's name for something of theirs.
#[tokio::test(start_paused = true)]
async fn what_others_gave_the_same_tag_is_left_alone() {
    let theirs = [
        "arn:aws:secretsmanager:us-east-1:1:secret:payroll-abc",
        "arn:aws:ecs:us-east-1:1:task-definition/payroll:7",
    ];
    for cloud in [FakeCloudFormation::without_stack(), stack()] {
        let cloud = cloud.with_tags_of(Whose::Team, &theirs);
        assert_eq!(looked(&cloud).await.beside, [""; 0]);
        let (end, told) = taken_down(&cloud).await;
        end.unwrap();
        for deletion in ["DeleteSecret", "DeregisterTaskDefinition"] {
            assert!(cloud.asked(deletion).is_empty(), "{deletion}");
        }
        let told = told.join("\n");
        assert!(!told.contains("not shown"), "{told}");
    }
}

/// Deployments give a revision the tags of the one before.
#[tokio::test(start_paused = true)]
async fn revisions_from_before_the_key_changed_are_found_by_their_family() {
    let others = [
        "arn:aws:ecs:us-east-1:1:task-definition/shop-worker:1",
        "arn:aws:ecs:us-east-1:1:task-definition/workshop:1",
    ];
    let namesake = ["arn:aws:ecs:us-east-1:1:task-definition/shop:1"];
    for cloud in [FakeCloudFormation::without_stack(), stack()] {
        let cloud = cloud
            .with_tags_of(Whose::StackBefore, &[REVISION])
            .with_tags_of(Whose::StackBefore, &others)
            .with_tags_of(Whose::Namesake, &namesake);
        assert_eq!(looked(&cloud).await.beside, [REVISION]);
        let left = left_behind(&cloud, &Tag::of_name("shop")).await.unwrap();
        assert_eq!(left.len(), 1);
        taken_down(&cloud).await.0.unwrap();
        let deleted = cloud.asked("DeleteTaskDefinitions");
        let revisions = format!("[\"{REVISION}\"]");
        assert!(
            has(&deleted[0], "taskDefinitions", &revisions),
            "{deleted:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_found_by_its_tag_on_all_pages() {
    let cloud = FakeCloudFormation::without_stack().with_tagged(&[
        "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/shop/1",
        "arn:aws:ecs:us-east-1:1:task-definition/shop:1",
        "arn:aws:ecs:us-east-1:1:task/shop/abc",
        "arn:aws:ec2:us-east-1:1:vpc/vpc-1",
        "arn:aws:cloudwatch:us-east-1:1:alarm:shop-errors",
        "arn:aws:cloudwatch::1:dashboard/shop",
        "arn:aws:events:us-east-1:1:rule/shop-restarts",
    ]);
    let left = left_behind(&cloud, &Tag::of_name("shop")).await.unwrap();
    let left: Vec<(&str, bool)> = left
        .iter()
        .map(|it| (it.arn.rsplit(':').next().unwrap(), it.costs))
        .collect();
    assert_eq!(
        left,
        [
            ("loadbalancer/app/shop/1", true),
            ("1", false),
            ("vpc/vpc-1", false),
            ("shop-errors", true),
            ("dashboard/shop", true),
            ("rule/shop-restarts", false)
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_costs_counts_as_left_when_its_tag_has_had_time_to_go() {
    let balancer = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/shop/1";
    let network = "arn:aws:ec2:us-east-1:1:vpc/vpc-1";
    for (arn, seconds) in [(balancer, 120), (network, 0)] {
        let cloud = FakeCloudFormation::without_stack().with_tagged(&[arn]);
        let start = Instant::now();
        let left = verified(&cloud, &Tag::of_name("shop")).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(start.elapsed().as_secs(), seconds, "{arn}");
    }
}
