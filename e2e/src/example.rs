//! The image of an example, as a user of the library would build it.

use crate::docker::docker;
use crate::image::repository;
use std::fs;
use std::process::Command;

const DOCKERFILE: &str = "FROM scratch\nCOPY service /service\nENTRYPOINT [\"/service\"]\n";

/// Builds the library's example with this name, static like the real image, and returns the image's name.
///
/// # Panics
///
/// If that fails.
pub fn image_of_example(example: &str) -> String {
    let target = output(Command::new("rustc").args(["--print", "host-tuple"]));
    let target = target.trim();
    let arguments = [
        "build",
        "--quiet",
        "--locked",
        "--package",
        "dualrun",
        "--all-features",
    ];
    let mut build = Command::new("cargo");
    build
        .args(arguments)
        .args(["--target", target, "--example", example]);
    build
        .env("CARGO_TARGET_DIR", repository().join("target"))
        .current_dir(repository());
    output(build.env("RUSTFLAGS", "-C target-feature=+crt-static"));

    let context = tempfile::tempdir().expect("a directory");
    let binary = format!("target/{target}/debug/examples/{example}");
    fs::copy(repository().join(binary), context.path().join("service")).expect("the example");
    fs::write(context.path().join("Dockerfile"), DOCKERFILE).expect("a file");
    let name = format!("dualrun-e2e:{example}");
    docker(&[
        "build",
        "--tag",
        &name,
        context.path().to_str().expect("a path in UTF-8"),
    ]);
    name
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("Rust is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}
