//! What the file may say, where it is found, and how its mistakes are told.

use super::*;
use std::fs;

fn error(text: &str) -> String {
    let error = Defaults::parse(text, Path::new("ecs/ecs.toml"));
    error.expect_err(text).to_string()
}

#[test]
fn a_mistake_is_told_with_file_line_and_nearest_key() {
    for (text, said) in [
        (
            "service = \"shop\"\nclutser = \"main\"",
            "ecs/ecs.toml:2: unknown key \"clutser\"; did you mean \"cluster\"?",
        ),
        (
            "[zzz]\na = 1",
            "ecs/ecs.toml:1: unknown key \"zzz\"; the keys are service, cluster, stack, image, container, timeout, profile, region, and the table [parameters]",
        ),
        (
            "\n\ntimeout = \"15m\"",
            "ecs/ecs.toml:3: invalid timeout: write it as timeout = 900, in seconds, at most 30 days",
        ),
        (
            "timeout = 9999999999",
            "ecs/ecs.toml:1: invalid timeout: write it as timeout = 900, in seconds, at most 30 days",
        ),
        (
            "service = \" \"",
            "ecs/ecs.toml:1: invalid service: write it as a text that is not empty, in quotes",
        ),
        (
            "[paramters]\nPort = 1",
            "ecs/ecs.toml:1: unknown key \"paramters\"; did you mean \"parameters\"?",
        ),
        (
            "parameters = \"Port=1\"",
            "ecs/ecs.toml:1: parameters is a table: write [parameters], and NAME = \"value\" below it",
        ),
        (
            "[parameters]\nMaxCount = 4\nParked = true",
            "ecs/ecs.toml:3: Parked cannot be set here; use cargo ecs park and cargo ecs unpark",
        ),
        (
            "[parameters]\nImage = \"a/b:1\"",
            "ecs/ecs.toml:2: Image cannot be set here; use --image, or cargo ecs deploy",
        ),
        (
            "[parameters]\nSubnetIds = [\"a,b\"]",
            "ecs/ecs.toml:2: invalid parameter SubnetIds: \"a,b\" has a comma, which CloudFormation takes for the end of an item; write each item in quotes of its own",
        ),
    ] {
        assert_eq!(error(text), said);
    }
    for (text, line) in [
        ("service = shop", 1),
        ("service = \"a\"\nservice = \"b\"", 2),
    ] {
        let said = error(text);
        assert!(
            said.starts_with(&format!("ecs/ecs.toml:{line}: ")),
            "{said}"
        );
        assert!(!said.contains('\n'), "{said}");
    }
}

#[test]
fn parameters_become_what_cloudformation_takes() {
    let text = r#"
        service = "shop"
        [parameters]
        AppName = "shop"
        Dashboard = true
        Port = 8_080
        SubnetIds = ["subnet-a", "subnet-b"]
    "#;
    let defaults = Defaults::parse(text, Path::new("ecs/ecs.toml")).unwrap();
    let (_, parameters) = defaults.parameters();
    let all: Vec<String> = parameters.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(
        all,
        [
            "AppName=shop",
            "Dashboard=true",
            "Port=8080",
            "SubnetIds=subnet-a,subnet-b"
        ]
    );
}

#[test]
fn the_nearest_file_counts_up_to_the_root_of_the_repository_or_the_home_directory() {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    fs::create_dir_all(at("home/repository/deep/er")).unwrap();
    fs::create_dir_all(at("home/repository/ecs")).unwrap();
    fs::create_dir_all(at("home/elsewhere")).unwrap();
    let home = at("home");
    let found = |from: &str| nearest(&at(from), Some(&home));

    fs::write(at("ecs.toml"), "").unwrap();
    assert_eq!(found("home/elsewhere"), None, "above the home directory");
    fs::write(at("home/ecs.toml"), "").unwrap();
    assert_eq!(found("home/elsewhere"), Some(at("home/ecs.toml")));
    // A worktree has a file there, and not a folder.
    fs::write(at("home/repository/.git"), "").unwrap();
    assert_eq!(
        found("home/repository/deep/er"),
        None,
        "above the repository"
    );
    fs::write(at("home/repository/ecs.toml"), "").unwrap();
    let file = Some(at("home/repository/ecs.toml"));
    assert_eq!(found("home/repository/deep/er"), file);
    fs::write(at("home/repository/ecs/ecs.toml"), "").unwrap();
    let file = Some(at("home/repository/ecs/ecs.toml"));
    for from in [
        "home/repository/deep/er",
        "home/repository",
        "home/repository/ecs",
    ] {
        assert_eq!(found(from), file, "{from}");
    }
}
