//! `cargo ecs completions`: for `cargo-ecs`, and for `cargo ecs`, which a shell takes for cargo's arguments.

use super::{Cli, say};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::process::ExitCode;

/// Print a script that completes the commands in your shell
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  echo 'source <(cargo-ecs completions bash)' >> ~/.bashrc
  cargo-ecs completions zsh > ~/.zfunc/_cargo-ecs        with ~/.zfunc in fpath
  cargo-ecs completions fish > ~/.config/fish/conf.d/cargo-ecs.fish")]
pub(super) struct Completions {
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "cargo-ecs", &mut script);
        // The script for bash has its options under the name that is displayed, `cargo ecs`, and looks for them under the
        // program's.
        let script = String::from_utf8_lossy(&script).replace("cargo__subcmd__ecs", "cargo__ecs");
        let of_cargo = match self.shell {
            Shell::Bash => include_str!("completions/cargo.bash"),
            Shell::Fish => include_str!("completions/cargo.fish"),
            // cargo's own completions for zsh call `_cargo-ecs` by its name.
            _ => "",
        };
        say::out(format_args!("{script}{of_cargo}"));
        ExitCode::SUCCESS
    }
}
