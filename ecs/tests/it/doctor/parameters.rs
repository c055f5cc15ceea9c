//! The repository's own stack, with every value of its parameters: nothing to complain about.

use super::sound::{IMAGE, found};
use super::text;
use ecs::doctor::{Status, examine};
use ecs::facts::Facts;
use ecs::files::{Template, Wanted, facts, facts_of, find};
use std::path::Path;

/// Values of parameters that take any.
const OTHERS: &[(&str, &str)] = &[
    (
        "CertificateArn",
        "arn:aws:acm:us-east-1:111122223333:certificate/1",
    ),
    ("CurrentCount", "7"),
    ("DesiredCount", "1"),
    ("DesiredCount", "100"),
    (
        "RegistrySecretArn",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:docker",
    ),
];

/// A parameter and one of its values, each that is allowed; of many, the first and the last.
fn values(template: &Template) -> Vec<(String, String)> {
    let parameters = template.as_json()["Parameters"].as_object().unwrap();
    let allowed = parameters.iter().flat_map(|(name, parameter)| {
        let all = parameter["AllowedValues"].as_array().map(Vec::as_slice);
        let all = match all.unwrap_or_default() {
            [first, .., last] if all.is_some_and(|all| all.len() > 4) => vec![first, last],
            few => few.iter().collect(),
        };
        let plain = |value: &serde_json::Value| value.to_string().trim_matches('"').to_owned();
        let all = all.into_iter().map(plain);
        all.map(|value| (name.clone(), value)).collect::<Vec<_>>()
    });
    let others = OTHERS.iter();
    let others = others.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    allowed.chain(others).collect()
}

#[track_caller]
fn assert_sound(mut all: Vec<Facts>, parameters: &[(String, String)]) {
    let is_parked = parameters.contains(&("Parked".into(), "true".into()));
    for facts in &mut all {
        facts.is_of_files = true;
        facts.images = vec![found(); facts.definition.container_definitions.len()];
    }
    let report = examine(&all, "the stack");
    let told = text(&report);
    assert!(report.ok, "{parameters:?}: {told}");
    for check in report.checks.iter().filter(|_| !is_parked) {
        assert_eq!(check.status, Status::Pass, "{parameters:?}: {told}");
    }
}

#[test]
fn any_two_of_them_are_sound_as_the_stack_and_as_somebodys_template() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("stack.yaml");
    let (template, found) = (Template::read(&file).unwrap(), find(&file).unwrap());
    let values = values(&template);
    assert!(values.len() > 15, "{values:?}");
    for (number, first) in values.iter().enumerate() {
        for second in &values[number + 1..] {
            if first.0 == second.0 {
                continue;
            }
            let image = ("Image".to_owned(), IMAGE.to_owned());
            let parameters = [image, first.clone(), second.clone()];
            let wanted = Wanted {
                parameters: &parameters,
                ..Wanted::default()
            };
            assert_sound(facts(&found, wanted).unwrap(), &parameters);
            let plain = parameters.iter();
            let plain: Vec<(&str, &str)> = plain
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_sound(vec![facts_of(&template, &plain).unwrap()], &parameters);
        }
    }
}
