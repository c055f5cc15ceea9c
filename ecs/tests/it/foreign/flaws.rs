//! What CloudFormation refuses of a template: told with its place, and the rest is checked.

use super::templates::SHOP;
use super::{assert_says, report_on, text};
use ecs::doctor::{CheckId, Report, Status};

const SECTIONS: &str = "
Mappings:
  Sizes: { large: { Tasks: 9 }, small: { Tasks: 2 } }
Conditions:
  Open: !Equals [!Ref Vpc, vpc-1]
  One: !Not [!Condition Two]
  Two: !Or [!Condition One, !Equals [a, b]]
  Self: !Not [!Condition Self]
Resources:\n";

/// The shop with another count of tasks, which is in line 40.
fn counting(count: &str) -> Report {
    let text = SHOP.replacen("Resources:\n", SECTIONS, 1);
    report_on("shop.yaml", &text.replace("DesiredCount: '2'", count))
}

#[test]
fn a_flaw_is_a_failure_with_its_line_and_the_rest_is_checked() {
    for (count, told, fix) in [
        (
            "DesiredCount: !FindInMap [Sizes, medium, Tasks]",
            "because of DesiredCount of Service: the mapping Sizes has no key medium (",
            "name one of large, small, or add medium to it",
        ),
        (
            "DesiredCount: !FindInMap [Sizes, small, Count]",
            "because of DesiredCount of Service: the mapping small of Sizes has no key Count (",
            "name Tasks, or add Count to it",
        ),
        (
            "DesiredCount: !FindInMap [Size, small, Tasks]",
            "the template has no mapping Size (",
            "name Sizes, or add Size to Mappings",
        ),
        (
            "DesiredCount: !If [Opne, 1, 2]",
            "the template has no condition Opne (",
            "name one of One, Open, Self, Two, or add Opne to Conditions",
        ),
        (
            "DesiredCount: !If [Open, 1]",
            "Fn::If does not have what it takes: the name of a condition and two values (",
            "give Fn::If the name of a condition and two values",
        ),
        (
            "DesiredCount: !Ref Prot",
            "Prot is neither a parameter nor a resource of the template (",
            "name Port",
        ),
    ] {
        let report = counting(count);
        assert_eq!(report.cause, Some(CheckId::Tasks), "{}", text(&report));
        assert_says(&report, (CheckId::Tasks, Status::Fail), told);
        let findings = &report.check(CheckId::Tasks).findings;
        let finding = findings.iter().find(|it| it.text.contains(told)).unwrap();
        assert!(finding.text.contains("shop.yaml:40:7)"), "{}", finding.text);
        assert_eq!(finding.fix.as_deref(), Some(fix));
        // What is wrong is not taken for the default.
        assert_says(
            &report,
            (CheckId::Tasks, Status::Fail),
            "desiredCount of Service is",
        );
        for check in [CheckId::Attachment, CheckId::SecurityGroups] {
            let status = report.check(check).status;
            assert_eq!(status, Status::Pass, "{}", text(&report));
        }
    }
}

#[test]
fn conditions_in_a_circle_are_named_once() {
    for (condition, told) in [
        ("One", "One, Two refer to each other ("),
        ("Self", "Self refers to itself ("),
    ] {
        let report = counting(&format!("DesiredCount: !If [{condition}, 1, 2]"));
        assert_says(&report, (CheckId::Tasks, Status::Fail), told);
        assert_eq!(text(&report).matches(told).count(), 1);
    }
}

#[test]
fn a_value_that_is_given_or_has_a_default_is_no_flaw() {
    let report = counting("DesiredCount: !FindInMap [Sizes, large, Tasks]");
    assert_eq!(report.check(CheckId::Tasks).status, Status::Pass);
    let report = counting("DesiredCount: !FindInMap [Sizes, !Ref Vpc, Tasks]");
    let told = "desiredCount of Service is an entry of the mapping Sizes, which depends on what is unknown";
    assert_says(&report, (CheckId::Tasks, Status::Unknown), told);
}

