//! Definitions in files: what they leave open, and what is meant as it is.

use super::fake::FakeEcs;
use super::view::OLD;
use super::{changing, with_all};
use crate::support::responses;
use crate::support::told::Told;
use ecs::aws::ecs::RawDefinition;
use ecs::deploy::{Changes, Outcome, Verdict, Wanted, carry_out};
use serde_json::{Value, json};

fn file(change: impl FnOnce(&mut Value)) -> Option<RawDefinition> {
    let mut definition = responses::definition(OLD, "vkuldeep1/myapp:COMMIT");
    change(&mut definition);
    let (definition, _) = RawDefinition::of_file(definition).unwrap();
    Some(definition)
}

/// The outcome, and the container of the definition that was registered, if one was.
async fn deployed(changes: Changes) -> (Outcome, Option<Value>) {
    let cloud = FakeEcs::succeeds();
    let order = changing(changes);
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    let registered = cloud.asked("RegisterTaskDefinition");
    let registered = registered.first();
    let container = registered.map(|it| it["containerDefinitions"][0].clone());
    (outcome, container)
}

fn release(definition: &mut Value) {
    definition["containerDefinitions"][0]["environment"] =
        json!([{ "name": "RELEASE", "value": "shop:COMMIT" }]);
}

#[tokio::test(start_paused = true)]
async fn a_variable_that_names_the_commit_gets_that_of_the_image_that_comes() {
    for (wanted, value) in [(Some("new"), "shop:new"), (None, "shop:old")] {
        let changes = Changes {
            definition: file(release),
            image: wanted.map(|wanted| Wanted::parse(wanted).unwrap()),
            ..Changes::default()
        };
        let (outcome, container) = deployed(changes).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
        let container = container.unwrap();
        assert_eq!(container["environment"][0]["value"], value);
    }
}

#[tokio::test(start_paused = true)]
async fn a_variable_that_names_the_commit_of_an_image_without_one_is_refused() {
    let digest = format!("vkuldeep1/myapp@sha256:{}", "0a".repeat(32));
    let changes = Changes {
        definition: file(release),
        image: Some(Wanted::parse(&digest).unwrap()),
        ..Changes::default()
    };
    let (outcome, container) = deployed(changes).await;
    let error = outcome.error.unwrap();
    assert!(
        error.contains("\"shop:COMMIT\" of the container app"),
        "{error}"
    );
    assert_eq!(container, None);
}

#[tokio::test(start_paused = true)]
async fn what_the_command_line_says_is_no_placeholder() {
    let value = "arn:aws:sns:us-east-1:111122223333:a";
    for definition in [None, file(|_| {})] {
        let changes = Changes {
            definition,
            variables: vec![("T".into(), value.into()), ("C".into(), "x:COMMIT".into())],
            ..Changes::default()
        };
        let (outcome, container) = deployed(changes).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
        let environment = &container.unwrap()["environment"];
        assert_eq!(environment[0]["value"], value);
        assert_eq!(environment[1]["value"], "x:COMMIT");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_changes_is_deployed_and_listed() {
    let cloud = FakeEcs::succeeds();
    let changes = Changes {
        definition: file(|file| file["tags"] = json!([{ "key": "team", "value": "a" }])),
        ..Changes::default()
    };
    let order = ecs::deploy::Order {
        dry_run: true,
        ..changing(changes)
    };
    let mut told = Told::default();
    carry_out(&cloud, &with_all(), &order, &mut told).await;
    let texts = told.texts.join("\n");
    assert!(texts.contains("tags.team becomes \"a\""), "{texts}");
}
