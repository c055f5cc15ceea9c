//! `cargo ecs init` on a small service that is not ours: from its Dockerfile to an answered request, by the files and commands
//! that it leaves.

use crate::account::Account;
use e2e::cargo_ecs::{Run, cargo_ecs};
use e2e::docker::docker;
use e2e::front::Plan;
use e2e::image::repository;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Of the service's Dockerfile.
const PORT: u16 = 5000;

/// A commit of the service's, which has one for each of its images.
fn commit(folder: &Path, message: &str) -> String {
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
        let output = Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(name)
            .args(arguments)
            .output();
        let output = output.expect("git is installed");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    git(&["rev-parse", "HEAD"])
}

#[allow(
    clippy::disallowed_methods,
    reason = "the tests' own, not the service's, configuration"
)]
fn base_image() -> Option<String> {
    std::env::var("PYTHON_IMAGE").ok()
}

/// Builds the image of a commit and pushes it.
fn push(account: &Account, folder: &Path, commit: &str) {
    let local = "dualrun-e2e-init:test";
    let revision = format!("REVISION={commit}");
    let base = base_image().map(|base| format!("PYTHON_IMAGE={base}"));
    let mut arguments = vec!["build", "--quiet", "--tag", local, "--build-arg", &revision];
    if let Some(base) = &base {
        arguments.extend(["--build-arg", base]);
    }
    arguments.push(folder.to_str().expect("a path in UTF-8"));
    docker(&arguments);
    account.push(local, commit);
}

/// The definition that `init` has written, of a commit, in this account.
fn in_account(account: &Account, file: &str, commit: &str) -> Value {
    let arns =
        ["execution", "task"].map(|role| account.make_role(&format!("shop-us-east-1-{role}")));
    let number = arns[0].split(':').nth(4).expect("an ARN");
    let file = file
        .replace("111122223333", number)
        .replace(":COMMIT\"", &format!(":{commit}\""));
    serde_json::from_str(&file).expect("JSON")
}

#[test]
fn a_flask_service_is_deployed_and_answers() {
    let account = Account::make();
    let home = tempfile::tempdir().expect("a directory");
    let folder = home.path().join("shop");
    fs::create_dir(&folder).expect("a folder");
    for file in ["Dockerfile", "app.py", "requirements.txt"] {
        fs::copy(repository().join("e2e/init").join(file), folder.join(file)).expect(file);
    }
    let init = Command::new("git")
        .args(["init", "--quiet"])
        .arg(&folder)
        .status();
    assert!(init.expect("git is installed").success());

    let tool = |arguments: &[&str]| -> Run { cargo_ecs(&account.emulator.aws, &folder, arguments) };
    let succeeds = |arguments: &[&str]| -> Run {
        let run = tool(arguments);
        assert_eq!(run.code, 0, "{run:#?}");
        run
    };
    let architecture = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "amd64"
    };
    let image = account.images();
    let init = [
        "init",
        "--image",
        &image,
        "--env",
        "GREETING=hello",
        "--architecture",
        architecture,
    ];
    succeeds(&init);
    let doctor = succeeds(&["doctor", "--offline"]);
    assert!(
        !doctor.stdout.contains("FAIL") && !doctor.stdout.contains("WARN"),
        "{doctor:#?}"
    );
    let again = succeeds(&init);
    assert!(
        !again.stdout.contains("made  ") && !again.stdout.contains("kept"),
        "{again:#?}"
    );

    let first = commit(&folder, "Deploy with cargo ecs");
    push(&account, &folder, &first);
    let definition = fs::read_to_string(folder.join("ecs/task-definition.json")).expect("a file");
    let definition = in_account(&account, &definition, &first);
    let plan = Plan {
        health_path: "/healthz",
        ..Plan::sound(PORT)
    };
    account.make_service(&definition, &plan, &format!("hello from {first}"));
    succeeds(&["diff"]);

    let second = commit(&folder, "Again");
    push(&account, &folder, &second);
    let deployed = succeeds(&[
        "deploy",
        &second,
        "--definition",
        "ecs/task-definition.json",
        "--json",
    ]);
    assert_eq!(deployed.json()["verdict"], "deployed", "{deployed:#?}");
    assert_eq!(account.answer(), format!("hello from {second}"));
    succeeds(&["doctor", "--service", "shop"]);

    // What runs comes back as the file that it was made of.
    let elsewhere = tempfile::tempdir().expect("a directory");
    let run = cargo_ecs(
        &account.emulator.aws,
        elsewhere.path(),
        &["init", "--service", "shop"],
    );
    assert_eq!(run.code, 0, "{run:#?}");
    let run = cargo_ecs(&account.emulator.aws, elsewhere.path(), &["diff"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:#?}");
}
