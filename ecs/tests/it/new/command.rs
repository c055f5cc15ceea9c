//! The command as it is called: what it makes, says and refuses, and that a failure leaves nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
    command
        .args(["ecs", "new"])
        .args(arguments)
        .current_dir(folder);
    // Tests may run inside of git's own commands, whose variables name another repository.
    command.env_clear().env("PATH", path());
    command
}

#[allow(clippy::disallowed_methods, reason = "the tests' own, to find git")]
fn path() -> String {
    std::env::var("PATH").unwrap()
}

fn new(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// All files below a folder but git's own.
fn all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with(".git") {
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                found.insert(name, Vec::new());
                folders.push(path);
            } else {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

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
    assert!(text.starts_with("shop/: 1 file made, "), "{text}");
    assert!(text.contains("shop/README.md: kept, and differs"), "{text}");
    assert!(shop.join("Dockerfile").is_file());
    assert_eq!(
        fs::read_to_string(shop.join("README.md")).unwrap(),
        "mine\n"
    );
}

#[test]
fn inside_of_a_repository_it_makes_none_and_says_where_workflows_have_to_be() {
    let home = home();
    let git = Command::new("git")
        .args(["init", "--quiet"])
        .arg(home.path())
        .status();
    assert!(git.unwrap().success());
    let output = new(home.path(), &["shop"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!home.path().join("shop/.git").exists());
    assert!(
        stdout(&output).contains("move shop/.github there"),
        "{}",
        stdout(&output)
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
fn a_folder_with_something_else_stays_as_it_is() {
    let home = home();
    let shop = home.path().join("shop");
    fs::create_dir(&shop).unwrap();
    fs::write(shop.join("notes"), "mine").unwrap();
    let before = all(home.path());
    let output = new(home.path(), &["shop"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("shop is not empty"),
        "{}",
        stderr(&output)
    );
    assert_eq!(all(home.path()), before);

    fs::write(home.path().join("store"), "mine").unwrap();
    let output = new(home.path(), &["store"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("store is in the way"),
        "{}",
        stderr(&output)
    );
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

/// As in a container that has somebody else's folder: no repository is made within that one.
#[test]
fn a_repository_that_git_refuses_to_look_at_is_not_taken_for_none() {
    let home = home();
    let made = Command::new("git")
        .arg("-C")
        .arg(home.path())
        .arg("init")
        .output();
    assert!(made.unwrap().status.success());
    let before = all(home.path());
    // A variable of git's own tests.
    let output = command(home.path(), &["shop"])
        .env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(
        error.contains("git rev-parse has failed: fatal: detected dubious ownership"),
        "{error}"
    );
    assert_eq!(all(home.path()), before);
}

#[test]
fn an_empty_folder_will_do() {
    let home = home();
    fs::create_dir(home.path().join("shop")).unwrap();
    assert_eq!(new(home.path(), &["shop"]).status.code(), Some(0));
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
