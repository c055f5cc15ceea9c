//! Deployments against an ECS that the tests play, with time in their hands: each way to end has its verdict, its exit
//! code and its cause, in a bounded number of looks.

mod changes;
mod confirmed;
mod evidence;
mod fake;
mod files;
mod garbled;
mod late;
mod pauses;
mod races;
mod refusals;
mod revisions;
mod rollbacks;
mod scenarios;
mod status;
mod strategies;
mod tasks;
mod tasks_in_doubt;
mod view;
mod wait;

use crate::support::told::Told;
use ecs::aws::Retrying;
use ecs::deploy::{
    Begun, Changes, EXIT_CODES, Goal, Order, Outcome, Pause, Verdict, Wanted, carry_out, help,
};
use ecs::doctor::CheckId;
use ecs::image::{Found, Images, Lookup, Platform, Reference};
use fake::FakeEcs;
use std::time::Duration;
use tokio::time::Instant;
use view::NEW;

/// Registries that all say the same.
pub(crate) struct Registries(pub(crate) Lookup);

impl Images for Registries {
    async fn look_up(&self, _: &Reference, wanted: &Platform) -> Lookup {
        match &self.0 {
            Lookup::Found(found) => Lookup::Found(Box::new(Found {
                platforms: vec![wanted.clone()],
                ..(**found).clone()
            })),
            other => other.clone(),
        }
    }
}

/// One that has every image.
pub(crate) fn with_all() -> Registries {
    let exposed = vec![8000];
    Registries(Lookup::Found(Box::new(Found {
        exposed,
        ..Found::default()
    })))
}

/// The order to deploy a commit or an image.
pub(crate) fn order(wanted: &str) -> Order {
    changing(Changes {
        image: Some(Wanted::parse(wanted).unwrap()),
        tags: vec![("dualrun:commit".into(), wanted.into())],
        ..Changes::default()
    })
}

pub(crate) fn changing(changes: Changes) -> Order {
    towards(Goal::Deploy(Box::new(changes)))
}

pub(crate) fn towards(goal: Goal) -> Order {
    Order {
        service: "shop".into(),
        cluster: "main".into(),
        goal,
        dry_run: false,
        allow_parked: false,
        force: false,
        timeout: Duration::from_secs(900),
        begun: Begun::default(),
    }
}

/// Deploys the commit `new`, and how many seconds of the test's time that took.
pub(crate) async fn deployed(ecs: FakeEcs) -> (Outcome, Retrying<FakeEcs>, u64) {
    let cloud = Retrying(ecs);
    let start = Instant::now();
    let outcome = carry_out(&cloud, &with_all(), &order("new"), &mut Told::default()).await;
    (outcome, cloud, start.elapsed().as_secs())
}

/// The same, with nothing asked a second time but by the deployment itself.
async fn deployed_once(ecs: FakeEcs) -> Outcome {
    carry_out(&ecs, &with_all(), &order("new"), &mut Told::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_success_registers_one_revision_that_differs_in_the_image_and_updates_once() {
    let (outcome, cloud, seconds) = deployed(FakeEcs::succeeds()).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::Deployed, 0),
        "{outcome:?}"
    );
    assert_eq!(outcome.revision.as_deref(), Some(NEW));
    assert!(seconds < 60, "{seconds}");

    let ecs = &cloud.0;
    let registered = ecs.asked("RegisterTaskDefinition");
    assert_eq!(registered.len(), 1);
    let container = &registered[0]["containerDefinitions"][0];
    assert_eq!(container["image"], "vkuldeep1/myapp:new");
    assert_eq!(
        container["restartPolicy"]["enabled"], false,
        "carried through"
    );
    assert_eq!(
        registered[0]["ephemeralStorage"]["sizeInGiB"], 30,
        "carried through"
    );
    assert_eq!(registered[0]["tags"][0]["key"], "dualrun:commit");
    let updates = ecs.asked("UpdateService");
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["taskDefinition"], NEW);
    assert!(
        updates[0].get("desiredCount").is_none(),
        "that is not the deployment's to say"
    );
}

#[tokio::test(start_paused = true)]
async fn an_image_by_name_or_digest_is_taken_as_it_is() {
    let digest = format!("vkuldeep1/myapp@sha256:{}", "0a".repeat(32));
    for image in ["vkuldeep1/myapp:other", &digest] {
        let cloud = FakeEcs::succeeds();
        let outcome = carry_out(&cloud, &with_all(), &order(image), &mut Told::default()).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
        let registered = cloud.asked("RegisterTaskDefinition");
        assert_eq!(registered[0]["containerDefinitions"][0]["image"], image);
    }
}

