//! The commands that come next, in words and as JSON.

use super::{FLASK, Repository};
use crate::cli::{stderr, stdout};
use serde_json::{Value, json};
use std::path::Path;

const MADE: [&str; 9] = [
    "ecs/stack.yaml",
    "ecs/task-definition.json",
    "ecs/ecs.toml",
    "ecs/github-oidc.yaml",
    ".github/image-name",
    ".github/workflows/image.yml",
    ".github/workflows/deploy.yml",
    ".github/workflows/ops.yml",
    ".github/actions/tool/action.yml",
];

/// The command of a step that is said.
fn step<'a>(out: &'a str, what: &str) -> Option<&'a str> {
    let (_, rest) = out.split_once(&format!(". {what}\n"))?;
    rest.trim_start().lines().next()
}

impl Repository {
    /// What is said on stdout, in a folder of the repository.
    fn init_in(&self, folder: &str, arguments: &[&str]) -> String {
        let mut command = self.command(&[&["init"], arguments].concat());
        let output = command.current_dir(self.root().join(folder)).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    }

    fn committed(&self) -> Vec<String> {
        let output = std::process::Command::new("git")
            .arg("-C")
            .arg(self.root())
            .args(["show", "--name-only", "--format=", "HEAD"])
            .output();
        let text = stdout(&output.unwrap());
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn what_is_committed_is_what_was_made_and_nothing_of_others() {
    let shop = Repository::new(&[("api/Dockerfile", FLASK), ("ecs/notes.md", "mine")]);
    shop.git(&["config", "user.name", "Ann"]);
    shop.git(&["config", "user.email", "ann@example.com"]);
    shop.put("draft.txt", "somebody's");
    let out = shop.init_in("api", &[]);
    let commands = [
        step(&out, "go to the root, where these commands belong").unwrap(),
        step(&out, "commit it").unwrap(),
    ];
    let root = shop.root().canonicalize().unwrap();
    assert_eq!(commands[0], format!("cd {}", root.display()));
    let script = commands.join("\n");
    let ran = std::process::Command::new("sh")
        .args(["-ec", &script])
        .current_dir(shop.root().join("api"))
        .output();
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{script}: {}", stderr(&ran));
    let mut made = MADE.map(str::to_owned).to_vec();
    made.sort();
    assert_eq!(shop.committed(), made);
    // There is nothing more to commit, and in the root nowhere to go.
    let out = shop.init_in("", &[]);
    assert_eq!(step(&out, "commit it"), None, "{out}");
    assert!(!out.contains("cd "), "{out}");
    assert!(
        out.contains("all of them are there already; nothing was changed"),
        "{out}"
    );
}

#[test]
fn a_file_that_is_kept_is_not_committed() {
    let shop = Repository::new(&[("Dockerfile", FLASK), (".github/image-name", "mine")]);
    let (out, _) = shop.init(&[]);
    let commit = step(&out, "commit it").unwrap();
    assert!(!commit.contains("image-name"), "{commit}");
}

#[test]
fn json_has_what_was_made_what_was_there_and_what_comes_next() {
    let shop = Repository::new(&[
        ("Dockerfile", FLASK),
        ("ecs/ecs.toml", "service = \"shop\"\n"),
    ]);
    let read = |arguments: &[&str]| -> Value {
        let (out, _) = shop.init(&[&["--json"], arguments].concat());
        serde_json::from_str(&out).unwrap()
    };
    let planned = read(&["--dry-run"]);
    assert_eq!(planned["is_dry_run"], true);
    assert_eq!(
        planned["files"][0],
        json!({ "path": "ecs/stack.yaml", "fate": "made" })
    );
    assert_eq!(planned["next"], json!([]));
    assert!(!shop.root().join("ecs/stack.yaml").exists());
    let made = read(&[]);
    let root = shop.root().canonicalize().unwrap();
    assert_eq!(made["root"].as_str().map(Path::new), Some(root.as_path()));
    assert_eq!(made["is_dry_run"], false);
    assert_eq!(made["files"][0]["fate"], "made");
    assert_eq!(
        made["files"][2],
        json!({ "path": "ecs/ecs.toml", "fate": "kept" })
    );
    assert_eq!(
        made["next"][0],
        json!({ "what": "check what was made", "command": "cargo ecs doctor --offline" })
    );
    assert!(
        made["notes"]
            .as_array()
            .is_some_and(|notes| !notes.is_empty())
    );
    assert_eq!(read(&[])["files"][0]["fate"], "unchanged");
}

#[test]
fn json_has_the_error_too() {
    let shop = Repository::new(&[]);
    let output = shop.run(&["init", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let error = said["error"].as_str().unwrap();
    assert!(error.contains("no Dockerfile in "), "{error}");
}
