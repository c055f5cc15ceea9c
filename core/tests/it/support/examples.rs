//! Examples as processes.

use std::env::current_exe;
use std::process::Command;

/// An example, which `cargo test` has built beside the tests, with no variables but those that it is given.
pub(crate) fn example(name: &str) -> Command {
    let tests = current_exe().expect("the tests run");
    let profile = tests.ancestors().nth(2).expect("a profile's folder");
    let program = profile.join("examples").join(name);
    assert!(
        program.exists(),
        "`cargo build -p dualrun --example {name}` makes it"
    );
    let mut command = Command::new(program);
    command.env_clear();
    command
}
