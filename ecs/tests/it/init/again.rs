//! Files that are there already.

use super::{FLASK, Repository};

#[test]
fn a_second_run_knows_the_answers_of_the_first_and_changes_nothing() {
    let shop = Repository::new(&[("Dockerfile", "FROM a")]);
    shop.init(&[
        "--name",
        "till",
        "--image",
        "me/till",
        "--port",
        "3000",
        "--health-path",
        "/up",
        "--env",
        "A=b",
        "--secret",
        "C_D",
        "--cpu",
        "512",
        "--architecture",
        "amd64",
        "--read-only",
    ]);
    let before = shop.all();
    let (out, err) = shop.init(&[]);
    assert!(!out.contains("made   ") && !out.contains("kept"), "{out}");
    assert_eq!(out.matches("unchanged ").count(), 9, "{out}");
    assert!(err.contains("port 3000 (ecs/ecs.toml)"), "{err}");
    assert_eq!(shop.all(), before);
}

#[test]
fn the_same_holds_on_dualrun() {
    let shop = Repository::new(&[(
        "Dockerfile",
        "FROM a\nENTRYPOINT [\"/api\"]\nLABEL dualrun.contract=/contract.json",
    )]);
    shop.init(&["--secret", "API_TOKEN", "--env", "A=b"]);
    let (out, _) = shop.init(&[]);
    assert_eq!(out.matches("unchanged ").count(), 9, "{out}");
}

#[test]
fn what_the_stack_sets_itself_on_dualrun_is_no_variable_of_the_service() {
    let shop = Repository::new(&[(
        "Dockerfile",
        "FROM a\nEXPOSE 8080\nENTRYPOINT [\"/api\"]\nLABEL dualrun.contract=/contract.json",
    )]);
    shop.init(&["--health-path", "/up", "--env", "DUALRUN_LOG=debug"]);
    let before = shop.all();
    let environment = shop.container()["environment"].to_string();
    for name in ["DUALRUN_ADDR", "DUALRUN_HEALTH_PATH", "DUALRUN_LOG"] {
        assert!(environment.contains(name), "{environment}");
    }
    let (out, _) = shop.init(&[]);
    assert!(
        out.contains("all of them are there already; nothing was changed"),
        "{out}"
    );
    assert_eq!(shop.all(), before);
}

#[test]
fn what_was_edited_by_hand_is_kept_and_named_and_what_is_gone_is_made() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.init(&[]);
    let edited = shop
        .text("ecs/stack.yaml")
        .replace("MaxCapacity", "# mine\n      MaxCapacity");
    shop.put("ecs/stack.yaml", &edited);
    std::fs::remove_file(shop.root().join("ecs/ecs.toml")).unwrap();
    let (out, _) = shop.init(&[]);
    assert!(
        out.contains("kept        ecs/stack.yaml, which differs from what would be written; move it away to have it made"),
        "{out}"
    );
    assert!(
        out.contains("made        ecs/ecs.toml\nunchanged   ecs/github-oidc.yaml"),
        "{out}"
    );
    assert_eq!(shop.text("ecs/stack.yaml"), edited);
}

#[test]
fn a_dry_run_lists_and_writes_nothing() {
    let shop = Repository::new(&[("Dockerfile", FLASK), ("ecs/stack.yaml", "mine")]);
    let before = shop.all();
    let (out, _) = shop.init(&["--dry-run"]);
    assert!(out.contains("kept        ecs/stack.yaml"), "{out}");
    assert!(out.contains("would make  ecs/ecs.toml"), "{out}");
    assert!(!out.contains("next:"), "{out}");
    assert_eq!(shop.all(), before);
}
