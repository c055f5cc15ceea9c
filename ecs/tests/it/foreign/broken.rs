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
    for (text, what) in [
        (
            "{\n  // a\n  \"family\": \"a\"\n}",
            "JSON with a comment in line 2",
        ),
        (
            "// a\n{ \"family\": \"a\" }",
            "JSON with a comment in line 1",
        ),
        (
            "{ \"family\": /* a */ \"a\" }",
            "JSON with a comment in line 1",
        ),
        (
            "{\n\"family\": \"a\",\n}",
            "JSON with a comma before a closing bracket in line 2",
        ),
    ] {
        assert_refused("a.json", text.as_bytes(), &[what]);
    }
    assert_refused(
        "a.yaml",
        b"A: &a 1\nB:\n  <<: *a\n",
        &["the merge key << in line 3"],
    );
    assert_refused(
        "a.yaml",
        b"A: 1\nB:\n  A: 2\n\"A\": 3\n",
        &["YAML with A twice, again in line 4"],
    );
    assert_refused(
        "a.json",
        b"{'family': 'a'}",
        &["put its keys into double quotes", "line 1"],
    );
    assert_refused(
        "a.json",
        b"{\n\"a\":",
        &["the file ends too early", "line 2"],
    );
    assert_refused("a.jsonl", b"{\"a\": 1}\n{\"a\": 2}\n", &["line 2"]);
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
        &["a.json:1:26", "containerDefinitions is not a list"],
    );
    assert_refused(
        "a.json",
        b"{\"taskDefinition\": []}",
        &["a.json:1:20", "taskDefinition is not an object"],
    );
}

#[test]
fn a_template_that_is_wrong_has_its_resource_and_field_named() {
    let service = |properties: &str| {
        format!("Resources:\n  Api:\n    Type: AWS::ECS::Service\n    Properties: {properties}\n")
    };
    for (properties, told) in [
        (
            "[1]",
            &["a.yaml:4:5", "resource Api", "Properties is not an object"][..],
        ),
        (
            "{ DesiredCount: two }",
            &[
                "a.yaml:4:19",
                "resource Api",
                "desiredCount is the string \"two\", and has to be a whole number",
            ],
        ),
        (
            "{ LoadBalancers: [1] }",
            &[
                "a.yaml:4:",
                "resource Api",
                "loadBalancers[0] is the number 1, and has to be an object",
            ],
        ),
    ] {
        assert_refused("a.yaml", service(properties).as_bytes(), told);
    }
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

#[test]
fn yaml_may_be_in_braces() {
    let template =
        "{Resources: {Service: {Type: AWS::ECS::Service, Properties: {TaskDefinition: 'shop:1'}}}}";
    assert!(super::report_on("a.yaml", template).ok);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = folder(&[]);
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let circle = folder.path().join("circle");
    std::os::unix::fs::symlink(&circle, &circle).unwrap();
    for (path, told) in [
        (&pipe, "is a pipe, a socket or a device"),
        (&circle, "cannot read"),
        (&folder.path().join("nowhere"), "or name the file"),
    ] {
        let error = said(&examined(path, Wanted::default()).unwrap_err());
        assert!(error.contains(told), "{error}");
    }
}
