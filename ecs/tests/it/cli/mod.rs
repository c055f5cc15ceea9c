//! The command as it is called: on files (`files`), on an AWS that refuses, and with arguments that are none.

mod arguments;
mod credentials;
mod defaults;
mod denied;
mod exec;
pub(crate) mod fake_aws;
mod files;
mod hints;
mod hosts;
mod identity;
mod logs;
mod service;
mod signals;
pub(crate) mod silence;
mod stack;
mod status;
mod streams;
mod texts;
mod without_verdict;

use fake_aws::{Answers, FakeAws};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
    command.args(arguments).env_clear();
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn our_own_files_are_sound_and_colours_are_for_terminals() {
    // As a subcommand of cargo, and by its own name.
    for arguments in [
        &["ecs", "doctor", "--offline"][..],
        &["doctor", "--offline"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
        assert!(!stdout(&output).contains('\u{1b}'));
        assert_eq!(
            stdout(&output).matches("PASS").count(),
            5,
            "{}",
            stdout(&output)
        );
    }
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        assert!(stdout(&output).contains("doctor"), "{shell}");
    }
}

/// What a real bash offers for these words, the last of which is being typed, after it has run `before`.
fn completed(before: &str, words: &[&str]) -> String {
    let script = stdout(&run(&["completions", "bash"]));
    let (last, program) = (words.len() - 1, words[0]);
    let ask = format!(
        "{before}\n{script}\nCOMP_WORDS=({}); COMP_CWORD={last}; f=$(complete -p {program} | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')\n\
         $f {program} \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{last}-1]}}\"; echo \"${{COMPREPLY[@]}}\"",
        words.join(" ")
    );
    let output = Command::new("bash").args(["--norc", "-c", &ask]).output();
    stdout(&output.unwrap())
}

#[test]
fn bash_completes_options_behind_a_command_by_both_names() {
    for words in [
        &["cargo-ecs", "deploy", "--refr"][..],
        &["cargo", "ecs", "deploy", "--refr"],
    ] {
        assert_eq!(completed("", words).trim(), "--refresh", "{words:?}");
    }
}

#[test]
fn cargos_own_completion_stays_whether_it_was_loaded_or_is_loaded_on_demand() {
    let own = "_cargo() { COMPREPLY=(build); }";
    // What bash-completion makes of a command that it knows nothing of.
    let loader = "_completion_loader() { complete -F _minimal \"$1\"; }";
    let loaded = format!("{own}; {loader}; complete -F _cargo cargo");
    let on_demand = format!("{own}; _completion_loader() {{ complete -F _cargo \"$1\"; }}");
    for before in [loaded, on_demand] {
        assert_eq!(completed(&before, &["cargo", "b"]).trim(), "build");
        let words = ["cargo", "ecs", "deploy", "--refr"];
        assert_eq!(completed(&before, &words).trim(), "--refresh");
    }
}

/// The doctor on a service of an AWS that the tests play.
async fn doctor_live(aws: &FakeAws) -> Output {
    let arguments = [
        "doctor",
        "--offline",
        "--service",
        "shop",
        "--definition",
        "none",
    ];
    run_on(aws, command(&arguments)).await
}

/// A command that asks an AWS of this thread.
pub(crate) async fn run_on(aws: &FakeAws, command: Command) -> Output {
    run_with(aws.variables(), command).await
}

async fn run_with(
    variables: impl IntoIterator<Item = (&'static str, String)>,
    mut command: Command,
) -> Output {
    command.envs(variables);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_aws_that_is_busy_is_asked_again() {
    let aws = FakeAws::start(Answers {
        throttled: 2,
        ..Answers::default()
    })
    .await;
    let output = doctor_live(&aws).await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    assert_eq!(aws.asked("DescribeServices"), 3);
}

#[tokio::test]
async fn a_page_in_the_place_of_an_answer_is_no_answer() {
    for command in [
        &["status", "--service", "shop"][..],
        &["cost", "--service", "shop"],
    ] {
        let aws = FakeAws::start(Answers {
            garbled: 2,
            ..Answers::default()
        })
        .await;
        let output = run_on(&aws, self::command(command)).await;
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_unknown_with_the_permission_that_is_missing() {
    let aws = FakeAws::start(Answers {
        denied: Some("DescribeSecurityGroups"),
        ..Answers::default()
    })
    .await;
    let output = doctor_live(&aws).await;
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("UNKNOWN 5"), "{text}");
    assert!(
        text.contains("allow ec2:DescribeSecurityGroups to the role"),
        "{text}"
    );
    assert_eq!(
        aws.asked("DescribeSecurityGroups"),
        1,
        "it will not change by asking again"
    );
}

#[tokio::test]
async fn expired_credentials_end_it_at_once_with_what_to_do() {
    let aws = FakeAws::start(Answers {
        expired: true,
        ..Answers::default()
    })
    .await;
    let output = doctor_live(&aws).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("the credentials have expired; log in again"),
        "{}",
        stderr(&output)
    );
    assert_eq!(aws.asked("DescribeServices"), 1);
}

#[test]
fn without_a_region_it_says_how_to_set_one() {
    let output = run(&["doctor", "--service", "shop"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("set AWS_REGION"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_cause_is_told_once_and_with_json_on_stdout_too() {
    // All at once, since each asks some times until it gives up.
    let commands = [
        &["deploy", "3f1c9e7"][..],
        &["rollback"],
        &["continue"],
        &["status"],
        &["cost"],
        &["scale", "2"],
        &["run"],
    ]
    .map(|arguments| {
        let mut command = command(arguments);
        command.args(["--service", "shop", "--json"]);
        if arguments == ["run"] {
            command.args(["--", "true"]);
        }
        command.envs([
            // Where nothing listens: the port of `discard`.
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
            ("AWS_ACCESS_KEY_ID", "testing"),
            ("AWS_SECRET_ACCESS_KEY", "testing"),
            ("AWS_REGION", "us-east-1"),
        ]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        (arguments, command.spawn().unwrap())
    });
    for (arguments, command) in commands {
        let output = command.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let json: Value = serde_json::from_slice(&output.stdout).expect("nothing but JSON");
        let error = json["error"].as_str().expect("an error");
        assert!(
            error.contains("got no answer from http://127.0.0.1:9"),
            "{error}"
        );
        assert_eq!(error.matches("Connection refused").count(), 1, "{error}");
    }
}