/// Its sections may be in another file.
#[test]
fn what_a_part_of_a_template_does_not_have_is_unknown() {
    for (count, told) in [
        ("!If [Open, 1, 2]", "the template has no condition Open"),
        ("!FindInMap [A, b, c]", "the template has no mapping A"),
        ("!Ref Count", "Count is neither a parameter nor a resource"),
    ] {
        let part = format!(
            "Resources:\n  Api:\n    Type: AWS::ECS::Service\n    Properties: {{ TaskDefinition: 'a:1', DesiredCount: {count} }}\n"
        );
        let report = report_on("a.yaml", &part);
        assert!(report.ok, "{}", text(&report));
        let told = format!("desiredCount of Api is a value that is unknown, because {told}");
        assert_says(&report, (CheckId::Tasks, Status::Unknown), &told);
    }
}

#[test]
fn conditions_of_conditions_are_decided_once_each() {
    let mut sections = "\nConditions:\n  C0: !Equals [!Ref Vpc, vpc-1]\n".to_owned();
    for number in 1..60 {
        let last = number - 1;
        sections += &format!("  C{number}: !Or [!Condition C{last}, !Condition C{last}]\n");
    }
    let template = SHOP.replacen("Resources:\n", &format!("{sections}Resources:\n"), 1);
    let template = template.replace("DesiredCount: '2'", "DesiredCount: !If [C59, 1, 2]");
    let report = report_on("shop.yaml", &template);
    let told = "decided by the condition C59";
    assert_says(&report, (CheckId::Tasks, Status::Unknown), told);
}

#[test]
fn a_default_of_a_mapping_needs_its_transform() {
    let count = "DesiredCount: !FindInMap [Sizes, medium, Tasks, { DefaultValue: 3 }]";
    let told = "Fn::FindInMap has a DefaultValue, which only the transform AWS::LanguageExtensions knows (";
    assert_says(&counting(count), (CheckId::Tasks, Status::Fail), told);
    let transform = "Transform: AWS::LanguageExtensions\n";
    let template = SHOP.replacen("Resources:\n", &format!("{transform}{SECTIONS}"), 1);
    let report = report_on("shop.yaml", &template.replace("DesiredCount: '2'", count));
    assert!(report.ok, "{}", text(&report));
}

#[test]
fn a_list_is_no_key_of_a_mapping() {
    let report = counting("DesiredCount: !FindInMap [Sizes, [small], Tasks]");
    let told = "Fn::FindInMap does not have what it takes: the name of a mapping and two keys (";
    assert_says(&report, (CheckId::Tasks, Status::Fail), told);
}

/// The shop with a queue of this kind, which is not on the way to the service.
fn with_queue(queue: &str) -> Report {
    let template = SHOP.replacen("Resources:\n", SECTIONS, 1);
    let queue = format!("Queue: {{ Type: AWS::SQS::Queue, {queue} }}");
    report_on(
        "shop.yaml",
        &template.replace("Queue: { Type: AWS::SQS::Queue }", &queue),
    )
}

#[test]
fn names_are_looked_for_in_every_resource() {
    for (queue, told) in [
        (
            "Condition: Opne",
            "because of Condition of Queue: the template has no condition Opne (",
        ),
        (
            "Properties: { QueueName: !If [Opne, a, b] }",
            "because of QueueName of Queue: the template has no condition Opne (",
        ),
        (
            "Properties: { Tags: [{ Value: !FindInMap [Sizes, small, Count] }] }",
            "because of Tags[0].Value of Queue: the mapping small of Sizes has no key Count (",
        ),
    ] {
        assert_says(&with_queue(queue), (CheckId::Tasks, Status::Fail), told);
    }
    for queue in [
        "Condition: Open",
        "Properties: { QueueName: !If [Open, !Ref 'AWS::NoValue', !FindInMap [Sizes, !Ref Vpc, Tasks]] }",
        "Properties: { Policy: { Condition: Opne, Fn::Unheard: [Opne] } }",
    ] {
        let report = with_queue(queue);
        assert!(report.ok, "{}", text(&report));
    }
}

#[test]
fn what_belongs_beside_the_properties_is_refused_among_them() {
    let report = counting("DesiredCount: 2\n      Condition: Open");
    let told = "Condition is among the properties of Service (";
    assert_says(&report, (CheckId::Tasks, Status::Fail), told);
}
