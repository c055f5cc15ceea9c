//! A template whose variables depend on what is known, and on what is not, beside what the image asks for.

use super::templates::{UNKNOWN, changed};
use super::{assert_says, folder, text};
use dualrun::app::AppConfig;
use dualrun::contract::Contract;
use ecs::doctor::{CheckId, Report, Status, examine};
use ecs::files::{Wanted, facts, find};
use ecs::image::{Found, ImageConfig, Lookup, Platform};

const CONDITIONS: &str = "Conditions:
  Open: !Equals [!Ref Vpc, vpc-1]
  Always: !Equals [a, a]
  Never: !Equals [a, b]
Resources:
";
const OTHERS: &str = "{ Name: ENVIRONMENT, Value: test }, { Name: SECRET_KEY, Value: x }";

/// What an image of the example service tells.
fn image() -> Lookup {
    Lookup::Found(Box::new(Found {
        platforms: vec![Platform {
            os: "linux".into(),
            architecture: "amd64".into(),
        }],
        config: ImageConfig {
            contract: Some(Contract::of::<AppConfig>().map_err(|error| error.to_string())),
            ..ImageConfig::default()
        },
        ..Found::default()
    }))
}

/// The shop with these fields of its container in the place of its environment.
fn shop(fields: &str, changes: &[(&str, &str)]) -> Report {
    let environment = "          Environment: [{ Name: QUEUE, Value: !GetAtt Queue.QueueName }]";
    let fields = format!("          {fields}");
    let own = [
        (environment, fields.as_str()),
        ("Resources:\n", CONDITIONS),
        ("Default: 80", "Default: 8000"),
        (
            "Protocol: HTTP,",
            "Protocol: HTTP, HealthCheckPath: /health,",
        ),
        ("  Vpc: {", "  Key: { Type: String }\n  Vpc: {"),
    ];
    let template = changed(&[&own, changes].concat());
    let folder = folder(&[("shop.yaml", &template)]);
    let found = find(&folder.path().join("shop.yaml")).unwrap();
    let mut all = facts(&found, Wanted::default()).unwrap();
    for facts in &mut all {
        for container in &mut facts.definition.container_definitions {
            facts.images.push(image());
            let Lookup::Found(found) = image() else {
                unreachable!()
            };
            container.image_config = found.config;
        }
    }
    examine(&all, "a file")
}

#[test]
fn a_variable_behind_a_condition_is_there_where_its_branch_is_chosen() {
    for (variable, status, said) in [
        (
            "!If [Always, { Name: APP_NAME, Value: a }, !Ref 'AWS::NoValue']",
            Status::Pass,
            "web gets the variables that its image asks for",
        ),
        (
            "!If [Never, !Ref 'AWS::NoValue', { Name: APP_NAME, Value: a }]",
            Status::Pass,
            "web gets the variables that its image asks for",
        ),
        (
            "!If [Never, { Name: APP_NAME, Value: a }, !Ref 'AWS::NoValue']",
            Status::Fail,
            "its image requires APP_NAME",
        ),
        (
            "!If [Always, { Name: APP_NMAE, Value: a }, { Name: APP_NAME, Value: a }]",
            Status::Fail,
            "its image requires APP_NAME",
        ),
        (
            "!If [Open, { Name: APP_NAME, Value: a }, !Ref 'AWS::NoValue']",
            UNKNOWN,
            "web requires APP_NAME, which can only come from what is not known here",
        ),
        (
            "{ Name: !Ref Key, Value: a }",
            UNKNOWN,
            "web requires APP_NAME, which can only come from what is not known here",
        ),
        (
            "{ Name: !Sub 'APP_${Key}', Value: a }",
            UNKNOWN,
            "web requires APP_NAME, which can only come from what is not known here",
        ),
        (
            "{ Name: !If [Open, APP_NAME, NAME], Value: a }",
            UNKNOWN,
            "web requires APP_NAME, which can only come from what is not known here",
        ),
        (
            "{ Name: !Sub 'DUALRUN_${Key}', Value: a }, { Name: APP_NAME, Value: a }",
            UNKNOWN,
            "web gets the variables that its image asks for",
        ),
        // The name is known, whatever the value.
        (
            "{ Name: APP_NAME, Value: !If [Open, a, b] }",
            Status::Pass,
            "web gets the variables that its image asks for",
        ),
    ] {
        let report = shop(&format!("Environment: [{OTHERS}, {variable}]"), &[]);
        assert_says(&report, (CheckId::Tasks, status), said);
    }
}

