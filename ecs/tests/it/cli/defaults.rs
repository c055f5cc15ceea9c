//! `ecs/ecs.toml`: what goes before what, and what a mistake in it does to which commands.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_with, stderr, stdout};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const ARN: &str = "arn:aws:ecs:eu-west-1:111122223333:service/other/shop";

/// A command in a folder below one with this file.
fn below(file: &str, arguments: &[&str]) -> (TempDir, Command) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("ecs")).unwrap();
    fs::create_dir_all(folder.path().join("src")).unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("ecs/ecs.toml"), file).unwrap();
    let mut command = command(arguments);
    command.current_dir(folder.path().join("src"));
    (folder, command)
}

/// The template of this repository, which is another one than that of a folder below which a command runs.
fn template() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stack.yaml")
}

/// Whose outcome it is: a commit that is none ends it before anything is asked.
fn place(output: &Output) -> (String, String) {
    let json: serde_json::Value =
        serde_json::from_str(&stdout(output)).unwrap_or_else(|_| panic!("{}", stderr(output)));
    let text = |name: &str| json[name].as_str().unwrap().to_owned();
    (text("service"), text("cluster"))
}

#[test]
fn an_option_goes_before_a_variable_before_the_file_before_what_is_built_in() {
    let both = "service = \"file\"\ncluster = \"main\"";
    let (option, variable) = (Some("option"), Some("variable"));
    for (file, given, set, expected) in [
        (both, option, variable, ("option", "main")),
        (both, None, variable, ("variable", "main")),
        (both, None, None, ("file", "main")),
        ("service = \"file\"", None, None, ("file", "file")),
        // What an ARN names goes with it.
        (both, Some(ARN), variable, ("shop", "other")),
        (both, None, Some(ARN), ("shop", "other")),
        ("", option, variable, ("option", "option")),
    ] {
        let (_folder, mut command) = below(file, &["deploy", "a b", "--json"]);
        command.args(given.map(|name| format!("--service={name}")));
        command.envs(set.map(|name| ("ECS_SERVICE", name)));
        let output = command.output().unwrap();
        let (service, cluster) = place(&output);
        assert_eq!((service.as_str(), cluster.as_str()), expected);
    }
}

