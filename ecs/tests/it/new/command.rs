//! The command as it is called: what it makes, says and refuses, and that a failure leaves nothing.

use super::{all, command, home, new, path, stderr, stdout};
use std::fs;
use std::process::Command;

#[test]
fn it_makes_a_service_with_a_repository_and_says_what_comes_next() {
    let home = home();
    let output = new(home.path(), &["shop", "--image", "me/shop"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    let shop = home.path().join("shop");
    let head = fs::read_to_string(shop.join(".git/HEAD")).unwrap();
    assert_eq!(head, "ref: refs/heads/main\n");
    for file in [
        "core/src/lib.rs",
        "Dockerfile",
        "ecs/stack.yaml",
        ".github/workflows/ci.yml",
        "README.md",
    ] {
        assert!(shop.join(file).is_file(), "{file}");
    }
    let text = stdout(&output);
    assert!(text.contains(", with a git repository\n"), "{text}");
    for step in [
        "cd shop\n",
        "cargo test --workspace",
        "cargo ecs up --image \"me/shop:$(git rev-parse HEAD)\"",
    ] {
        assert!(text.contains(step), "{step}: {text}");
    }
    let name = Command::new(shop.join(".github/image-name"))
        .output()
        .unwrap();
    assert_eq!(stdout(&name), "me/shop\n");
}

#[test]
fn with_a_database_the_stack_is_made_with_the_secret_that_it_needs() {
    let home = home();
    let output = new(home.path(), &["shop", "--image", "me/shop", "--database"]);
    let up = "cargo ecs up --image \"me/shop:$(git rev-parse HEAD)\" --parameter DatabaseUrlArn=\"$arn\"";
    let readme = fs::read_to_string(home.path().join("shop/README.md")).unwrap();
    for text in [stdout(&output), readme] {
        let secret = text.find("arn=$(aws secretsmanager create-secret --name shop-database-url ");
        let up = text.find(up);
        assert!(secret.is_some() && secret < up, "{text}");
    }
}

#[test]
fn a_dry_run_lists_what_it_would_make_and_makes_nothing() {
    let home = home();
    let output = new(home.path(), &["shop", "--dry-run"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("would make  shop/Dockerfile\n"),
        "{}",
        stdout(&output)
    );
    assert!(stdout(&output).contains("would make  shop/.git\n"));
    assert!(all(home.path()).is_empty());
}

#[test]
fn again_it_makes_what_is_missing_and_keeps_what_was_changed() {
    let home = home();
    new(home.path(), &["shop"]);
    let shop = home.path().join("shop");
    fs::write(shop.join("README.md"), "mine\n").unwrap();
    fs::remove_file(shop.join("Dockerfile")).unwrap();
    let output = new(home.path(), &["shop"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(text.starts_with("shop: 1 file made, "), "{text}");
    assert!(text.contains("shop/README.md: kept, and differs"), "{text}");
    assert!(shop.join("Dockerfile").is_file());
    assert_eq!(
        fs::read_to_string(shop.join("README.md")).unwrap(),
        "mine\n"
    );
}

#[test]
fn what_cannot_be_meant_is_refused_with_the_reason_and_nothing_is_made() {
    let home = home();
    for (arguments, code, said) in [
        (&["Shop"][..], 2, "it has 'S'"),
        (&["9lives"], 2, "it begins with '9'"),
        (&["core"], 2, "a meaning of its own"),
        (&["../shop"], 2, "it has '.'"),
        (&[&"s".repeat(33)], 2, "it has 33 characters"),
        (&["shop", "--port", "0"], 2, "from 1024 to 65535"),
        (&["shop", "--port", "65536"], 2, "from 1024 to 65535"),
        (
            &["shop", "--port", "9090"],
            2,
            "the page of metrics has that port",
        ),
        (
            &["shop", "--image", "me/shop:1"],
            1,
            "leave out what is behind the repository",
        ),
        (
            &["shop", "--image", "ghcr.io/me/shop", "--registry", "ecr"],
            1,
            "not in the registry that --registry names",
        ),
        (
            &["shop", "--library-path", "/nonexistent"],
            1,
            "cannot read the library in /nonexistent",
        ),
        (&["shop", "--library-rev", "8c45d3b"], 2, "--library-git"),
        (
            &["shop", "--library-version", "newest"],
            2,
            "a requirement as in Cargo.toml, such as 0.1.0 or ^0.1",
        ),
        (
            &["shop", "--library-git", "https://git.example/a\nb"],
            2,
            "a control character",
        ),
        (
            &[
                "shop",
                "--library-git",
                "https://git.example/a",
                "--library-rev",
                "a\tb",
            ],
            2,
            "a control character",
        ),
        (
            &["shop", "--image", "1.dkr.ecr.eu-west-1.amazonaws.com/shop"],
            1,
            "ACCOUNT.dkr.ecr.REGION.amazonaws.com",
        ),
        (
            &["shop", "--lambda", "only", "--image", "me/shop"],
            2,
            "--image is of a container, and --lambda only makes none",
        ),
        (
            &["shop", "--lambda", "only", "--registry", "ecr"],
            2,
            "--registry is of a container",
        ),
        (
            &["shop", "--lambda", "only", "--port", "8000"],
            2,
            "--port is of a container",
        ),
        (
            &["shop", "--library-version", "1", "--library-path", "."],
            2,
            "cannot be used with",
        ),
        (&[], 2, "<NAME>"),
    ] {
        let output = new(home.path(), arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(said),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(all(home.path()).is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_library_in_a_folder_that_no_manifest_can_name_is_refused() {
    let home = home();
    let folder = home.path().join("a\nb");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("Cargo.toml"), "[package]\nname = \"dualrun\"\n").unwrap();
    let output = new(home.path(), &["shop", "--library-path", "a\nb"]);
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(error.contains("a control character in it"), "{error}");
    assert!(!home.path().join("shop").exists());
}

#[test]
fn a_repository_that_cannot_be_made_leaves_nothing() {
    let home = home();
    let bin = home.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let git = bin.join("git");
    // As git does where its templates cannot be read: it has begun, and fails.
    fs::write(&git, "#!/bin/sh\n[ \"$3\" = init ] || { echo 'fatal: not a git repository' >&2; exit 128; }\nmkdir \"$2/.git\"\necho no templates >&2\nexit 1\n").unwrap();
    let chmod = Command::new("chmod").arg("+x").arg(&git).status();
    assert!(chmod.unwrap().success());
    let before = all(home.path());
    let path = format!("{}:{}", bin.display(), path());
    let output = command(home.path(), &["shop"])
        .env("PATH", path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("git init has failed: no templates"),
        "{}",
        stderr(&output)
    );
    assert_eq!(all(home.path()), before);
}

#[test]
fn without_git_it_is_told_so_before_anything_is_made() {
    let home = home();
    let output = command(home.path(), &["shop"])
        .env("PATH", "/nonexistent")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("git is not installed"),
        "{}",
        stderr(&output)
    );
    assert!(all(home.path()).is_empty());
    let output = command(home.path(), &["shop", "--vcs", "none"])
        .env("PATH", "/nonexistent")
        .output();
    assert_eq!(output.unwrap().status.code(), Some(0));
    assert!(!home.path().join("shop/.git").exists());
}

/// A limit to the size of files fails in the middle, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_to_its_end_leaves_nothing() {
    let home = home();
    let limited = r#"trap '' XFSZ; ulimit -f 8; exec "$0" ecs new shop"#;
    let mut command = Command::new("bash");
    command
        .args(["-c", limited, env!("CARGO_BIN_EXE_cargo-ecs")])
        .current_dir(home.path());
    let output = command.env_clear().env("PATH", path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("nothing was made"),
        "{}",
        stderr(&output)
    );
    assert!(all(home.path()).is_empty());
}
