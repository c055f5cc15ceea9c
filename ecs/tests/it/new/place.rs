//! Where a service is made: in a new folder, an empty one or a fresh clone, and nowhere else.

use super::{all, command, home, new, stderr, stdout};
use std::fs;
use std::path::Path;
use std::process::Command;

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

/// As `git clone` leaves a repository that was made on GitHub.
fn clone(folder: &Path) {
    let git = Command::new("git")
        .args(["init", "--quiet", "--initial-branch", "trunk"])
        .arg(folder)
        .status();
    assert!(git.unwrap().success());
}

#[test]
fn a_fresh_clone_will_do_and_keeps_its_repository() {
    let home = home();
    // Of a repository within another one, its own counts.
    clone(home.path());
    let shop = home.path().join("shop");
    clone(&shop);
    let output = new(home.path(), &["shop"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let head = fs::read_to_string(shop.join(".git/HEAD")).unwrap();
    assert_eq!(head, "ref: refs/heads/trunk\n");
    let text = stdout(&output);
    assert!(!text.contains("with a git repository"), "{text}");
    assert!(!text.contains("inside of the repository"), "{text}");
    assert!(shop.join("Dockerfile").is_file());
}

#[test]
fn a_point_is_the_folder_that_one_is_in_and_its_name_the_services() {
    let home = home();
    let shop = home.path().join("shop");
    clone(&shop);
    let output = new(&shop, &["."]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.starts_with("shop: "), "{text}");
    assert!(!text.contains("cd "), "{text}");
    assert!(text.contains("\nREADME.md has them all"), "{text}");
    let manifest = fs::read_to_string(shop.join("bin/Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"shop\"\n"), "{manifest}");

    let dry = new(&shop, &[".", "--dry-run"]);
    assert!(
        stdout(&dry).contains("unchanged   Dockerfile\n"),
        "{}",
        stdout(&dry)
    );

    fs::write(home.path().join("notes"), "mine").unwrap();
    let output = new(home.path(), &["."]);
    assert_eq!(
        output.status.code(),
        Some(2),
        "a temporary folder's name has a point"
    );
    let error = stderr(&output);
    assert!(error.contains("this folder is called"), "{error}");

    let store = home.path().join("store");
    fs::create_dir(&store).unwrap();
    fs::write(store.join("notes"), "mine").unwrap();
    let output = new(&store, &["."]);
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(error.contains("/store is not empty"), "{error}");
}

#[test]
fn an_empty_folder_inside_of_a_repository_gets_none_of_its_own_by_a_point_either() {
    let home = home();
    clone(home.path());
    let shop = home.path().join("shop");
    fs::create_dir(&shop).unwrap();
    let output = new(&shop, &["."]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!shop.join(".git").exists());
    assert!(
        stdout(&output).contains("move .github there"),
        "{}",
        stdout(&output)
    );
}
