//! What a new revision has that the present one has not.

use super::fake::FakeEcs;
use super::view::OLD;
use super::{changing, with_all};
use crate::support::responses;
use crate::support::told::Told;
use ecs::aws::ecs::RawDefinition;
use ecs::deploy::{Changes, Outcome, Verdict, Wanted, carry_out};
use ecs::image::{Found, Images, Lookup, Platform, Reference};
use serde_json::{Value, json};

async fn carried_out(cloud: &FakeEcs, changes: Changes) -> Outcome {
    carry_out(cloud, &with_all(), &changing(changes), &mut Told::default()).await
}

/// The one definition that was registered.
fn registered(cloud: &FakeEcs) -> Value {
    let registered = cloud.asked("RegisterTaskDefinition");
    assert_eq!(registered.len(), 1);
    registered[0].clone()
}

fn file(change: impl FnOnce(&mut Value)) -> Option<RawDefinition> {
    let mut definition = responses::definition(OLD, "vkuldeep1/myapp:COMMIT");
    change(&mut definition);
    let (definition, _) = RawDefinition::of_file(definition).unwrap();
    Some(definition)
}

#[tokio::test(start_paused = true)]
async fn a_refresh_replaces_all_tasks_of_the_same_revision() {
    let cloud = FakeEcs::playing(vec![
        (0, |view| {
            view.status = Some("IN_PROGRESS");
            view.rollout = "IN_PROGRESS";
        }),
        (30, super::view::succeeds),
    ]);
    let changes = Changes {
        refresh: true,
        ..Changes::default()
    };
    let outcome = carried_out(&cloud, changes).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());
    let updates = cloud.asked("UpdateService");
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["forceNewDeployment"], true);
    assert_eq!(updates[0]["taskDefinition"], OLD);
}

