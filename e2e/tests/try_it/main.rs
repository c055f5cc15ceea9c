//! `cargo ecs try`, as `docs/try-it.md` has it.
//!
//! | file | what is asked |
//! |---|---|
//! | `page` | if the page's commands do what the page says |
//! | `killed` | if nothing is left of a walk that is killed |

mod killed;
mod page;

use e2e::cargo_ecs::binary;
use e2e::docker::docker;
use e2e::image::{image, repository};
use std::fs;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// The name by which the page calls the image.
const IMAGE: &str = "dualrun-try:local";

/// A folder with the service's stack. Not in the repository, whose `cargo ecs` is `cargo run`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("ecs")).expect("a folder");
    for file in ["ecs/stack.yaml", "ecs/ecs.toml"] {
        fs::copy(repository().join(file), folder.path().join(file)).expect(file);
    }
    folder
}

/// A program that finds the tool, installs the emulator once for all runs, and has an account in its environment that is not to
/// be touched: nobody listens there.
fn in_the_page(program: &str, folder: &TempDir) -> Command {
    docker(&["tag", image(), IMAGE]);
    let tools = binary().parent().expect("it is in a folder").to_owned();
    let path = format!("{}:{}", tools.display(), env_path());
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("PATH", path)
        .env("XDG_CACHE_HOME", repository().join("e2e/target/try"))
        .env("AWS_PROFILE", "real")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .env("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:1");
    command
}

#[allow(
    clippy::disallowed_methods,
    reason = "the tests' own, not the service's, configuration"
)]
fn env_path() -> String {
    std::env::var("PATH").expect("a path")
}

/// The containers of all emulators. Each test has the engine to itself, so that they are its own.
fn containers() -> String {
    docker(&[
        "ps",
        "--all",
        "--quiet",
        "--filter",
        "label=dualrun-emulator",
    ])
}

fn alone() -> MutexGuard<'static, ()> {
    static ENGINE: Mutex<()> = Mutex::new(());
    ENGINE.lock().unwrap_or_else(PoisonError::into_inner)
}
