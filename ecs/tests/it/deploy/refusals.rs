//! What is refused before anything is touched, and what is not.

use super::fake::FakeEcs;
use super::{Registries, changing, deployed, order, towards, with_all};
use crate::support::told::Told;
use dualrun::contract::Contract;
use ecs::aws::Retrying;
use ecs::deploy::{Changes, Goal, Order, Outcome, Target, Verdict, Wanted, carry_out};
use ecs::doctor::CheckId;
use ecs::image::{Found, ImageConfig, Images, Lookup, Platform, Reference};
use serde_json::json;
use tokio::time::Instant;

/// Nothing was registered, and nothing updated.
fn is_untouched(cloud: &FakeEcs) -> bool {
    cloud.asked("RegisterTaskDefinition").is_empty() && cloud.asked("UpdateService").is_empty()
}

async fn refused(ecs: FakeEcs) -> Outcome {
    let (outcome, Retrying(cloud), _) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::Refused, "{outcome:?}");
    assert!(is_untouched(&cloud));
    outcome
}

#[tokio::test(start_paused = true)]
async fn services_that_something_else_deploys_are_refused_with_what_to_use() {
    for (more, fix) in [
        (
            json!({ "deploymentController": { "type": "CODE_DEPLOY" } }),
            "aws deploy",
        ),
        (
            json!({ "deploymentController": { "type": "EXTERNAL" } }),
            "create-task-set",
        ),
        (
            json!({ "resourceManagementType": "ECS" }),
            "update-express-gateway-service",
        ),
        (
            json!({ "deploymentController": { "type": "EXTERNAL" }, "taskDefinition": null }),
            "task-set",
        ),
    ] {
        let outcome = refused(FakeEcs::succeeds().with(more)).await;
        assert!(outcome.refusals[0].fix.contains(fix), "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_force_deploys_what_aws_would_refuse() {
    let cloud = FakeEcs::succeeds().with(json!({ "resourceManagementType": "ECS" }));
    let order = Order {
        force: true,
        ..order("new")
    };
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Refused);
    assert!(is_untouched(&cloud));
}

#[tokio::test(start_paused = true)]
async fn percentages_that_can_never_roll_are_refused_unless_forced() {
    let never = || {
        FakeEcs::succeeds().with(json!({ "deploymentConfiguration":
            { "minimumHealthyPercent": 100, "maximumPercent": 100 } }))
    };
    let report = refused(never()).await.preflight.unwrap();
    assert_eq!(report.cause, Some(CheckId::Tasks));
    assert!(report.failures().contains("can ever be replaced"));

    let cloud = never();
    let mut told = Told::default();
    let order = Order {
        force: true,
        ..order("new")
    };
    let outcome = carry_out(&cloud, &with_all(), &order, &mut told).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let text = told.texts.join("\n");
    assert!(
        text.contains("--force") && text.contains("can ever be replaced"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_followed_is_not_begun() {
    // Rolling deployments can be followed by the older API.
    let blind = |ecs: FakeEcs| ecs.of_the_older_api();
    assert_eq!(
        deployed(blind(FakeEcs::succeeds())).await.0.verdict,
        Verdict::Deployed
    );
    for strategy in ["BLUE_GREEN", "LINEAR", "CANARY", "RAINBOW"] {
        let outcome = refused(blind(FakeEcs::succeeds().of_strategy(strategy))).await;
        let fix = &outcome.refusals[0].fix;
        assert!(fix.contains("allow ecs:ListServiceDeployments"), "{fix}");
    }
    // Its operations are allowed one by one.
    for operation in ["DescribeServiceDeployments", "DescribeServiceRevisions"] {
        let ecs = FakeEcs::succeeds().of_strategy("CANARY");
        refused(ecs.refusing(operation, "AccessDeniedException", 0, usize::MAX)).await;
    }
    // A list that fails in another way says nothing about what may be followed.
    let failing =
        FakeEcs::succeeds().refusing("ListServiceDeployments", "InternalFailure", 0, usize::MAX);
    let (outcome, Retrying(cloud), _) = deployed(failing).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    assert!(is_untouched(&cloud));
}

/// Registries that have every image for another platform.
struct OfAnotherPlatform;

impl Images for OfAnotherPlatform {
    async fn look_up(&self, _: &Reference, _: &Platform) -> Lookup {
        let platform = Platform {
            os: "linux".into(),
            architecture: "s390x".into(),
        };
        Lookup::Found(Box::new(Found {
            platforms: vec![platform],
            exposed: vec![8000],
            ..Found::default()
        }))
    }
}

#[tokio::test(start_paused = true)]
async fn an_image_of_another_platform_is_refused() {
    let cloud = FakeEcs::succeeds();
    let outcome = carry_out(
        &cloud,
        &OfAnotherPlatform,
        &order("new"),
        &mut Told::default(),
    )
    .await;
    assert_eq!(outcome.verdict, Verdict::Refused);
    assert!(outcome.preflight.unwrap().failures().contains("s390x"));
    assert!(is_untouched(&cloud));
}

/// Registries whose every image requires a variable that no definition of these tests sets.
struct WithNeeds;

impl Images for WithNeeds {
    async fn look_up(&self, _: &Reference, wanted: &Platform) -> Lookup {
        #[derive(serde::Deserialize)]
        #[expect(dead_code, reason = "only its contract is asked for")]
        struct Config {
            api_key: String,
        }
        let contract = Contract::of::<Config>().unwrap();
        Lookup::Found(Box::new(Found {
            platforms: vec![wanted.clone()],
            config: ImageConfig {
                contract: Some(Ok(contract)),
                ..ImageConfig::default()
            },
            ..Found::default()
        }))
    }
}

#[tokio::test(start_paused = true)]
async fn an_image_whose_variables_are_not_set_is_refused() {
    let cloud = FakeEcs::succeeds();
    let deployed = carry_out(&cloud, &WithNeeds, &order("new"), &mut Told::default()).await;
    assert_eq!(deployed.verdict, Verdict::Refused);
    let failures = deployed.preflight.unwrap().failures();
    assert!(
        failures.contains("its image requires API_KEY"),
        "{failures}"
    );
    assert!(is_untouched(&cloud));
}

#[tokio::test(start_paused = true)]
async fn a_worker_without_a_balancer_deploys_and_is_told_so() {
    let cloud = FakeEcs::succeeds().with(json!({ "loadBalancers": [] }));
    let mut told = Told::default();
    let outcome = carry_out(&cloud, &with_all(), &order("new"), &mut told).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let text = told.texts.join("\n");
    assert!(text.contains("no load balancer"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_worker_needs_no_port() {
    let cloud = FakeEcs::succeeds()
        .with(json!({ "loadBalancers": [] }))
        .without_ports();
    let outcome = carry_out(&cloud, &with_all(), &order("new"), &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_so_before_and_lets_this_deployment_work_is_a_warning() {
    let open = FakeEcs::succeeds().whose_tasks_are_open_to("0.0.0.0/0");
    let second = FakeEcs::succeeds()
        .with(json!({ "loadBalancers": [
            { "targetGroupArn": "arn:tg/shop/1", "containerName": "app", "containerPort": 8000 },
            { "targetGroupArn": "arn:tg/shop/3", "containerName": "app", "containerPort": 8000 },
        ] }))
        .forwarding_to(&["arn:tg/shop/1"]);
    for (ecs, said) in [(open, "everyone"), (second, "no listener forwards")] {
        let mut told = Told::default();
        let outcome = carry_out(&ecs, &with_all(), &order("new"), &mut told).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
        let text = told.texts.join("\n");
        assert!(
            text.contains("warning: ") && text.contains(said),
            "{said}: {text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_keeps_this_deployment_from_working_is_refused_though_it_was_so_before() {
    let no_listener = FakeEcs::succeeds().forwarding_to(&[]);
    let outcome = refused(no_listener).await;
    assert!(
        outcome
            .preflight
            .unwrap()
            .failures()
            .contains("no listener forwards")
    );
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_never_kept_back_by_groups() {
    for ecs in [
        FakeEcs::succeeds().forwarding_to(&[]),
        FakeEcs::succeeds().whose_tasks_are_open_to("0.0.0.0/0"),
    ] {
        let order = towards(Goal::RollBack(Target::Revision("0".into())));
        let mut told = Told::default();
        let outcome = carry_out(&ecs, &with_all(), &order, &mut told).await;
        assert!(outcome.verdict != Verdict::Refused, "{outcome:?}");
        assert_eq!(ecs.asked("UpdateService").len(), 1);
        assert!(told.texts.join("\n").contains("warning: "));
    }
    // An image that is gone does.
    let cloud = FakeEcs::succeeds();
    let order = towards(Goal::RollBack(Target::Revision("0".into())));
    let missing = Registries(Lookup::NoSuchVersion);
    let outcome = carry_out(&cloud, &missing, &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Refused);
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_cannot_be_asked_is_a_warning_that_is_told() {
    let cloud = FakeEcs::succeeds();
    let unreachable = Registries(Lookup::Unreachable("no route".into()));
    let mut told = Told::default();
    let outcome = carry_out(&cloud, &unreachable, &order("new"), &mut told).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let text = told.texts.join("\n");
    assert!(text.contains("warning: 1 image exists: "), "{text}");
    assert!(text.contains("could not be asked"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_of_what_runs_already_does_not_wait() {
    let cloud = FakeEcs::playing(Vec::new());
    let order = Order {
        dry_run: true,
        ..changing(Changes {
            image: Some(Wanted::parse("old").unwrap()),
            ..Changes::default()
        })
    };
    let start = Instant::now();
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::DryRun);
    assert!(start.elapsed().is_zero());
}
