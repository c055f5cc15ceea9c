//! Files that cannot be read: each is named, with the line or the field.

use super::{examined, folder, said};
use ecs::files::Wanted;
use std::fmt::Write as _;
use std::fs;

#[track_caller]
fn assert_refused(name: &str, bytes: &[u8], told: &[&str]) {
    let folder = folder(&[]);
    let file = folder.path().join(name);
    fs::write(&file, bytes).unwrap();
    let error = examined(&file, Wanted::default());
    let error = said(&error.expect_err(name));
    for told in told.iter().chain([&name]) {
        assert!(error.contains(told), "{told}: {error}");
    }
    let name_alone = error.matches(name).count();
    assert_eq!(name_alone, 1, "{error}");
}

#[test]
fn what_is_no_text_is_called_what_it_is() {
    assert_refused("a.json", b"", &["is empty"]);
    assert_refused("a.yaml", b" \n\n", &["is empty"]);
    assert_refused("a.yaml", b"a: b\nc: \xe9\n", &["line 2 is not UTF-8"]);
    assert_refused("a.json", b"{\"a\": \"\0\"}", &["is a binary file"]);
    assert_refused("a.json", b"\xff\xfe{\0}\0", &["is UTF-16"]);
    assert_refused(
        "a.yaml",
        &vec![b'a'; (8 << 20) + 1],
        &["is larger than 8 MiB"],
    );
}

#[test]
fn a_fault_of_the_grammar_has_its_line() {
    assert_refused(
        "a.yaml",
        b"Resources:\n\tA: 1\n",
        &["invalid YAML", "line 2"],
    );
    assert_refused(
        "a.yaml",
        b"Resources:\n  A: 1\n  A: 2\n",
        &["duplicate entry", "line 2"],
    );
    assert_refused(
        "a.json",
        b"{\"family\": \"a\",\n\"family\": \"b\"}",
        &["duplicate key \"family\"", "line 2"],
    );
    assert_refused(
        "a.json",
        b"{\n\"family\": {{ family }}\n}",
        &["{{ family }}", "line 2"],
    );
    assert_refused(
        "a.yaml",
        b"A: 1\n{{ if .B }}\nC: 2\n",
        &["{{ if .B }}", "line 3"],
    );
    assert_refused(
        "a.yaml",
        b"Resources: {}\n---\nResources: {}\n",
        &["the next document begins in line 2"],
    );
}

#[test]
fn neither_depth_nor_aliases_bring_it_down() {
    let deep = "{\"Resources\":".repeat(5000);
    assert_refused("a.json", deep.as_bytes(), &["recursion limit", "line 1"]);
    let deep = (0..500).fold(String::new(), |mut text, depth| {
        writeln!(text, "{}a:", " ".repeat(depth)).unwrap();
        text
    });
    assert_refused("a.yaml", deep.as_bytes(), &["recursion limit"]);
    let bomb =
        ('a'..'k')
            .zip('b'..)
            .fold("a: &a [x, x, x]\n".to_owned(), |mut text, (last, next)| {
                writeln!(
                    text,
                    "{next}: &{next} [{}]",
                    vec![format!("*{last}"); 12].join(", ")
                )
                .unwrap();
                text
            });
    assert_refused(
        "a.yaml",
        bomb.as_bytes(),
        &["its aliases, the first in line 2"],
    );
    assert_refused("a.yaml", b"Resources: &a\n  B: *a\n", &["line"]);
}

#[test]
fn what_is_something_else_is_told_what_is_missing() {
    for text in ["[1]", "some text", "null", "{\"version\": 1}"] {
        assert_refused(
            "a.yaml",
            text.as_bytes(),
            &["Resources: missing", "containerDefinitions: missing"],
        );
    }
    assert_refused(
        "a.json",
        b"{\"Resources\": []}",
        &["Resources: not an object"],
    );
    assert_refused(
        "a.json",
        b"{\"containerDefinitions\": {}}",
        &["containerDefinitions: not a list"],
    );
    assert_refused(
        "a.json",
        b"{\"taskDefinition\": []}",
        &["taskDefinition: not an object"],
    );
}

#[test]
fn a_template_that_is_wrong_has_its_resource_and_field_named() {
    let service = |properties: &str| {
        format!("Resources:\n  Api:\n    Type: AWS::ECS::Service\n    Properties: {properties}\n")
    };
    for (properties, told) in [
        ("[1]", &["resource Api", "Properties: not an object"][..]),
        ("{ DesiredCount: two }", &["resource Api", "desiredCount"]),
        ("{ DesiredCount: !If [A, 1] }", &["resource Api", "Fn::If"]),
        (
            "{ DesiredCount: !FindInMap [A, b, c] }",
            &["resource Api", "Fn::FindInMap of A, b, c"],
        ),
        (
            "{ LoadBalancers: [1] }",
            &["resource Api", "loadBalancers[0]"],
        ),
    ] {
        assert_refused("a.yaml", service(properties).as_bytes(), told);
    }
    let circle = "Conditions: { A: !Condition B, B: !Condition A }\nResources: { Api: { Type: AWS::ECS::Service, Condition: A } }";
    assert_refused(
        "a.yaml",
        circle.as_bytes(),
        &["resource Api", "refer to each other"],
    );
    assert_refused(
        "a.yaml",
        b"Resources: {}",
        &["no AWS::ECS::Service and no AWS::ECS::TaskDefinition"],
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_fault() {
    let definition = "\u{feff}{\r\n\"family\": \"a\",\r\n\t\"containerDefinitions\": [{ \"name\": \"a\", \"image\": \"me/a:1\" }]\r\n}";
    assert!(super::report_on("a.json", definition).ok);
}
