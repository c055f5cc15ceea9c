//! Values of a template's parameters that CloudFormation refuses.

use super::templates::SHOP;
use super::{assert_says, examined, folder, said, text};
use ecs::doctor::{CheckId, Report, Status};
use ecs::files::Wanted;

/// The shop with another parameter, and a value that is given to it.
fn with(parameter: &str, given: Option<&str>) -> Report {
    let text = SHOP.replacen(
        "Parameters:\n",
        &format!("Parameters:\n  Own: {parameter}\n"),
        1,
    );
    let folder = folder(&[("shop.yaml", &text)]);
    let given: Vec<_> = given
        .map(|it| ("Own".to_owned(), it.to_owned()))
        .into_iter()
        .collect();
    let wanted = Wanted {
        parameters: &given,
        ..Wanted::default()
    };
    examined(&folder.path().join("shop.yaml"), wanted).unwrap_or_else(|e| panic!("{}", said(&e)))
}

#[test]
fn a_value_that_is_refused_is_a_failure_that_says_what_is_allowed() {
    for (parameter, given, is, asked) in [
        (
            "{ Type: String, AllowedValues: [a, b] }",
            "c",
            "is \"c\"",
            "one of a, b",
        ),
        (
            "{ Type: String, AllowedValues: [true] }",
            "yes",
            "is \"yes\"",
            "true",
        ),
        (
            "{ Type: Number, AllowedValues: [1, 3] }",
            "2",
            "is \"2\"",
            "one of 1, 3",
        ),
        (
            "{ Type: Number, MinValue: 1, MaxValue: 9 }",
            "0",
            "is \"0\"",
            "1 or more",
        ),
        (
            "{ Type: Number, MinValue: '1', MaxValue: '9' }",
            "10",
            "is \"10\"",
            "9 or less",
        ),
        ("{ Type: Number }", "http", "is \"http\"", "a number"),
        (
            "{ Type: String, MinLength: 2 }",
            "a",
            "is \"a\"",
            "2 characters long or longer",
        ),
        (
            "{ Type: String, MaxLength: 2 }",
            "abc",
            "is \"abc\"",
            "2 characters long or shorter",
        ),
        (
            "{ Type: String, AllowedPattern: '[a-z]+' }",
            "a1",
            "is \"a1\"",
            "of the form [a-z]+",
        ),
        (
            "{ Type: CommaDelimitedList, AllowedPattern: '[a-z]+' }",
            "a, b1",
            "is \"b1\"",
            "of the form [a-z]+",
        ),
        (
            "{ Type: String, NoEcho: true, MinLength: 8 }",
            "hunter2",
            "has a value that it does not take",
            "8 characters long or longer",
        ),
    ] {
        let report = with(parameter, Some(given));
        let told = format!(
            "CloudFormation refuses the template because the parameter Own {is}, and has to be {asked} ("
        );
        assert_says(&report, (CheckId::Tasks, Status::Fail), &told);
        assert!(text(&report).contains("shop.yaml:3:"), "{}", text(&report));
        let fix = format!("change the parameter Own: it has to be {asked}");
        let mut findings = report.check(CheckId::Tasks).findings.iter();
        assert!(findings.any(|it| it.fix.as_deref() == Some(&fix)));
        assert!(!text(&report).contains("hunter2"));
    }
}

#[test]
fn a_default_counts_where_nothing_is_given() {
    let parameter = "{ Type: String, Default: c, AllowedValues: [a, b] }";
    assert!(!with(parameter, None).ok);
    assert!(with(parameter, Some("a")).ok);
}

#[test]
fn a_value_that_is_allowed_or_cannot_be_judged_is_no_failure() {
    for (parameter, given) in [
        ("{ Type: String, AllowedValues: [true, false] }", "true"),
        (
            "{ Type: Number, MinValue: 1, MaxValue: 9, AllowedValues: [9] }",
            "9",
        ),
        (
            "{ Type: CommaDelimitedList, AllowedValues: [a, b] }",
            "a, b",
        ),
        // Rust's expressions do not look ahead.
        ("{ Type: String, AllowedPattern: '(?!x).+' }", "abc"),
        (
            "{ Type: 'AWS::SSM::Parameter::Value<String>', AllowedPattern: '[0-9]+' }",
            "/a/b",
        ),
        ("{ Type: String, AllowedValues: [a] }", "${OWN}"),
    ] {
        let report = with(parameter, Some(given));
        assert!(report.ok, "{}", text(&report));
    }
}

#[test]
fn a_port_that_is_no_number_is_told_of_its_parameter_alone() {
    let text_of = SHOP.replace(
        "Port: { Type: Number, Default: 80 }",
        "Port: { Type: Number, Default: http }",
    );
    let report = super::report_on("shop.yaml", &text_of);
    let told = "the parameter Port is \"http\", and has to be a number (";
    assert_says(&report, (CheckId::Tasks, Status::Fail), told);
}