#[tokio::test(start_paused = true)]
async fn variables_and_secrets_are_set_in_the_container_that_requests_go_to() {
    let cloud = FakeEcs::succeeds();
    let changes = Changes {
        variables: vec![("LOG".into(), "debug".into())],
        secrets: vec![("KEY".into(), "arn:aws:secretsmanager:x".into())],
        ..Changes::default()
    };
    let outcome = carried_out(&cloud, changes).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let container = &registered(&cloud)["containerDefinitions"][0];
    assert_eq!(
        container["environment"],
        json!([{ "name": "LOG", "value": "debug" }])
    );
    let secret = json!([{ "name": "KEY", "valueFrom": "arn:aws:secretsmanager:x" }]);
    assert_eq!(container["secrets"], secret);
    assert_eq!(container["image"], "vkuldeep1/myapp:old", "that stays");
    assert_eq!(
        container["restartPolicy"]["enabled"], false,
        "carried through"
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_is_registered_with_all_that_differs_and_the_image_that_runs() {
    let cloud = FakeEcs::succeeds();
    let changes = Changes {
        definition: file(|definition| {
            definition["cpu"] = "512".into();
            definition["memory"] = "1024".into();
        }),
        ..Changes::default()
    };
    let outcome = carried_out(&cloud, changes).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let registered = registered(&cloud);
    assert_eq!(registered["cpu"], "512");
    assert_eq!(
        registered["containerDefinitions"][0]["image"],
        "vkuldeep1/myapp:old"
    );
    assert!(registered.get("taskDefinitionArn").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_says_what_runs_changes_nothing() {
    let cloud = FakeEcs::succeeds();
    let changes = Changes {
        definition: file(|_| {}),
        ..Changes::default()
    };
    let outcome = carried_out(&cloud, changes).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_file_leaves_open_and_nothing_fills_in_is_refused() {
    let sidecar = |definition: &mut Value| {
        let containers = definition["containerDefinitions"].as_array_mut().unwrap();
        containers.push(json!({ "name": "sidecar", "image": "me/sidecar:COMMIT" }));
    };
    let cloud = FakeEcs::succeeds();
    let changes = Changes {
        definition: file(sidecar),
        ..Changes::default()
    };
    let outcome = carried_out(&cloud, changes).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    let error = outcome.error.unwrap();
    let said = "the container sidecar in the file is a placeholder";
    assert!(error.contains(said), "{error}");
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());
}

type Change = fn(&mut Value);

#[tokio::test(start_paused = true)]
async fn each_difference_of_a_file_is_registered_with_the_services_own_account() {
    let changes: [(Change, &str, Value); 4] = [
        (
            |file| file["taskRoleArn"] = "arn:aws:iam::111122223333:role/other".into(),
            "/taskRoleArn",
            json!("arn:aws:iam::1:role/other"),
        ),
        (
            |file| {
                file["containerDefinitions"][0]["image"] =
                    "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:2".into();
            },
            "/containerDefinitions/0/image",
            json!("1.dkr.ecr.us-east-1.amazonaws.com/shop:2"),
        ),
        (
            |file| {
                file["containerDefinitions"][0]["environment"] =
                    json!([{ "name": "ACCOUNT", "value": "111122223333" }]);
            },
            "/containerDefinitions/0/environment/0/value",
            json!("111122223333"),
        ),
        (
            |file| {
                file["containerDefinitions"][0]["portMappings"] = json!([
                    { "containerPort": 8000 },
                    { "containerPort": 8000, "protocol": "udp" },
                ]);
            },
            "/containerDefinitions/0/portMappings/1/protocol",
            json!("udp"),
        ),
    ];
    for (change, place, value) in changes {
        let cloud = FakeEcs::succeeds();
        let changes = Changes {
            definition: file(change),
            ..Changes::default()
        };
        let outcome = carried_out(&cloud, changes).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{place}: {outcome:?}");
        assert_eq!(registered(&cloud).pointer(place), Some(&value), "{place}");
    }
}

#[tokio::test(start_paused = true)]
async fn several_containers_get_the_common_image_or_their_own() {
    let cloud = FakeEcs::succeeds();
    let sidecars = |definition: &mut Value| {
        let containers = definition["containerDefinitions"].as_array_mut().unwrap();
        containers.push(json!({ "name": "worker", "image": "me/worker:1" }));
        containers.push(json!({ "name": "proxy", "image": "me/proxy:1" }));
    };
    let changes = Changes {
        definition: file(sidecars),
        image: Some(Wanted::parse("new").unwrap()),
        containers: vec![
            ("app".into(), None),
            ("worker".into(), None),
            ("proxy".into(), Some(Wanted::parse("me/other:2").unwrap())),
        ],
        ..Changes::default()
    };
    let outcome = carried_out(&cloud, changes).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let registered = registered(&cloud);
    let containers = registered["containerDefinitions"]
        .as_array()
        .unwrap()
        .iter();
    let images: Vec<&Value> = containers.map(|container| &container["image"]).collect();
    assert_eq!(
        images,
        ["vkuldeep1/myapp:new", "me/worker:new", "me/other:2"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_container_that_is_not_there_is_named() {
    let cloud = FakeEcs::succeeds();
    let changes = Changes {
        image: Some(Wanted::parse("new").unwrap()),
        containers: vec![("web".into(), None)],
        ..Changes::default()
    };
    let outcome = carried_out(&cloud, changes).await;
    let error = outcome.error.unwrap();
    assert!(
        error.contains("no container \"web\"; it has app"),
        "{error}"
    );
}

/// A registry with one tag.
struct With(&'static str);

impl Images for With {
    async fn look_up(&self, image: &Reference, wanted: &Platform) -> Lookup {
        if image.tag.as_deref() != Some(self.0) {
            return Lookup::NoSuchVersion;
        }
        Lookup::Found(Box::new(Found {
            platforms: vec![wanted.clone()],
            exposed: vec![8000],
            ..Found::default()
        }))
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_short_commit_the_form_that_is_a_tag_is_taken() {
    for tag in ["3f1c9e7", "3f1c9e7000000000000000000000000000000000"] {
        let cloud = FakeEcs::succeeds();
        let wanted = Wanted::parse("3f1c9e7").unwrap();
        let order = changing(Changes {
            image: Some(wanted.in_full("3f1c9e7000000000000000000000000000000000".into())),
            ..Changes::default()
        });
        let mut told = Told::default();
        let outcome = carry_out(&cloud, &With(tag), &order, &mut told).await;
        assert_eq!(outcome.image, Some(format!("vkuldeep1/myapp:{tag}")));
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
        assert!(
            told.texts
                .join("\n")
                .contains(&format!("is vkuldeep1/myapp:{tag}"))
        );
    }
}