#[test]
fn the_whole_list_the_secrets_and_the_command_may_depend_on_a_condition() {
    let all = format!("[{OTHERS}, {{ Name: APP_NAME, Value: a }}]");
    for (fields, status, said) in [
        (
            format!("Environment: !If [Never, [{OTHERS}], {all}]"),
            Status::Pass,
            "web gets the variables",
        ),
        (
            format!("Environment: !If [Open, [{OTHERS}], {all}]"),
            UNKNOWN,
            "web requires APP_NAME, ENVIRONMENT, SECRET_KEY, which can only come from what is not known here",
        ),
        (
            format!(
                "Environment: [{OTHERS}]\n          \
                 Secrets: [!If [Open, {{ Name: APP_NAME, ValueFrom: name }}, !Ref 'AWS::NoValue']]"
            ),
            UNKNOWN,
            "web requires APP_NAME, which can only come from what is not known here",
        ),
        (
            format!(
                "Environment: [{OTHERS}]\n          Command: !If [Open, [migrate], !Ref 'AWS::NoValue']"
            ),
            UNKNOWN,
            "since the command that it runs is not known here",
        ),
        (
            format!(
                "Environment: [{OTHERS}]\n          Command: !If [Never, [migrate], !Ref 'AWS::NoValue']"
            ),
            Status::Fail,
            "its image requires APP_NAME",
        ),
        (
            format!(
                "Environment: [{OTHERS}]\n          Command: !If [Always, [migrate], !Ref 'AWS::NoValue']"
            ),
            Status::Pass,
            "another program or command is run",
        ),
    ] {
        let report = shop(&fields, &[]);
        assert_says(&report, (CheckId::Tasks, status), said);
    }
}

#[test]
fn so_may_the_address_on_which_it_listens() {
    let of = |condition: &str, port: u16| {
        let addr = format!("{{ Name: DUALRUN_ADDR, Value: '0.0.0.0:{port}' }}");
        shop(
            &format!("Environment: [!If [{condition}, {addr}, !Ref 'AWS::NoValue']]"),
            &[],
        )
    };
    let port = CheckId::ContainerPort;
    let listens = "web listens on 9000 (DUALRUN_ADDR=0.0.0.0:9000), and the definition maps 8000";
    assert_says(&of("Always", 9000), (port, Status::Fail), listens);
    assert_says(
        &of("Never", 9000),
        (port, Status::Pass),
        "its image's contract",
    );
    let unknown = "where web listens is unknown, since DUALRUN_ADDR may be a variable whose name is not known here";
    assert_says(&of("Open", 9000), (port, UNKNOWN), unknown);
}

#[test]
fn a_container_or_a_port_behind_a_condition_is_neither_there_nor_missing() {
    let whole = format!("Environment: [{OTHERS}, {{ Name: APP_NAME, Value: a }}]");
    let containers = "      ContainerDefinitions:\n";
    // One before the app does not take what is open of the app for its own.
    let sidecar = format!(
        "{containers}        - !If [Open, {{ Name: side, Image: 'me/side:1' }}, !Ref 'AWS::NoValue']\n"
    );
    let report = shop(
        &format!("Environment: [{OTHERS}, {{ Name: !Ref Key, Value: a }}]"),
        &[(containers, &sidecar)],
    );
    let said = "web requires APP_NAME, which can only come from what is not known here";
    assert_says(&report, (CheckId::Tasks, UNKNOWN), said);
    let app = "        - Name: web\n          Image: !Sub 'me/shop:${Tag}'\n";
    let perhaps = "        - !If [Open, { Name: web, Image: 'me/a:1' }, { Name: web, Image: 'me/b:1' }]\n        \
                   - Name: side\n          Image: 'me/side:1'\n";
    let report = shop(&whole, &[(app, perhaps)]);
    let said = "attaches the container \"web\"; whether the definition has it is not known here";
    assert_says(&report, (CheckId::Attachment, UNKNOWN), said);
    assert!(report.ok, "{}", text(&report));
    let port = "[{ ContainerPort: !Ref Port }]";
    let perhaps =
        "[{ ContainerPort: 9000 }, !If [Open, { ContainerPort: 8000 }, !Ref 'AWS::NoValue']]";
    let report = shop(&whole, &[(port, perhaps)]);
    let said = "web listens on 8000 (its image's contract), and the definition maps 9000 and what is not known here";
    assert_says(&report, (CheckId::ContainerPort, UNKNOWN), said);
    assert!(report.ok, "{}", text(&report));
}
