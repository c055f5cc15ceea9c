//! The image: what is in it, how small it is, and what a change of source rebuilds.

use dualrun::options::DEFAULT_PORT;
use e2e::docker::docker;
use e2e::image::{REVISION, build, image, repository};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

fn inspect() -> Value {
    let text = docker(&["image", "inspect", image()]);
    let images: Value = serde_json::from_str(&text).expect("JSON");
    images[0].clone()
}

#[test]
fn it_runs_as_nobody_and_says_what_it_is() {
    let image = inspect();
    let config = &image["Config"];
    assert_eq!(config["User"], "65532:65532");
    assert_eq!(config["Entrypoint"], json!(["/bin-fargate"]));
    assert_eq!(
        config["ExposedPorts"],
        json!({ format!("{DEFAULT_PORT}/tcp"): {} })
    );
    assert_eq!(
        config["Healthcheck"]["Test"],
        json!(["CMD", "/bin-fargate", "healthcheck"])
    );
    assert_eq!(
        config["Labels"]["org.opencontainers.image.revision"],
        REVISION
    );
}

#[test]
fn it_is_at_most_3_mb_of_one_program_and_its_contract() {
    let image = inspect();
    let size = image["Size"].as_u64().expect("a size");
    println!("image: {size} bytes");
    assert!(size <= 3_000_000, "{size} bytes");
    assert_eq!(image["RootFS"]["Layers"].as_array().map(Vec::len), Some(2));
}

/// The steps of a build that were taken from the cache, by their instructions.
fn cached_steps(output: &str) -> Vec<&str> {
    let steps = output
        .split("\nStep ")
        .filter(|step| step.contains("Using cache"));
    steps.filter_map(|step| step.lines().next()).collect()
}

/// The image that the build stage ended with: nothing names it, so that it would stay for ever.
fn build_stage(output: &str) -> &str {
    let (stage, _) = output.split_once(" : FROM scratch").expect("two stages");
    let (_, after) = stage.rsplit_once(" ---> ").expect("a step of the stage");
    after.lines().next().expect("its id")
}

#[test]
fn a_change_of_source_does_not_rebuild_the_dependencies() {
    image();
    let copy = tempfile::tempdir().expect("a directory");
    let files = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(repository())
        .output();
    let files = String::from_utf8(files.expect("git").stdout).expect("UTF-8");
    for file in files.split_terminator('\0') {
        let target = copy.path().join(file);
        fs::create_dir_all(target.parent().unwrap_or(Path::new("/"))).expect("a directory");
        fs::copy(repository().join(file), target).expect("a file");
    }
    let main = copy.path().join("bin-fargate/src/main.rs");
    let source = fs::read_to_string(&main).expect("a file");
    // Another change each time: an earlier run's would come out of the engine's cache, whole.
    let change = format!("\n// changed in {}\n", copy.path().display());
    fs::write(&main, source + &change).expect("a file");

    let name = "dualrun-e2e:changed";
    let output = build(copy.path(), name);
    docker(&["rmi", name, build_stage(&output)]);
    let cached = cached_steps(&output);
    let is_cached = |instruction| cached.iter().any(|step| step.contains(instruction));
    assert!(is_cached("touch core/src/lib.rs"), "{output}");
    assert!(!is_cached("find core/src"), "{output}");
}