#[test]
fn what_deletes_or_looks_at_files_takes_no_name_from_the_file() {
    let file = "service = \"shop\"\nstack = \"shop\"";
    let (_folder, mut drill) = below(file, &["drill", "--image", "me/shop:1"]);
    let output = drill.output().unwrap();
    assert!(stderr(&output).contains("--stack"), "{}", stderr(&output));
    let (_folder, mut doctor) = below(file, &["doctor", "--offline"]);
    let output = doctor.output().unwrap();
    assert!(
        stderr(&output).contains("ecs/stack.yaml"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_templates_parameters_are_those_of_the_command_then_those_of_the_file() {
    let other = template();
    let other = other.to_str().unwrap();
    let file = "[parameters]\nCollector = true\nCollectorImage = \"of file:1\"";
    let given = ["--parameter", "CollectorImage=of option:1"];
    let own = "../ecs/stack.yaml";
    for (path, given, said) in [
        (&[][..], &[][..], Some("of file:1")),
        (&["--template", own], &[], Some("of file:1")),
        (&[own], &[], Some("of file:1")),
        (&[], &given, Some("of option:1")),
        // The file is about this repository's template and no other.
        (&["--template", other], &[], None),
        (&[other], &[], None),
    ] {
        let (folder, mut doctor) = below(file, &["doctor", "--offline"]);
        fs::copy(other, folder.path().join("ecs/stack.yaml")).unwrap();
        doctor.args(path).args(given);
        let output = doctor.output().unwrap();
        let text = stdout(&output);
        let named = ["of file:1", "of option:1"]
            .into_iter()
            .find(|it| text.contains(it));
        assert_eq!(named, said, "{text}{}", stderr(&output));
        let hint = "ecs/ecs.toml is about ecs/stack.yaml, so";
        let told = stderr(&output);
        assert_eq!(told.contains(hint), said.is_none(), "{told}");
    }
}

#[test]
fn what_changes_a_stack_by_another_template_takes_no_parameter_of_the_file() {
    let other = template();
    // The template does not have it, and would be refused for that.
    let file = "[parameters]\nMaxCuont = 4";
    for arguments in [
        &["up", "--stack", "shop"][..],
        &["drill", "--stack", "shop", "--image", "me/shop:1"],
    ] {
        let (_folder, mut command) = below(file, arguments);
        command.arg("--template").arg(&other);
        let output = command.output().unwrap();
        let text = stderr(&output);
        assert!(text.contains("set AWS_REGION"), "{text}");
    }
}

#[test]
fn a_parameter_that_the_template_does_not_have_is_told_with_who_says_so_and_the_nearest() {
    for command in ["doctor", "up"] {
        for (file, given, said) in [
            (
                "[parameters]\nMaxCuont = 4",
                &[][..],
                "ecs/ecs.toml: the template has no parameter \"MaxCuont\"; did you mean \"MaxCount\"?",
            ),
            (
                "",
                &["--parameter", "Appname=shop"],
                "--parameter: the template has no parameter \"Appname\"; did you mean \"AppName\"?",
            ),
            (
                "",
                &["--parameter", "prot=9000"],
                "--parameter: the template has no parameter \"prot\"; did you mean \"Port\"?",
            ),
        ] {
            let (folder, mut asked) = below(file, &[command]);
            fs::copy(template(), folder.path().join("ecs/stack.yaml")).unwrap();
            asked.args(given).env("ECS_SERVICE", "shop");
            let output = asked.output().unwrap();
            assert!(!output.status.success());
            let text = stderr(&output);
            assert!(text.contains(said), "{text}");
        }
    }
}

#[test]
fn a_value_that_the_template_does_not_take_is_told_where_it_is_given() {
    for (file, given, place) in [
        (
            "[parameters]\nMaxCount = 4\nPort = \"http\"",
            &[][..],
            "ecs/ecs.toml:3)",
        ),
        ("", &["--parameter", "Port=http"], "(--parameter Port)"),
    ] {
        let (folder, mut doctor) = below(file, &["doctor", "--offline"]);
        fs::copy(template(), folder.path().join("ecs/stack.yaml")).unwrap();
        let output = doctor.args(given).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let text = stdout(&output);
        let said = "the parameter Port is \"http\", and has to be a number (";
        assert!(text.contains(said) && text.contains(place), "{text}");
    }
}

#[test]
fn a_mistake_in_it_ends_all_but_help_and_completions() {
    let file = "regoin = \"eu-west-1\"";
    let (_folder, mut status) = below(file, &["status", "--service", "shop"]);
    let output = status.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.ends_with("ecs/ecs.toml:1: unknown key \"regoin\"; did you mean \"region\"?\n"),
        "{text}"
    );
    for arguments in [
        &["--help"][..],
        &["status", "--help"],
        &["completions", "bash"],
    ] {
        let (_folder, mut command) = below(file, arguments);
        assert_eq!(
            command.output().unwrap().status.code(),
            Some(0),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_file_that_is_not_text_is_named_and_an_empty_one_sets_nothing() {
    let (folder, mut status) = below("", &["status", "--service", "shop"]);
    let file = folder.path().join("ecs/ecs.toml");
    fs::write(&file, b"\xff\xfes\0").unwrap();
    let output = status.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("ecs/ecs.toml is UTF-16; save it as UTF-8"),
        "{text}"
    );
    let (_folder, mut deploy) = below("", &["deploy", "a b", "--service", "shop", "--json"]);
    assert_eq!(place(&deploy.output().unwrap()).0, "shop");
}

#[tokio::test]
async fn aws_is_asked_where_the_options_or_the_file_say_so() {
    let aws = FakeAws::start(Answers::default()).await;
    let keys = [
        ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
    ];
    let endpoint = aws.place()[0].1.clone();
    for (file, arguments, variable, region) in [
        (
            "region = \"of-file\"",
            &["--region", "of-option"][..],
            Some("of-variable"),
            "of-option",
        ),
        (
            "region = \"of-file\"",
            &[],
            Some("of-variable"),
            "of-variable",
        ),
        ("region = \"of-file\"", &[], None, "of-file"),
    ] {
        // A global option goes before the command and behind it.
        let mut all = vec!["--endpoint", &endpoint, "doctor", "--offline"];
        all.extend(["--service", "shop", "--definition", "none"]);
        all.extend(arguments);
        let (_folder, mut command) = below(file, &all);
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        command.envs(variable.map(|region| ("AWS_REGION", region)));
        let output = run_with(keys.clone(), command).await;
        assert!(
            stdout(&output).contains(region),
            "{}{}",
            stdout(&output),
            stderr(&output)
        );
    }
}

#[tokio::test]
async fn a_profile_that_is_asked_for_goes_before_keys_in_the_environment() {
    let aws = FakeAws::start(Answers::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    fs::write(&config, "[profile empty]\nregion = us-east-1\n").unwrap();
    for (file, option, code) in [
        // It has no credentials, so nothing can be asked.
        ("", &["--profile", "empty"][..], 1),
        ("profile = \"empty\"", &[], 0),
    ] {
        let (_folder, mut command) = below(file, &["status", "--service", "shop"]);
        command.args(option).env("AWS_CONFIG_FILE", &config);
        let output = run_with(aws.variables(), command).await;
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    }
}

#[test]
fn completions_have_no_hidden_options_and_those_of_cargo_too() {
    for (shell, of_cargo) in [
        ("bash", "-F __cargo_ecs cargo"),
        ("fish", "complete -c cargo -n"),
    ] {
        let script = stdout(&super::run(&["completions", shell]));
        assert!(!script.contains("github-output"), "{shell}");
        assert!(script.contains(of_cargo), "{shell}");
        assert!(script.contains("profile"), "{shell}");
    }
}

#[test]
fn help_groups_the_options() {
    let help = stdout(&super::run(&["deploy", "--help"]));
    for heading in ["\nOptions:", "\nRegistry options:", "\nAWS options:"] {
        assert_eq!(help.matches(heading).count(), 1, "{help}");
    }
    let own = help.find("--dry-run").unwrap();
    assert!(own < help.find("\nRegistry options:").unwrap(), "{help}");
}