#[tokio::test(start_paused = true)]
async fn the_image_that_runs_already_changes_nothing() {
    let cloud = FakeEcs::succeeds();
    let outcome = carry_out(&cloud, &with_all(), &order("old"), &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_preflight_that_fails_touches_nothing() {
    let missing = Registries(Lookup::NoSuchVersion);
    let cloud = FakeEcs::succeeds();
    let outcome = carry_out(&cloud, &missing, &order("new"), &mut Told::default()).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::Refused, 18)
    );
    assert_eq!(outcome.preflight.unwrap().cause, Some(CheckId::ImageExists));
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn targets_that_are_unwell_now_do_not_keep_a_better_image_out() {
    let cloud = FakeEcs::succeeds().whose_targets_are_unwell_before();
    let outcome = carry_out(&cloud, &with_all(), &order("new"), &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_path_that_the_new_image_may_answer_does_not_keep_it_out() {
    let cloud = FakeEcs::succeeds()
        .whose_balancer_asks("/status")
        .whose_targets_are_unwell_before();
    let outcome = carry_out(&cloud, &with_all(), &order("new"), &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let cloud = FakeEcs::succeeds();
    let mut told = Told::default();
    let changes = Changes {
        image: Some(Wanted::parse("new").unwrap()),
        variables: vec![("TOKEN".into(), "not-to-be-shown".into())],
        before: Some(vec!["migrate".into()]),
        ..Changes::default()
    };
    let order = Order {
        dry_run: true,
        ..changing(changes)
    };
    let outcome = carry_out(&cloud, &with_all(), &order, &mut told).await;
    assert_eq!(outcome.verdict, Verdict::DryRun);
    let texts = told.texts.join("\n");
    for line in [
        "would register a revision of shop with vkuldeep1/myapp:new",
        "containerDefinitions.app.image becomes \"vkuldeep1/myapp:new\", and is \"vkuldeep1/myapp:old\"",
        "containerDefinitions.app.environment",
        "would run migrate with the new revision",
        "shop: would update it to the new revision",
    ] {
        assert!(texts.contains(line), "{line}: {texts}");
    }
    assert!(!texts.contains("not-to-be-shown"), "{texts}");
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_parked_service_is_refused_unless_that_is_allowed() {
    let (outcome, cloud, _) = deployed(FakeEcs::succeeds().with_desired(0)).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::Parked, 17)
    );
    assert!(cloud.0.asked("UpdateService").is_empty());

    let cloud = FakeEcs::succeeds().with_desired(0);
    let order = Order {
        allow_parked: true,
        ..order("new")
    };
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::DeployedParked, 0),
        "{outcome:?}"
    );
}

#[test]
fn the_exit_codes_are_documented_as_they_are() {
    let docs = include_str!("../../../../docs/deploy.md");
    let drawing = include_str!("../../../../docs/deployment.svg");
    for (code, meaning) in EXIT_CODES {
        let row = format!("| {code} | {meaning} |\n");
        assert!(docs.contains(&row), "{row}");
        // The drawing has how a deployment ends, and not what keeps a command from being one.
        let is_drawn = drawing.contains(&format!(">{code}</text>"));
        assert_eq!(is_drawn, ![1, 2, 130].contains(&code), "{code}");
        assert!(help().contains(&format!("{code:>3}  {meaning}\n")));
    }
    let pause = Pause {
        deployment: String::new(),
        hook: None,
        expires_at: None,
        then: None,
    };
    let verdicts = [
        Verdict::Deployed,
        Verdict::DeployedEarly {
            running: 1,
            desired: 2,
        },
        Verdict::DeployedParked,
        Verdict::DryRun,
        Verdict::RolledBack,
        Verdict::RollbackFailed,
        Verdict::Failed,
        Verdict::Stopped,
        Verdict::Superseded { by: String::new() },
        Verdict::TimedOut,
        Verdict::Waiting(pause),
        Verdict::BeforeFailed,
        Verdict::NotAllowed,
        Verdict::Parked,
        Verdict::ParkedSince,
        Verdict::Refused,
        Verdict::Error,
    ];
    for verdict in verdicts {
        let code = verdict.code();
        assert!(
            EXIT_CODES.iter().any(|(known, _)| *known == code),
            "{verdict:?}"
        );
    }
}
